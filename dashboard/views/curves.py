"""Ranges of time that can be looked at, and where a curve has gaps."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.series import Curve, Point

GAP = 3.5  # times the usual distance of two points: more is a gap, and no line is drawn across
AROUND = (
    2  # distances on each side that say what is usual there: a source may change its pace for good
)


class TimeRange(NamedTuple):
    """A length of time that can be chosen, and how often its page refreshes."""

    length: int
    step: int  # ends are rounded up to it, so that open pages share what is cached
    every_s: int


RANGES = {
    "1h": TimeRange(HOUR, 10 * SECOND, 10),
    "6h": TimeRange(6 * HOUR, 30 * SECOND, 30),
    "24h": TimeRange(DAY, MINUTE, 30),
    "7d": TimeRange(7 * DAY, 10 * MINUTE, 300),
    "30d": TimeRange(30 * DAY, 30 * MINUTE, 300),
    "90d": TimeRange(90 * DAY, HOUR, 300),
    "1y": TimeRange(366 * DAY, 6 * HOUR, 900),
    "5y": TimeRange(1827 * DAY, DAY, 900),
}


def range_until(now: int, chosen: TimeRange) -> tuple[int, int]:
    """Start and end of the range that ends about now."""
    end = -(-now // chosen.step) * chosen.step
    return end - chosen.length, end


def runs_of(curve: Curve) -> list[list[Point]]:
    """The points of the curve, divided wherever some are missing."""
    is_break = breaks(np.array([point.at for point in curve.points], np.int64), curve.width)
    starts = [0, *np.flatnonzero(is_break).tolist(), len(curve.points)]
    runs = (curve.points[start:end] for start, end in pairwise(starts))
    return [run for run in runs if run]


def breaks(at: NDArray[np.int64], width: int) -> NDArray[np.bool_]:
    """Which points, of buckets of `width` ms, are not joined to the one before them; the first never is."""
    if len(at) < 2:
        return np.zeros(len(at), np.bool_)
    steps = np.diff(at).astype(np.float64)
    usual = max(float(np.median(steps)), float(width))
    # Beyond the ends there is nothing: the median leaves it out.
    padded = np.pad(steps, AROUND, constant_values=np.nan)
    around = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1), axis=1)
    return np.concatenate(([False], steps > GAP * np.maximum(usual, around)))
