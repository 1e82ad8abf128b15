"""How a report speaks: words, numbers and dates of one language and one calendar. No state."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from core.time.calendars import Calendar, Month, day_of, last_day
from core.time.clock import from_ms
from maintenance.reports.model import Cell, Moment, Quantity

Language = Literal["en", "fa"]

NBSP = "\u00a0"  # between a number and its unit
LRM = "\u200e"  # keeps a minus sign on the left of its number in a line that runs right to left
_FOLDER = Path(__file__).parent / "words"
# U+06F0 to U+06F9, and the separators of the Persian locale (CLDR).
_DARI = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
_MINUS = {"en": "\u2212", "fa": f"{LRM}\u2212"}


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All words of one language by key."""
    sections = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{name}.{key}": words for name, part in sections.items() for key, words in part.items()
    }


class Speech:
    """The voice of one report."""

    def __init__(self, language: Language, calendar: Calendar, zone: ZoneInfo) -> None:
        self.language: Language = language
        self.calendar: Calendar = calendar
        self.zone = zone
        self._words = catalogue(language)

    @property
    def is_rtl(self) -> bool:
        """Does a line begin at the right?"""
        return self.language == "fa"

    def t(self, key: str, **values: object) -> str:
        """The words of `key`; numbers among the values are written in its digits."""
        said = {
            name: self.number(value, 0) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return self._words[key].format(**said)

    def data(self, text: str) -> str:
        """A word that comes from code or files (a state, a cause), translated if we know it."""
        return self._words.get(f"data.{text}", text)

    def say(self, cell: Cell) -> str:
        """A cell as it is read."""
        match cell:
            case str():
                return cell
            case Quantity(None):
                return self.t("value.insufficient")
            case Quantity(value, unit, digits):
                text = self.number(value or 0.0, digits)
                return f"{text}{NBSP}{self.unit(unit)}" if unit else text
            case Moment(None):
                return self.t("value.going_on")
            case Moment(at, has_time):
                assert at is not None
                return self.moment(at) if has_time else self.day(at)

    def unit(self, unit: str) -> str:
        """A unit in this language; one that is the same everywhere stays."""
        return self._words.get(f"unit.{unit}", unit)

    def number(self, value: float, digits: int) -> str:
        """With so many decimals; never a minus before a zero."""
        text = f"{abs(value):,.{digits}f}"
        sign = _MINUS[self.language] if value < 0 and text.strip("0.,") else ""
        return sign + (text.translate(_DARI) if self.is_rtl else text)

    def day(self, at: int) -> str:
        """`3 Oct 2026`, `۳ میزان ۱۴۰۵`."""
        return self._day(at, self.calendar)

    def moment(self, at: int) -> str:
        """The same with the time of day."""
        clock = from_ms(at, self.zone).strftime("%H:%M")
        clock = clock.translate(_DARI) if self.is_rtl else clock
        return self.t("date.moment", day=self.day(at), clock=clock)

    def month(self, month: Month) -> str:
        """`October 2026`, `میزان ۱۴۰۵`."""
        name = self._words[f"months.{month.calendar}"].split()[month.number - 1]
        return self.t("date.month", month=name, year=self._plain(month.year))

    def short_month(self, month: Month) -> str:
        """The name without the year, as short as it is in use."""
        return self._words[f"months.{month.calendar}_short"].split()[month.number - 1]

    def period(self, month: Month) -> str:
        """The month, and for a solar one which Gregorian days these are."""
        if month.calendar == "gregorian":
            return self.month(month)
        first, last = month.interval(self.zone)[0], last_day(month, self.zone)
        span = (self._day(at, "gregorian") for at in (first, last))
        return self.t("date.period", month=self.month(month), span=" – ".join(span))

    def _day(self, at: int, calendar: Calendar) -> str:
        year, month, day = day_of(at, self.zone, calendar)
        name = self._words[f"months.{calendar}_short"].split()[month - 1]
        return self.t("date.day", day=day, month=name, year=self._plain(year))

    def _plain(self, number: int) -> str:
        return str(number).translate(_DARI) if self.is_rtl else str(number)
