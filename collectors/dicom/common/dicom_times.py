"""Dates and times as DICOM writes them, to UTC milliseconds. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from core.time.clock import to_ms

_DATE = re.compile(r"(\d{4})[.]?(\d\d)[.]?(\d\d)")  # with points: ACR-NEMA 300
_TIME = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6})\d*)?)?)?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_DATE_TIME = re.compile(r"(\d{8})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?")
_BLANK = " \0"
_FARTHEST = timedelta(hours=14)


def read_offset(text: str) -> tzinfo | None:
    """The zone of `+0430`; None for anything else, such as `UTC-04:00`."""
    match = _OFFSET.fullmatch(text.strip(_BLANK))
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset > _FARTHEST or int(match[3]) > 59:
        return None
    return timezone(-offset if match[1] == "-" else offset)


def read_date(text: str) -> date | None:
    """The day of a DA."""
    match = _DATE.fullmatch(text.strip(_BLANK))
    try:
        return None if match is None else date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def read_moment(day_text: str, time_text: str, zone: tzinfo) -> int | None:
    """UTC milliseconds of a DA and a TM in a zone; None unless both are there and right."""
    day, match = read_date(day_text), _TIME.fullmatch(time_text.strip(_BLANK))
    if day is None or match is None:
        return None
    hour, minute, second = (int(match[group] or 0) for group in (1, 2, 3))
    micro = int((match[4] or "0").ljust(6, "0"))
    return _to_ms(day, (hour, minute, min(second, 59), micro), zone)  # 60 is a leap second


def read_date_time(text: str, zone: tzinfo) -> int | None:
    """UTC milliseconds of a DT that names at least the day and the hour; its own offset goes first."""
    match = _DATE_TIME.fullmatch(text.strip(_BLANK))
    if match is None or match[2] is None:
        return None
    own = read_offset(match[3]) if match[3] else None
    return read_moment(match[1], match[2], own or zone)


def _to_ms(day: date, clock: tuple[int, int, int, int], zone: tzinfo) -> int | None:
    try:
        moment = datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
        return to_ms(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
