"""Rows of any sampling become means of ten minutes, the axis on which slow detectors think.

A cell is given out once a row at or after its end has come: never before all of it is known.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import cast

import numpy as np

from alerts.detectors.base import Floats, Frame
from core.clock import MINUTE, from_ms, to_ms

CELL = 10 * MINUTE


class Grid:
    """The open cell of each column; what is complete is handed on and forgotten."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._cell: int | None = None  # number of the open cell
        self._sums = np.zeros(len(self._names))
        self._counts = np.zeros(len(self._names))

    def add(self, rows: Frame) -> Frame:
        """The cells that `rows` complete, stamped with their beginning. A column that is absent is NaN."""
        if not len(rows.at):
            return empty(self._names)
        cells = rows.at // CELL
        first = int(cells[0]) if self._cell is None else self._cell
        last = int(cells[-1])
        sums, counts = self._summed(rows, cells - first, last - first + 1)
        self._cell, self._sums, self._counts = last, sums[:, -1].copy(), counts[:, -1].copy()
        with np.errstate(invalid="ignore"):
            means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)[:, :-1]
        at = (first + np.arange(last - first, dtype=np.int64)) * CELL
        return Frame(at, dict(zip(self._names, means, strict=True)))

    def _summed(self, rows: Frame, index: np.ndarray, size: int) -> tuple[Floats, Floats]:
        sums = np.zeros((len(self._names), size))
        counts = np.zeros((len(self._names), size))
        sums[:, 0], counts[:, 0] = self._sums, self._counts
        for number, name in enumerate(self._names):
            values = rows.columns.get(name)
            if values is not None:
                here = np.isfinite(values)
                sums[number] += np.bincount(index[here], values[here], size)
                counts[number] += np.bincount(index[here], minlength=size)
        return sums, counts

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {"cell": self._cell, "sums": self._sums, "counts": self._counts}

    @classmethod
    def restored(cls, names: Sequence[str], state: Mapping[str, object]) -> "Grid":
        """The grid as it was."""
        grid = cls(names)
        grid._cell = cast(int | None, state["cell"])
        grid._sums = np.array(state["sums"], dtype=float)
        grid._counts = np.array(state["counts"], dtype=float)
        return grid


def empty(names: Sequence[str]) -> Frame:
    """No rows of these columns."""
    return Frame(np.zeros(0, dtype=np.int64), {name: np.zeros(0) for name in names})


def joined(one: Frame, other: Frame) -> Frame:
    """`other` after `one`, with the columns of `one`."""
    columns = {
        name: np.concatenate([values, other.columns[name]]) for name, values in one.columns.items()
    }
    return Frame(np.concatenate([one.at, other.at]), columns)


def part(frame: Frame, begin: int, end: int) -> Frame:
    """The rows from `begin` up to, not including, `end` (UTC milliseconds)."""
    low, high = np.searchsorted(frame.at, [begin, end])
    return Frame(frame.at[low:high], {n: v[low:high] for n, v in frame.columns.items()})


def day_after(at: int, zone: tzinfo) -> int:
    """The first cell's beginning that is not before the next local midnight after `at`."""
    local = from_ms(at).astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight.astimezone(zone).date() != midnight.date():  # a midnight that daylight saving skips
        midnight += timedelta(hours=1)
    return -(-to_ms(midnight) // CELL) * CELL
