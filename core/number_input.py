"""Numbers as people type them: Latin, Persian or Arabic digits. An ambiguous number is refused.

A comma is a decimal sign unless it may stand between thousands. ValueError holds what is wrong, as
`Phrase`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from core.text.phrase import Phrase

_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫\u2212", "01234567890123456789.-")
_LATIN_SIGNS = {chr(sign): chr(latin) for sign, latin in _LATIN.items()}
# Marks of writing direction come along when a number is pasted beside Dari words.
_AROUND = " \t\r\n\u00a0\u2009\u202f\u200c\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}([.,][0-9]{1,20})?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")


class Spelling(NamedTuple):
    """How a number is written, for a program in another language; the patterns are of a whole text."""

    around: str = _AROUND  # what is left out at both ends
    latin: Mapping[str, str] = _LATIN_SIGNS
    number: str = _NUMBER.pattern
    thousands: str = _THOUSANDS.pattern


def ambiguous(typed: str, thousands: str, decimals: str) -> Phrase:
    """What is asked of a number with a comma that may stand between thousands."""
    return Phrase(
        "{typed!r} can be read in two ways: write {thousands} or {decimals}",
        typed=typed,
        thousands=thousands,
        decimals=decimals,
    )


def no_number(typed: str) -> Phrase:
    """What is asked of anything but a number."""
    return Phrase("{typed!r} is not a number: write it as 1250 or 12.5, without unit", typed=typed)


def too_exact(typed: str) -> Phrase:
    """What is asked of a number of which a float holds only a part."""
    return Phrase("{typed!r} has more digits than can be kept", typed=typed)


def decimal(text: str) -> Decimal:
    """The number exactly as typed. Refused if a float cannot hold all of its digits."""
    plain = _plain(text)
    if _THOUSANDS.fullmatch(plain):
        raise ValueError(ambiguous(text, plain.replace(",", ""), plain.replace(",", ".")))
    if not _NUMBER.fullmatch(plain):
        raise ValueError(no_number(text))
    exact = Decimal(plain.replace(",", "."))
    if Decimal(repr(float(exact))) != exact:
        raise ValueError(too_exact(text))
    return exact


def number(text: str) -> float:
    """A number with or without decimals, of any sign."""
    return float(decimal(text)) + 0.0  # no minus before a zero


def whole(text: str, low: int, high: int) -> int:
    """A whole number in a range. No decimal sign: `12.000` may be meant as twelve thousand."""
    plain = _plain(text)
    if not _WHOLE.fullmatch(plain) or not low <= int(plain) <= high:
        raise ValueError(
            Phrase(
                "{cell!r} is not a whole number from {low} to {high}", cell=text, low=low, high=high
            )
        )
    return int(plain)


def latin(text: str) -> str:
    """The same text with Latin digits for Persian and Arabic ones, without marks of direction around."""
    return _plain(text)


def written(value: float) -> str:
    """The text that `number` reads back as this value: never with an exponent."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(text: str) -> str:
    return text.strip(_AROUND).translate(_LATIN)
