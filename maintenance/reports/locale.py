"""How a report is written: words, numbers and dates of one language and one calendar. No state."""

from pathlib import Path
from zoneinfo import ZoneInfo

from core.text import times
from core.text.catalogue import Catalogue
from core.text.languages import is_rtl, nearest, written_in
from core.text.numbers import REPORT_DARI, REPORT_ENGLISH, NumberFormat
from core.text.phrase import Phrase
from core.time.calendars import Calendar, Month, last_day
from maintenance.reports.model import Cell, Moment, Quantity, Reference, Tile

WORDS = Path(__file__).parent / "words"
_NUMBERS: dict[str, NumberFormat] = {"en": REPORT_ENGLISH, "fa": REPORT_DARI}


LANGUAGES = written_in(WORDS)  # a report is whole in each


class ReportLocale:
    """The language, calendar and zone of one report; the nearest language in which there are reports."""

    def __init__(self, language: str, calendar: Calendar, zone: ZoneInfo) -> None:
        self.language = language = nearest(language, LANGUAGES)
        self.calendar: Calendar = calendar
        self.zone = zone
        self._catalogue = Catalogue(WORDS, language)
        self._numbers = _NUMBERS[language]

    @property
    def is_rtl(self) -> bool:
        """Does a line begin at the right?"""
        return is_rtl(self.language)

    def t(self, key: str, **values: object) -> str:
        """The words of `key`; whole numbers among the values are written in its digits."""
        filled = {
            name: self.number(value, 0) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return self._catalogue.text(key, **filled)

    def translate(self, text: str) -> str:
        """A `Phrase`, and the words of files in it; what a person wrote stays as it is."""
        return self._catalogue.translate(text) if isinstance(text, Phrase) else text

    def data(self, text: str) -> str:
        """A word that comes from code or files (a state, a cause), translated if we know it."""
        return self._catalogue.data(text)

    def text(self, cell: Cell) -> str:
        """A cell as text in this language."""
        match cell:
            case str():
                return cell
            case Reference(text):
                return text
            case Quantity(None):
                return self.t("value.insufficient")
            case Quantity(value, unit, digits):
                text = self.number(value or 0.0, digits)
                return self._numbers.with_unit(text, self._catalogue.unit(unit))
            case Moment(None):
                return self.t("value.going_on")
            case Moment(at, has_time):
                assert at is not None
                return self.moment(at) if has_time else self.day(at)

    def against(self, tile: Tile) -> str:
        """`Month before: 98 %`, or that of twelve months."""
        return self.t(f"report.{tile.against}", value=self.text(tile.before))

    def number(self, value: float, decimals: int) -> str:
        """With so many decimals; never a minus before a zero."""
        return self._numbers.fixed(value, decimals)

    def measured(self, value: float, unit: str = "") -> str:
        """A measured number with its unit, as exact as it is worth."""
        return self._numbers.with_unit(self._numbers.measured(value), self.unit(unit))

    def unit(self, unit: str) -> str:
        """A unit as this language writes it."""
        return self._catalogue.unit(unit)

    def digits(self, text: str) -> str:
        """A text of digits that is no number, in its digits."""
        return self._numbers.in_digits(text)

    def day(self, at: int) -> str:
        """`3 Oct 2026`, `۳ میزان ۱۴۰۵`."""
        return self._day(at, self.calendar)

    def moment(self, at: int) -> str:
        """The same with the time of day."""
        clock = self._numbers.in_digits(times.clock(at, self.zone))
        return self.t("date.moment", day=self.day(at), clock=clock)

    def month(self, month: Month) -> str:
        """`October 2026`, `میزان ۱۴۰۵`."""
        names = self.t(f"months.{month.calendar}")
        name = times.month_name(names, month.number)
        return self.t("date.month", month=name, year=self._year(month.year))

    def short_month(self, month: Month) -> str:
        """The name without the year, as short as it is in use."""
        return times.month_name(self.t(f"months.{month.calendar}_short"), month.number)

    def period(self, month: Month) -> str:
        """The month, and for a solar one which Gregorian days these are."""
        if month.calendar == "gregorian":
            return self.month(month)
        first, last = month.interval(self.zone)[0], last_day(month, self.zone)
        span = (self._day(at, "gregorian") for at in (first, last))
        return self.t("date.period", month=self.month(month), span=" – ".join(span))

    def _day(self, at: int, calendar: Calendar) -> str:
        months = self.t(f"months.{calendar}_short")
        day = times.day_values(at, self.zone, calendar, months)
        return self.t("date.day", **{**day, "year": self._year(day["year"])})

    def _year(self, year: object) -> str:
        """Without a separator between thousands."""
        return self._numbers.in_digits(str(year))
