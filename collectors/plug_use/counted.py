"""What DICOM has told of a device, as amounts of spans of time. Pure."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from collectors.plug_use.fit import Counted
from collectors.plug_use.metrics import BUSY, EXAMINATIONS
from collectors.plug_use.power_curve import Floats, Times
from collectors.plug_use.spans import Spans
from core.time.clock import DAY, HOUR, from_ms, start_of_day

LONGEST_SPAN = DAY + HOUR  # between two readings of a counter; longer ones say nothing of a day


def counted(metric: str, at: Times, value: Floats, zone: ZoneInfo) -> Counted:
    """A counter tells what was between two of its readings, a gauge of the time that it is of."""
    if metric == EXAMINATIONS:
        begin, end, amount = at[:-1], at[1:], np.diff(value)
    else:
        begin = _each(at, _begin_of_day(zone) if metric == BUSY else _begin_of_hour)
        end, amount = at, value
    # A counter that fell began anew: nobody knows what it counted meanwhile.
    usable = (amount >= 0) & (end - begin <= LONGEST_SPAN) & (end > begin)
    begin, end = begin[usable], end[usable]
    day = _each(end - 1, lambda moment: from_ms(moment, zone).toordinal())
    return Counted(Spans(begin, end), amount[usable], day)


def _each(at: Times, of: Callable[[int], int]) -> Times:
    return np.array([of(moment) for moment in at.tolist()], np.int64)


def _begin_of_hour(at: int) -> int:
    return (at - 1) // HOUR * HOUR


def _begin_of_day(zone: ZoneInfo) -> Callable[[int], int]:
    return lambda at: start_of_day((from_ms(at, zone) - timedelta(milliseconds=1)).date(), zone)
