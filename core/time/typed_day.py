"""Days and times as people type them, in the digits and the calendar that they use.

Nobody's contract is of the year 1405 of the Gregorian calendar: such a day is one of the Solar Hijri
calendar, and taken as the other it would be over for centuries, without a word. The years of the two
do not meet, so a day is never in doubt. ValueError holds what is wrong, as `Phrase`.
"""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.number_input import latin
from core.text.phrase import Phrase
from core.time.calendars import Calendar, days_in, gregorian, parts_of
from core.time.clock import to_ms
from core.time.month_names import month_named

# A machine of a hospital was bought within these, and no promise lasts longer. Scanward's own.
FIRST_YEAR, LAST_YEAR = 1970, 2100
# 1921 to 2057. What is above is of the lunar calendar: 1447 is 2026, and as a solar year 2068.
SOLAR_YEARS = range(1300, 1436)
_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NAMED = re.compile(r"([0-9]{1,2})[ \u00a0]+([^0-9]+?)[ \u00a0]+([0-9]{4})")
_NAMED_BACKWARDS = re.compile(r"([0-9]{4})[ \u00a0]+([^0-9]+?)[ \u00a0]+([0-9]{1,2})")
_CLOCK = re.compile(r"(?:(.*?)[\sT,،]+)?([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", re.DOTALL)


def typed_day(text: str, calendar: Calendar) -> date:
    """The day, `2026-10-31` or `31 October 2026`; where the calendar is solar, `1405-08-09` or `9 عقرب 1405` too."""
    year, month, day = _parts(text)
    own: Calendar = "solar" if year in SOLAR_YEARS else "gregorian"
    if not 1 <= month <= 12:
        raise ValueError(Phrase("{cell!r} is not a day: a year has 12 months", cell=text))
    if year == 0 or not 1 <= day <= days_in(year, month, own):
        days = days_in(year, month, own) if year else 31
        raise ValueError(
            Phrase(
                "{cell!r} is not a day: month {month} of {year} has {days} days",
                cell=text, month=month, year=str(year), days=days,
            )
        )  # fmt: skip
    meant = gregorian(year, month, day, own)
    if own == "solar" and calendar != "solar":
        raise ValueError(
            Phrase(
                "{cell!r} is a day of the Solar Hijri calendar; here days are Gregorian: write {day}",
                cell=text,
                day=meant.isoformat(),
            )
        )
    if not FIRST_YEAR <= meant.year <= LAST_YEAR:
        raise ValueError(
            Phrase(
                "{cell!r} is not in the years {first} to {last}; write 2026-10-31",
                cell=text,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    return meant


def as_typed(day: date, calendar: Calendar) -> str:
    """The day as `typed_day` reads it: `2026-11-29`, `1405-09-08`."""
    year, month, number = parts_of(day, calendar)
    return f"{year:04d}-{month:02d}-{number:02d}"


def typed_moment(text: str, calendar: Calendar, zone: ZoneInfo, today: date) -> int:
    """UTC milliseconds of a day and a time of the zone's clocks, `1405-09-08 14:05`; `14:05` is of today."""
    match = _CLOCK.fullmatch(latin(text))
    if match is None:
        typed_day(text, calendar)  # says what is wrong with the day, if anything is
        raise ValueError(
            Phrase("{typed!r} has no time: write {example}", typed=text, example="14:05")
        )
    hour, minute = int(match[2]), int(match[3])
    if hour > 23 or minute > 59:
        raise ValueError(
            Phrase("{typed!r} is not a time: hours are 0 to 23, minutes 0 to 59", typed=text)
        )
    day = typed_day(match[1], calendar) if match[1] else today
    return to_ms(datetime.combine(day, time(hour, minute), zone))


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day as they stand there, possible or not; a month's name must fit the year."""
    typed = latin(text)
    if match := _DAY.fullmatch(typed):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _NAMED.fullmatch(typed):
        day, name, year = int(match[1]), match[2], int(match[3])
    elif match := _NAMED_BACKWARDS.fullmatch(typed):
        year, name, day = int(match[1]), match[2], int(match[3])
    else:
        raise _no_day(text)
    month = month_named(name)
    if month is None or (month[0] == "solar") != (year in SOLAR_YEARS):
        raise _no_day(text)
    return year, month[1], day


def _no_day(text: str) -> ValueError:
    return ValueError(Phrase("{cell!r} is not a day; write 2026-10-31", cell=text))
