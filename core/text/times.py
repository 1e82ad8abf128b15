"""Moments, days and lengths of time as people read them. Pure.

A moment is UTC milliseconds. What has words (the name of a month) comes back as values for the
placeholders of a sentence, because each language orders them its own way.
"""

from datetime import date
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from core.time.calendars import Calendar, parts_of
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms

Unit = Literal["days", "hours", "minutes", "seconds"]

_UNITS: tuple[tuple[Unit, int], ...] = (
    ("days", DAY),
    ("hours", HOUR),
    ("minutes", MINUTE),
    ("seconds", SECOND),
)
_LONGEST = 10**18  # ms; beyond it a number with an exponent says as much
_ABBREVIATIONS: dict[Unit, str] = {"days": "d", "hours": "h", "minutes": "min", "seconds": "s"}


def clock(at: int, zone: ZoneInfo | None = None, *, seconds: bool = False) -> str:
    """`14:05`, or `14:05:07`; in UTC without a zone."""
    return from_ms(at, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def iso_date(at: int, zone: ZoneInfo | None = None) -> str:
    """`2026-10-31`."""
    return from_ms(at, zone).strftime("%Y-%m-%d")


def timestamp(at: int, zone: ZoneInfo | None = None, *, seconds: bool = False) -> str:
    """`2026-10-31 14:05`, or with its seconds."""
    return f"{iso_date(at, zone)} {clock(at, zone, seconds=seconds)}"


def utc_offset(at: int, zone: ZoneInfo) -> str:
    """`+04:30`."""
    text = from_ms(at, zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def day_values(at: int, zone: ZoneInfo, calendar: Calendar, months: str) -> dict[str, int | str]:
    """`{"day": 3, "month": "Mizan", "year": 1405}`; `months` are the names in one text, in order."""
    return date_values(from_ms(at, zone).date(), calendar, months)


def date_values(day: date, calendar: Calendar, months: str) -> dict[str, int | str]:
    """The same of a date."""
    year, month, number = parts_of(day, calendar)
    return {"day": number, "month": month_name(months, month), "year": year}


def month_name(months: str, number: int) -> str:
    """The name of a month by its number, 1 to 12."""
    return months.split()[number - 1]


def two_units(length: int) -> tuple[Unit, int, int]:
    """How long in the largest unit that fits, and how many of the next smaller one are left.

    `("days", 2, 4)` is two days and four hours. Seconds have none below them.
    """
    length = max(length, 0)
    for (unit, size), (_, below) in pairwise(_UNITS):
        if length >= size:
            return unit, length // size, length % size // below
    return "seconds", length // SECOND, 0


def whole_units(length: int) -> int:
    """Rounded down to its largest unit: what is read at a glance needs no more."""
    size = next((size for _, size in _UNITS if length >= size), SECOND)
    return length // size * size


def is_read_as_length(value: float, unit: str) -> bool:
    """Are these seconds more than a person counts: from two minutes on?"""
    return unit == "s" and 2 * MINUTE <= value * SECOND < _LONGEST


def duration(length: int) -> str:
    """`2 d 4 h`, `3 min`, `20 s`: English, the two largest units of which there are any."""
    parts: list[str] = []
    for unit, size in _UNITS:
        count, length = divmod(length, size)
        if count:
            parts.append(f"{count} {_ABBREVIATIONS[unit]}")
    return " ".join(parts[:2]) or "0 s"
