"""Months and days of the two calendars that a site may live by: Gregorian, and Solar Hijri.

Solar months are counted by jdatetime, from 1 Hamal (about 21 March); leap years are those of its
33-year rule. It is imported where a solar day is asked for: no other process has to load it.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.time.clock import from_ms, start_of_day
from core.time.covered_hours import Interval

Calendar = Literal["gregorian", "solar"]

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
# What both calendars can hold with a year to look back on; a report of before or after is a mistake.
YEARS: dict[Calendar, tuple[int, int]] = {"gregorian": (1971, 2999), "solar": (1350, 2377)}


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one calendar; 1 is January, or Hamal."""

    calendar: Calendar
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def later(self, months: int) -> "Month":
        """So many months after this one; before, if negative."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(self.calendar, year, index + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return gregorian(self.year, self.number, 1, self.calendar)

    def interval(self, zone: ZoneInfo) -> Interval:
        """From its first midnight to that of the next, UTC milliseconds."""
        return _midnight(self, zone), _midnight(self.later(1), zone)


def parse_month(text: str, calendar: Calendar) -> Month:
    """`2026-10`, or `1405-07` in the solar calendar; ValueError says what is wrong."""
    match = _MONTH.fullmatch(text)
    example = "1405-07" if calendar == "solar" else "2026-10"
    if match is None or not 1 <= int(match[2]) <= 12:
        raise ValueError(f"{text!r} is not a month; write {example}")
    month = Month(calendar, int(match[1]), int(match[2]))
    low, high = YEARS[calendar]
    if not low <= month.year <= high:
        other = "gregorian" if calendar == "solar" else "solar"
        text = f"{text!r} is no month of the {calendar} calendar that Scanward knows"
        raise ValueError(f"{text}; write {example}, or `--calendar {other}`")
    return month


def month_of(at: int, zone: ZoneInfo, calendar: Calendar) -> Month:
    """The month in which a moment lies."""
    year, number, _ = day_of(at, zone, calendar)
    return Month(calendar, year, number)


def day_of(at: int, zone: ZoneInfo, calendar: Calendar) -> tuple[int, int, int]:
    """Year, month and day of a moment."""
    return parts_of(from_ms(at, zone).date(), calendar)


def parts_of(day: date, calendar: Calendar) -> tuple[int, int, int]:
    """Year, month and day of a date, as that calendar counts them."""
    if calendar == "solar":
        import jdatetime

        solar = jdatetime.date.fromgregorian(date=day)
        return solar.year, solar.month, solar.day
    return day.year, day.month, day.day


def gregorian(year: int, month: int, day: int, calendar: Calendar) -> date:
    """The date that the calendar calls so. ValueError if it has no such day."""
    if calendar == "gregorian":
        return date(year, month, day)
    import jdatetime

    meant: date = jdatetime.date(year, month, day).togregorian()
    return meant


def days_in(year: int, month: int, calendar: Calendar) -> int:
    """How many days a month has."""
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    return (gregorian(*following, 1, calendar) - gregorian(year, month, 1, calendar)).days


def _midnight(month: Month, zone: ZoneInfo) -> int:
    return start_of_day(month.first, zone)


def last_day(month: Month, zone: ZoneInfo) -> int:
    """Noon of its last day, UTC milliseconds: a moment that says which day that is."""
    return month.interval(zone)[1] - timedelta(hours=12) // timedelta(milliseconds=1)
