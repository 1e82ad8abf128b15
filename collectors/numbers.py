"""The number in what a device answers: plain, as text, with a unit, in other digits, or none. Pure."""

import contextlib
import re
from typing import NamedTuple

_BLANK = " \t\r\n\x00\xa0\u200b\u200e\u200f\ufeff"
# How devices write that there is no value. Not `nan`: that is the answer of a broken sensor.
_NOTHING = frozenset(
    ("", "n/a", "na", "n.a.", "none", "null", "unknown", "unavailable",
     "not available", "undefined")
)  # fmt: skip
_NUMBER = re.compile(
    r"([+-]?(?:\d+(?:\.\d*|,\d+)?|\.\d+)(?:[eE][+-]?\d+)?)[ \t\xa0]*(.*)", re.DOTALL
)
_TYPED_OTHERWISE = str.maketrans({"\u2212": "-", "٫": ".", "º": "°", "˚": "°"})
_LONGEST_UNIT = 24


class Number(NamedTuple):
    """A number, and the unit that stood behind it; empty if none did."""

    value: float
    unit: str = ""


class NotANumberError(Exception):
    """The answer holds no number."""


def read_number(answer: object) -> Number | None:
    """The number in an answer; None if it says that there is no value. NotANumberError otherwise.

    Text may end in NULs, blanks and a unit, which the caller must know: `5 parrots` is no number.
    """
    if answer is None:
        return None
    if isinstance(answer, bytes):
        answer = _decoded(answer)
    try:
        if isinstance(answer, bool | int | float):
            return Number(float(answer))
        if isinstance(answer, str):
            return _from_text(answer)
    except (ValueError, OverflowError):
        pass
    raise NotANumberError


def _decoded(answer: bytes) -> str:
    try:
        return answer.decode("utf-8")
    except UnicodeDecodeError:
        return answer.decode("latin-1")


def _from_text(text: str) -> Number | None:
    plain = text.translate(_TYPED_OTHERWISE).strip(_BLANK)
    if plain.casefold() in _NOTHING:
        return None
    if "_" not in plain:  # Python would read 1_0 as 10
        with contextlib.suppress(ValueError):
            return Number(float(plain))
    match = _NUMBER.fullmatch(plain)
    if match is None or len(match[2]) > _LONGEST_UNIT:
        raise NotANumberError
    return Number(float(_with_point(match[1])), match[2])


def _with_point(digits: str) -> str:
    """`24,5` is 24.5. `1,234` may be a thousand: it is refused."""
    whole, comma, rest = digits.partition(",")
    if comma and len(rest) == 3 and whole.lstrip("+-") not in ("", "0"):
        raise NotANumberError
    return digits.replace(",", ".")
