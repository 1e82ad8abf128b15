"""Dates and times as DICOM writes them (PS3.5 6.2: DA, TM, and 0008,0201), to UTC milliseconds. Pure.

They are of the wall clock of the site, unless the object says its offset from UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from core.time.clock import AHEAD, to_ms

_DATE = re.compile(r"(\d{4})[.\-]?(\d\d)[.\-]?(\d\d)")  # `2004.07.21` is of ACR-NEMA
_TIME = re.compile(r"(\d\d)(?::?(\d\d))?(?::?(\d\d))?(?:\.(\d{1,6}))?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
# No machine that is monitored was at work before; a year of another calendar (1404, 2569) is not in it.
OLDEST = to_ms(datetime(1990, 1, 1, tzinfo=UTC))


def moment(day_text: str, time_text: str, offset: str, zone: ZoneInfo) -> int | None:
    """UTC ms; None if either does not say a moment."""
    day, clock = _DATE.fullmatch(day_text.strip()), _TIME.fullmatch(time_text.strip())
    if day is None or clock is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    micros = int((clock[4] or "").ljust(6, "0"))
    try:
        # 60 is a leap second; 0 to 59 is all that a time knows.
        wall = clock_time(hour, minute, min(second, 59), micros, _zone(offset, zone))
        return to_ms(datetime.combine(date(*map(int, day.groups())), wall).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def believable(at: int | None, now: int) -> bool:
    """Could something that is known now have been then?"""
    return at is not None and OLDEST <= at <= now + AHEAD


def _zone(offset: str, zone: ZoneInfo) -> tzinfo:
    match = _OFFSET.fullmatch(offset.strip())
    if match is None:
        return zone
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(ahead if match[1] == "+" else -ahead)
