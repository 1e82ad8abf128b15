"""A device's own time, in the forms that devices publish. Pure."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from core.time.clock import believable, to_ms
from core.vocabulary.readings import Quality

_MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138


def stamp(own: object, zone: ZoneInfo, arrived: int) -> tuple[int, Quality]:
    """UTC milliseconds and quality: the device's own time if it can be true, else arrival."""
    at = own_time(own, zone)
    if at is None or not believable(at, arrived):
        return arrived, "clock"
    return at, "good"


def own_time(own: object, zone: ZoneInfo) -> int | None:
    """UTC milliseconds of epoch seconds, epoch milliseconds or ISO 8601; None if it is neither.

    ISO without a zone (Tasmota) is read in the site's.
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
        return _iso(own, zone)


def _epoch(number: float) -> int | None:
    try:
        milliseconds = number if abs(number) >= _MILLISECONDS_FROM else number * 1000
        return round(milliseconds) if math.isfinite(milliseconds) else None
    except OverflowError:
        return None


def _iso(text: str, zone: ZoneInfo) -> int | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None
