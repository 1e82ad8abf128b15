"""A device's own time, in the forms that devices publish. Pure."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.device_clock import ClockSample, DeviceClock
from core.time.clock import to_ms
from core.vocabulary.readings import Quality

_MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138


def stamp(own: object, zone: ZoneInfo, arrived: int) -> tuple[int, Quality]:
    """UTC milliseconds and quality of one live message: its own time if that can be, else arrival."""
    at = own_time(own, zone, arrived)
    return (arrived, "clock") if at is None else DeviceClock().stamps([ClockSample(at, arrived)])[0]


def own_time(own: object, zone: ZoneInfo, arrived: int) -> int | None:
    """UTC milliseconds of epoch seconds, epoch milliseconds or ISO 8601; None if it is neither.

    ISO without a zone (Tasmota) is read in the site's; of the hour that the end of summer time repeats
    it is the one nearer to the arrival.
    """
    if isinstance(own, bool):
        return None
    if isinstance(own, int | float):
        return _epoch(own)
    if not isinstance(own, str):
        return None
    try:
        return _epoch(float(own))
    except ValueError:
        return _iso(own, zone, arrived)


def _epoch(number: float) -> int | None:
    try:
        milliseconds = number if abs(number) >= _MILLISECONDS_FROM else number * 1000
        return round(milliseconds) if math.isfinite(milliseconds) else None
    except OverflowError:
        return None


def _iso(text: str, zone: ZoneInfo, arrived: int) -> int | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo:
            return to_ms(moment)
        readings = [to_ms(moment.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
        return min(readings, key=lambda at: abs(at - arrived))
    except (ValueError, OverflowError):
        return None
