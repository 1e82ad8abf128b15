"""Numbers, quantities and limits as people read them: a `NumberFormat` a surface. Pure."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

MINUS = "\u2212"
THIN = "\u202f"  # narrow no-break space
NO_BREAK = "\u00a0"  # no-break space
LEFT_TO_RIGHT = "\u200e"  # keeps what follows on the left in a line that runs right to left
RIGHT_TO_LEFT = "\u200f"  # the other way round

SIGNIFICANT = 4  # digits of a measured value: more are noise

_BYTES = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How one surface, in one language, writes its numbers."""

    thousands: str = ""
    decimal: str = "."
    digits: str = "0123456789"
    minus: str = "-"
    before_unit: str = " "
    absent: str = "–"  # in the place of a number that nobody knows
    most_decimals: int = 4  # of a value that is measured

    def fixed(self, value: float, decimals: int) -> str:
        """With so many decimals; never a minus before a zero."""
        return self._signed(value, f"{abs(value):,.{decimals}f}")

    def measured(self, value: float | None) -> str:
        """At most four significant digits, but whole digits are never thrown away: `14 912 345`."""
        if value is None or not math.isfinite(value):
            return self.absent
        size = 0 if value == 0 else math.floor(math.log10(abs(value)))
        decimals = min(max(SIGNIFICANT - 1 - size, 0), self.most_decimals)
        text = f"{abs(value):,.{decimals}f}"
        return self._signed(value, text.rstrip("0").rstrip(".") if "." in text else text)

    def in_digits(self, text: str) -> str:
        """A text of digits that is no number, such as a year or `14:05`, in this script."""
        return text.translate(str.maketrans("0123456789", self.digits))

    def with_unit(self, text: str, unit: str) -> str:
        """A number that is text already, and its unit if it has one."""
        return f"{text}{self.before_unit}{unit}" if unit else text

    def _signed(self, value: float, text: str) -> str:
        sign = self.minus if value < 0 and text.strip("0.,") else ""
        return sign + text.translate(_signs(self.digits, self.decimal, self.thousands))


@cache
def _signs(digits: str, decimal: str, thousands: str) -> dict[int, str]:
    own = (*digits, decimal, thousands)
    return str.maketrans(dict(zip("0123456789.,", own, strict=True)))


# Pages.
PAGE = NumberFormat(thousands=THIN, minus=MINUS, before_unit=THIN, absent="—", most_decimals=12)
# What leaves the site as text: bundles, messages, mail, the command line.
PLAIN = NumberFormat()
# Reports, by language: separators of the Persian locale (CLDR), digits U+06F0 to U+06F9.
REPORT_ENGLISH = NumberFormat(thousands=",", minus=MINUS, before_unit=NO_BREAK)
REPORT_DARI = NumberFormat(
    thousands="٬",
    decimal="٫",
    digits="۰۱۲۳۴۵۶۷۸۹",
    minus=LEFT_TO_RIGHT + MINUS,
    before_unit=NO_BREAK,
)


MOST_DIGITS = 6  # significant ones of any number


def general(value: float | None, digits: int = 6) -> str:
    """With so many significant digits and, if need be, an exponent: `12.5`, `1.5e+06`; "" for None."""
    return "" if value is None else f"{value:.{digits}g}"


def rounded(value: float, *others: float, fewest: int = 2) -> float:
    """With two significant digits, as an estimate is known; with more where it would look like one of `others`."""
    digits = fewest
    while digits < MOST_DIGITS and any(
        general(value, digits) == general(other, digits) for other in others if other != value
    ):
        digits += 1
    return float(general(value, digits))


def scaled_bytes(value: float) -> tuple[float, str]:
    """Bytes in the largest unit that leaves at least one: `(1.53, "GB")`."""
    power = 0
    while abs(value) >= 1000 and power < len(_BYTES) - 1:
        value, power = value / 1000, power + 1
    return value, _BYTES[power]


LimitsForm = Literal["between", "at_least", "at_most"]


def limits_form(low: float | None, high: float | None) -> LimitsForm | None:
    """Which ends a range of accepted values has; None if it has none."""
    if low is not None:
        return "between" if high is not None else "at_least"
    return "at_most" if high is not None else None
