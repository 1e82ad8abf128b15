"""When a scanner scanned: the peaks of its power above idle. Pure."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from collectors.plug_use.power_curve import Floats, PowerCurve, Times
from core.time.clock import MINUTE, SECOND

HYSTERESIS = 0.5  # a peak ends below this share of what it must reach
# After the mains came back a machine starts, and that is no scan. Engineering.
SETTLES = 5 * MINUTE
SILENCE = 60 * SECOND
LONG_AGO = 1 << 40  # ms

Booleans = npt.NDArray[np.bool_]
_NEVER = np.empty(0, np.int64)


class Pulses(NamedTuple):
    """Peaks in time order, and what of the curve they are."""

    begin: Times
    end: Times
    pause: Times  # since the end of the peak before, ms; LONG_AGO before the first
    interval: Times  # since its beginning
    is_inside: Booleans  # of each interval of the curve


def find_pulses(curve: PowerCurve, above: Floats, threshold_w: float) -> Pulses:
    """Runs above half the threshold that reach it; what starts up after a silence is none."""
    is_high = above > HYSTERESIS * threshold_w
    joins = np.append(False, curve.begin[1:] == curve.end[:-1])
    is_start = is_high & ~(np.append(False, is_high[:-1]) & joins)
    if not is_start.any():
        return Pulses(_NEVER, _NEVER, _NEVER, _NEVER, is_start)
    run = np.cumsum(is_start) - 1
    starts = np.flatnonzero(is_start)
    ends = np.append(starts[1:], len(above)) - 1  # to be moved back to the last that is high
    last_high = np.maximum.accumulate(np.where(is_high, np.arange(len(above)), -1))
    begin, end = curve.begin[starts], curve.end[last_high[ends]]
    reaches = np.maximum.reduceat(np.where(is_high, above, 0.0), starts) >= threshold_w
    is_pulse = reaches & ~_settling(curve, begin)
    is_inside = is_high & is_pulse[np.maximum(run, 0)]
    begin, end = begin[is_pulse], end[is_pulse]
    pause = np.append(LONG_AGO, begin[1:] - end[:-1])[: len(begin)]
    interval = np.append(LONG_AGO, np.diff(begin))[: len(begin)]
    return Pulses(begin, end, pause, interval, is_inside)


def _settling(curve: PowerCurve, at: Times) -> Booleans:
    """Is it just after the plug was silent?"""
    back = curve.begin[1:][curve.begin[1:] - curve.end[:-1] > SILENCE]
    if not len(back):
        return np.zeros(len(at), bool)
    index = np.searchsorted(back, at, "right") - 1
    settling: Booleans = (index >= 0) & (at - back[index] < SETTLES)
    return settling
