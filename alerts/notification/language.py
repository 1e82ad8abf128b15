"""What a message is written in: words, numbers and moments of one language, as plain text.

Plain text knows no direction but that of its letters (UAX 9). Whatever runs against its line, such as
`26 °C` or the name of a device in a line of Dari, stands between marks that keep it whole: the marks
and not the isolates, because telephones show those as boxes.
"""

import math
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

from core.schema.metric import Metric
from core.schema.site import Site
from core.text import times
from core.text.catalogue import Catalogue
from core.text.languages import is_rtl, nearest
from core.text.numbers import (
    LEFT_TO_RIGHT,
    PLAIN,
    REPORT_DARI,
    RIGHT_TO_LEFT,
    NumberFormat,
    general,
    scaled_bytes,
)
from core.text.plain import single_line
from core.time.calendars import Calendar
from core.time.clock import SECOND, from_ms

WORDS = Path(__file__).parent / "words"
LONGEST_NAME = 80  # signs of what a person or a device has named

_NUMBERS: dict[str, NumberFormat] = {"en": PLAIN, "fa": REPORT_DARI}
_WIDEST = 1e15  # whole digits are shown below it, an exponent above


def numbers_of(language: str) -> NumberFormat:
    """How a message in that language writes its numbers."""
    return _NUMBERS[nearest(language, _NUMBERS)]


def reader_language(site: Site, channel: str, person: str = "") -> str:
    """What that person reads, or all whose channel it is; else the site's language."""
    languages = {
        entry.language or site.file.language
        for entry in site.file.people
        if (entry.id == person if person else channel in entry.channels)
    }
    return languages.pop() if len(languages) == 1 else site.file.language


def words_for(site: Site, person: str, channel: str = "") -> "MessageWords":
    """Those of `reader_language`."""
    language = reader_language(site, channel, person)
    return MessageWords(language, site.file.calendar, site.zone)


class MessageWords:
    """The language, calendar and zone of one message."""

    def __init__(self, language: str, calendar: Calendar, zone: ZoneInfo) -> None:
        self.language = language
        self._calendar: Calendar = calendar
        self._zone = zone
        self._catalogue = Catalogue(WORDS, language)
        self._numbers = numbers_of(language)
        self._is_rtl = is_rtl(language)

    def text(self, key: str, **values: object) -> str:
        """The words of `key`; whole numbers among the values are written in its digits."""
        filled = {
            name: self._numbers.in_digits(str(value)) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return self._catalogue.text(key, **filled)

    def data(self, text: str) -> str:
        """A title or a state of a profile, in one line; as it is if nobody has translated it."""
        return self.name(self._catalogue.data(text))

    def phrase(self, text: str) -> str:
        """What another folder says, in one line."""
        return self.whole(single_line(self._catalogue.translate(text)))

    def name(self, text: str, longest: int = LONGEST_NAME) -> str:
        """What a person or a device has named, in one line of so many signs."""
        return self.whole(named(text, longest))

    def number(self, value: float, digits: int = 6) -> str:
        """With so many significant digits; whole digits are not thrown away."""
        if not math.isfinite(value):
            return self._numbers.absent
        text = general(value, digits)
        if "e" in text and abs(value) < _WIDEST:
            return self._numbers.measured(value)
        text = text.replace(".", self._numbers.decimal).replace("-", self._numbers.minus)
        return self._numbers.in_digits(text)

    def with_unit(self, value: float, unit: str, digits: int = 6) -> str:
        """A number and its unit: `58 %`."""
        text = self._numbers.with_unit(self.number(value, digits), self._catalogue.unit(unit))
        return self.whole(text)

    def quantity(self, value: float, metric: Metric) -> str:
        """A value as people say it: its state, a length of time, a size, or a number with its unit."""
        if metric.kind == "state":
            state = metric.states.get(round(value)) if math.isfinite(value) else None
            return self.data(state) if state else self.number(value)
        if metric.kind != "counter" and times.is_read_as_length(value, metric.unit):
            return self.span(round(value * SECOND))
        if metric.unit == "B":
            return self.with_unit(*scaled_bytes(value), digits=4)
        return self.with_unit(value, metric.unit)

    def span(self, length: int) -> str:
        """How long, in its two largest units: `2 d 4 h`."""
        unit, count, rest = times.two_units(length)
        large = self.text(f"time.{unit}", count=count)
        if not rest:
            return large
        small: dict[times.Unit, times.Unit] = {
            "days": "hours", "hours": "minutes", "minutes": "seconds",
        }  # fmt: skip
        return self.text(
            "time.two", large=large, small=self.text(f"time.{small[unit]}", count=rest)
        )

    def moment(self, at: int) -> str:
        """`2026-11-28 16:30`, `۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰`; `at` is UTC ms."""
        clock = self._numbers.in_digits(times.clock(at, self._zone))
        return self._catalogue.text("time.moment", date=self.date(at), clock=clock)

    def moment_there(self, at: int) -> str:
        """The same with the name of the zone, for who is elsewhere."""
        zone = f"{from_ms(at, self._zone):%Z}"
        return self._catalogue.text("time.moment_there", moment=self.moment(at), zone=zone)

    def date(self, at: int) -> str:
        """`2026-11-28`, `۷ قوس ۱۴۰۵`: without the names of months it is the same for everybody."""
        months = self._catalogue.find(f"time.months_{self._calendar}")
        if months is None:
            return times.iso_date(at, self._zone)
        values = times.day_values(at, self._zone, self._calendar, months)
        return self.text("time.date", **values)

    def whole(self, text: str) -> str:
        """The text between marks if it begins the other way than the line."""
        directions = map(unicodedata.bidirectional, text)
        strong = next((name for name in directions if name in ("L", "R", "AL")), None)
        if strong is None or (strong != "L") == self._is_rtl:
            return text
        mark = LEFT_TO_RIGHT if self._is_rtl else RIGHT_TO_LEFT
        return f"{mark}{text}{mark}"


def named(text: str, longest: int = LONGEST_NAME) -> str:
    """A name in one line of so many signs."""
    return clipped(single_line(text), longest)


def clipped(text: str, longest: int) -> str:
    """At most so many signs, the last of them an ellipsis if there were more."""
    return text if len(text) <= longest else text[: max(longest - 1, 0)].rstrip() + "…"[:longest]
