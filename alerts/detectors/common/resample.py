"""Rows of any sampling become means of ten minutes, the axis on which daily detectors work.

A cell is given out once a row at or after its end has come: never before all of it is known. A value
that cannot be true is refused before the mean is taken, so one wild answer spoils no cell.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import cast

import numpy as np

from alerts.detectors.base import CELL, Bools, Floats, Frame
from core.time.clock import from_ms, to_ms

IMPOSSIBLE = math.inf  # a cell of which more was refused than believed; NaN is one without a value

Ranges = Mapping[str, tuple[float, float]]


class Resampler:
    """The open cell of each column; what is complete is handed on and forgotten."""

    def __init__(self, names: Sequence[str], plausible: Ranges | None = None) -> None:
        self._names, self._plausible = tuple(names), plausible or {}
        self._cell: int | None = None  # number of the open cell
        self._sums = np.zeros(len(self._names))
        self._counts = np.zeros(len(self._names))
        self._refused = np.zeros(len(self._names))
        self._refused_sums = np.zeros(len(self._names))
        # Means of what was refused, by the beginning of the cell, of the cells given out last.
        self.refused: dict[str, dict[int, float]] = {}

    def add(self, rows: Frame) -> Frame:
        """The cells that `rows` complete, stamped with their beginning. A column that is absent is NaN."""
        if not len(rows.at):
            return empty(self._names)
        cells = rows.at // CELL
        first = int(cells[0]) if self._cell is None else self._cell
        last = int(cells[-1])
        totals = self._totals(rows, cells - first, last - first + 1)
        self._cell = last
        self._sums, self._counts, self._refused, self._refused_sums = (
            total[:, -1].copy() for total in totals
        )
        sums, counts, refused, refused_sums = (total[:, :-1] for total in totals)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        means[refused > counts] = IMPOSSIBLE
        at = (first + np.arange(last - first, dtype=np.int64)) * CELL
        self.refused = {
            name: {int(at[i]): float(refused_sums[row, i] / refused[row, i]) for i in cells}
            for row, name in enumerate(self._names)
            if len(cells := np.flatnonzero(refused[row] > 0))
        }
        return Frame(at, dict(zip(self._names, means, strict=True)))

    def _totals(self, rows: Frame, index: np.ndarray, size: int) -> tuple[Floats, ...]:
        """(columns, cells) each: sum and number of the values believed, number and sum of those refused."""
        sums, counts, refused, refused_sums = (np.zeros((len(self._names), size)) for _ in range(4))
        sums[:, 0], counts[:, 0], refused[:, 0] = self._sums, self._counts, self._refused
        refused_sums[:, 0] = self._refused_sums
        for number, name in enumerate(self._names):
            values = rows.columns.get(name)
            if values is not None:
                here = is_plausible(values, self._plausible.get(name))
                sums[number] += np.bincount(index[here], values[here], size)
                counts[number] += np.bincount(index[here], minlength=size)
                bad = ~here & ~np.isnan(values)
                refused[number] += np.bincount(index[bad], minlength=size)
                refused_sums[number] += np.bincount(index[bad], values[bad], size)
        return sums, counts, refused, refused_sums

    def state(self) -> dict[str, object]:
        """What `restored` needs."""
        sums = {"refused_sums": self._refused_sums} if self._refused_sums.any() else {}
        return {
            **sums,
            "cell": self._cell,
            "sums": self._sums,
            "counts": self._counts,
            "refused": self._refused,
        }

    @classmethod
    def restored(
        cls, names: Sequence[str], state: Mapping[str, object], plausible: Ranges | None = None
    ) -> "Resampler":
        """The resampler as it was."""
        resampler = cls(names, plausible)
        resampler._cell = cast(int | None, state["cell"])
        resampler._sums = np.array(state["sums"], dtype=float)
        resampler._counts = np.array(state["counts"], dtype=float)
        resampler._refused = np.array(state.get("refused", resampler._refused), dtype=float)
        resampler._refused_sums = np.array(
            state.get("refused_sums", resampler._refused_sums), dtype=float
        )
        return resampler


def is_plausible(values: Floats, plausible: tuple[float, float] | None) -> Bools:
    """Where there is a value that can be true."""
    here = np.isfinite(values)
    if plausible is not None:
        low, high = plausible
        here &= (low <= values) & (values <= high)
    return here


def only_plausible(rows: Frame, plausible: Ranges) -> Frame:
    """The same rows; what cannot be true is NaN, as if it had not been measured."""
    columns = {
        name: np.where(is_plausible(values, plausible.get(name)), values, np.nan)
        for name, values in rows.columns.items()
    }
    return Frame(rows.at, columns)


def empty(names: Sequence[str]) -> Frame:
    """No rows of these columns."""
    return Frame(np.zeros(0, dtype=np.int64), {name: np.zeros(0) for name in names})


def joined(older: Frame, newer: Frame) -> Frame:
    """`newer` after `older`, with the columns of `older`."""
    columns = {
        name: np.concatenate([values, newer.columns[name]])
        for name, values in older.columns.items()
    }
    return Frame(np.concatenate([older.at, newer.at]), columns)


def day_after(at: int, zone: tzinfo) -> int:
    """The first cell's beginning that is not before the next local midnight after `at`."""
    local = from_ms(at).astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight.astimezone(zone).date() != midnight.date():  # a midnight that daylight saving skips
        midnight += timedelta(hours=1)
    return -(-to_ms(midnight) // CELL) * CELL
