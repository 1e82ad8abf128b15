"""The power that a device draws over time, out of the readings of its plug or of its phases. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.time.clock import DAY, MINUTE, SECOND

Times = npt.NDArray[np.int64]  # UTC ms
Floats = npt.NDArray[np.float64]

# A value holds until the next reading, whether the plug reports by the clock or at each change; but
# not longer than so many of its usual pauses: then it was silent. Engineering.
PAUSES = 3
SHORTEST_HOLD = 30 * SECOND
PACES = 2.5  # a plug that reads so many times more or less often shows other peaks. Engineering
USUAL_PAUSE_PCT = 95  # of all pauses: a plug that reports changes is seldom silent for longer


class PowerCurve(NamedTuple):
    """What was drawn in each interval [begin, end), in time order; where nothing is known is none."""

    begin: Times
    end: Times
    watts: Floats
    pace: int  # the usual time between two readings, ms; 0: there are too few to say

    def covered(self, begin: Times, end: Times) -> Floats:
        """The share (0 to 1) of each of these spans in which the power is known."""
        known = np.concatenate([[0], np.cumsum(self.end - self.begin)])
        span = np.maximum(end - begin, 1)
        share: Floats = (_until(self, known, end) - _until(self, known, begin)) / span
        return share


def power_curve(components: Sequence[tuple[Times, Floats]]) -> PowerCurve:
    """The sum of a device's components; known while each of them is."""
    held = [_held(at, watts) for at, watts in components if len(at) > 1]
    if not held or len(held) < len(components):
        return _none()
    edges = np.unique(np.concatenate([np.concatenate([c.begin, c.end]) for c in held]))
    begin, end = edges[:-1], edges[1:]
    watts = np.zeros(len(begin))
    for curve in held:
        index = np.searchsorted(curve.begin, begin, "right") - 1
        is_known = (index >= 0) & (begin < curve.end[index])
        watts += np.where(is_known, curve.watts[index], np.nan)
    known = np.isfinite(watts)
    return PowerCurve(begin[known], end[known], watts[known], max(curve.pace for curve in held))


def _held(at: Times, watts: Floats) -> PowerCurve:
    pauses = np.diff(at)
    hold = max(PAUSES * int(np.percentile(pauses, USUAL_PAUSE_PCT)), SHORTEST_HOLD)
    pace = int(np.median(pauses))
    # The last reading of all, and the last before a silence, hold for one usual pause.
    length = np.append(np.where(pauses <= hold, pauses, pace), pace)
    return PowerCurve(at, at + length, watts, pace)


def _none() -> PowerCurve:
    return PowerCurve(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 0)


def _until(curve: PowerCurve, known: Times, at: Times) -> Floats:
    """How much is known before these moments, ms."""
    index = np.searchsorted(curve.begin, at, "right")
    if not len(curve.begin):
        return np.zeros(len(at))
    after = np.where(index > 0, np.maximum(curve.end[np.maximum(index, 1) - 1] - at, 0), 0)
    return (known[index] - after).astype(np.float64)


def is_same_pace(pace: int, other: int) -> bool:
    """Does a plug that reads each `pace` ms show the same peaks as one that reads each `other`?"""
    return max(pace, other) < PACES * max(min(pace, other), 1)


def daily_paces(curve: PowerCurve) -> dict[int, int]:
    """The usual time between two readings (ms) by UTC day since 1970."""
    days, pauses = curve.begin[:-1] // DAY, np.diff(curve.begin)
    return {int(day): int(np.median(pauses[days == day])) for day in np.unique(days)}


def by_minute(curve: PowerCurve) -> tuple[int, Floats]:
    """The first minute (since 1970) and the lowest power of each from there on; nan: not known."""
    first = int(curve.begin[0]) // MINUTE
    begin = curve.begin // MINUTE - first
    end = (curve.end - 1) // MINUTE - first
    lowest = np.full(int(end.max()) + 1, np.inf)
    np.minimum.at(lowest, begin, curve.watts)
    np.minimum.at(lowest, end, curve.watts)
    for index in np.flatnonzero(end - begin > 1):  # a plug that reports changes holds for minutes
        span = slice(int(begin[index]) + 1, int(end[index]))
        lowest[span] = np.minimum(lowest[span], curve.watts[index])
    lowest[~np.isfinite(lowest)] = np.nan
    return first, lowest
