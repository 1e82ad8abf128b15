"""Rows of any sampling become means of ten minutes, the axis on which slow detectors think.

A cell is given out once a row at or after its end has come: never before all of it is known. A value
that cannot be true is refused before the mean is taken, so one wild answer spoils no cell.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import cast

import numpy as np

from alerts.detectors.base import Bools, Floats, Frame
from core.time.clock import MINUTE, from_ms, to_ms

CELL = 10 * MINUTE
IMPOSSIBLE = math.inf  # a cell of which more was refused than believed; NaN is one without a value

Ranges = Mapping[str, tuple[float, float]]


class Grid:
    """The open cell of each column; what is complete is handed on and forgotten."""

    def __init__(self, names: Sequence[str], plausible: Ranges | None = None) -> None:
        self._names, self._plausible = tuple(names), plausible or {}
        self._cell: int | None = None  # number of the open cell
        self._sums = np.zeros(len(self._names))
        self._counts = np.zeros(len(self._names))
        self._refused = np.zeros(len(self._names))

    def add(self, rows: Frame) -> Frame:
        """The cells that `rows` complete, stamped with their beginning. A column that is absent is NaN."""
        if not len(rows.at):
            return empty(self._names)
        cells = rows.at // CELL
        first = int(cells[0]) if self._cell is None else self._cell
        last = int(cells[-1])
        whole = self._summed(rows, cells - first, last - first + 1)
        self._cell = last
        self._sums, self._counts, self._refused = (one[:, -1].copy() for one in whole)
        sums, counts, refused = (one[:, :-1] for one in whole)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        means[refused > counts] = IMPOSSIBLE
        at = (first + np.arange(last - first, dtype=np.int64)) * CELL
        return Frame(at, dict(zip(self._names, means, strict=True)))

    def _summed(self, rows: Frame, index: np.ndarray, size: int) -> tuple[Floats, Floats, Floats]:
        sums, counts, refused = (np.zeros((len(self._names), size)) for _ in range(3))
        sums[:, 0], counts[:, 0], refused[:, 0] = self._sums, self._counts, self._refused
        for number, name in enumerate(self._names):
            values = rows.columns.get(name)
            if values is not None:
                here = is_believable(values, self._plausible.get(name))
                sums[number] += np.bincount(index[here], values[here], size)
                counts[number] += np.bincount(index[here], minlength=size)
                bad = ~here & ~np.isnan(values)
                refused[number] += np.bincount(index[bad], minlength=size)
        return sums, counts, refused

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        return {
            "cell": self._cell,
            "sums": self._sums,
            "counts": self._counts,
            "refused": self._refused,
        }

    @classmethod
    def restored(
        cls, names: Sequence[str], state: Mapping[str, object], plausible: Ranges | None = None
    ) -> "Grid":
        """The grid as it was."""
        grid = cls(names, plausible)
        grid._cell = cast(int | None, state["cell"])
        grid._sums = np.array(state["sums"], dtype=float)
        grid._counts = np.array(state["counts"], dtype=float)
        grid._refused = np.array(state.get("refused", grid._refused), dtype=float)
        return grid


def is_believable(values: Floats, plausible: tuple[float, float] | None) -> Bools:
    """Where there is a value that can be true."""
    here = np.isfinite(values)
    if plausible is not None:
        low, high = plausible
        here &= (low <= values) & (values <= high)
    return here


def believable(rows: Frame, plausible: Ranges) -> Frame:
    """The same rows; what cannot be true is NaN, as if it had not been measured."""
    columns = {
        name: np.where(is_believable(values, plausible.get(name)), values, np.nan)
        for name, values in rows.columns.items()
    }
    return Frame(rows.at, columns)


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
