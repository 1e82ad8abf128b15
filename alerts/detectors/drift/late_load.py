"""A load that is stamped late: the value seems to follow it before it comes.

A meter that is polled through a gateway, or a file that is written when the work is done, can be late
by minutes or by an hour for days. Left so, it looks like a device that carries heat otherwise than it did.
A device that has grown slower lags behind its load and never runs ahead of it, so the two are not confused.
"""

from collections.abc import Mapping

import numpy as np

from alerts.detectors.base import CELL, Bools, Floats, Frame, Ints
from core.time.clock import DAY

MOST = 12  # cells, two hours
LEAST = 2  # cells: less is within what a slow fault and the grid can do
BETTER = 0.9  # of what the load left unexplained may be left at most, with the load moved
PLAUSIBLE = (0.4, 2.5)  # of the usual gain: what the moved load must then explain
MOVES = 0.2  # of the load's whole swing: what a day must have of it to tell a delay
ROWS = 60  # of a day that must be measured


def late_by(rest: Floats, heat: Floats, here: Bools) -> int:
    """By how many cells the load is late in the rows `here`; 0 if that explains nothing.

    `rest` is the value without what other contexts add, `heat` what the load adds by its stamps.
    """
    rows = np.flatnonzero(here & np.isfinite(rest))
    rows = rows[rows + MOST < len(heat)]
    if len(rows) < ROWS or float(heat[rows].std()) < 1e-9:
        return 0
    time = np.linspace(-1.0, 1.0, len(rows))
    flat = np.linalg.qr(np.stack([np.ones(len(rows)), time], axis=1))[0]
    values = rest[rows] - flat @ (flat.T @ rest[rows])
    moved = np.stack([heat[rows + by] for by in range(MOST + 1)], axis=1)
    moved = moved - flat @ (flat.T @ moved)
    size = np.maximum((moved**2).sum(axis=0), 1e-12)
    gains = values @ moved / size
    left = float(values @ values) - gains**2 * size
    best = int(np.argmin(left))
    if best < LEAST or left[best] > BETTER * left[0]:
        return 0
    return best if PLAUSIBLE[0] < gains[best] < PLAUSIBLE[1] else 0


def moved_back(cells: Frame, name: str, by: int, begin: int, end: int) -> Frame:
    """The cells with the column's values from `begin` to `end` (UTC ms) moved to when they were."""
    values = cells.columns[name].copy()
    low, high = np.searchsorted(cells.at, [begin, end])
    coming = cells.columns[name][low + by : high + by]
    values[low:high] = np.nan
    values[low : low + len(coming)] = coming
    return cells._replace(columns={**cells.columns, name: values})


def delays(at: Ints, rest: Floats, heat: Floats, sure: Bools) -> dict[int, int]:
    """By how many cells the load is late on each UTC day (its beginning, UTC ms) that can tell."""
    out = {}
    for begin in (np.unique(at // DAY) * DAY).tolist():
        low, high = np.searchsorted(at, [begin, begin + DAY + MOST * CELL])
        here = sure[low:high] & (at[low:high] < begin + DAY)
        if float(np.ptp(heat[low:high])) > MOVES * float(np.ptp(heat)):
            out[begin] = late_by(rest[low:high], heat[low:high], here)
    return out


def always(by_day: Mapping[int, int]) -> int:
    """By how many cells it is late on most days; 0 if on most it is not."""
    return int(np.median(list(by_day.values()))) if by_day else 0


def all_moved_back(history: Frame, name: str, by_day: Mapping[int, int]) -> Frame:
    """The history with every day put right on which the load is late."""
    out = history
    for begin, by in by_day.items():
        if by:
            put = moved_back(history, name, by, begin, begin + DAY).columns[name]
            day = (history.at >= begin) & (history.at < begin + DAY)
            values = np.where(day, put, out.columns[name])
            out = out._replace(columns={**out.columns, name: values})
    return out
