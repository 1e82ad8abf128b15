"""One token with digits: may it leave, and is it a fact that needs no second look?"""

import re
from enum import IntEnum
from functools import lru_cache

from maintenance.bundle.privacy.dates import ENGLISH_MONTHS, NUMERIC


class Digits(IntEnum):
    """What the digits of a token are."""

    IDENTIFIER = 0  # does not leave
    PLAIN = 1  # leaves, if the run that it stands in may
    FACT = 2  # a code behind its label, a version, a time
    MEASURED = 3  # with its unit: `120 kV`


_LETTER = "A W V T K G B L C F s h d m g l"  # units of one letter; a patient may follow them
_UNITS = (
    "% ‰ °C °F ° mK mV kV kVp VDC VAC mA µA μA mAs kW mW VA kVA kWh Wh Hz kHz MHz GHz ms us µs μs min hrs? hours?"
    r" secs? seconds? mins? minutes? days? weeks? months? mT Pa kPa MPa hPa bar mbar psi rpm mm cm km um µm μm nm kg"
    r" mg kB KB MB GB TB kbit Mbit l/min L/min l/h m³/h m/s m² m³ cm² cm³ mm² gpm ppm dB dBm Gy mGy µGy μGy mGy.cm"
    r" mSv µSv μSv Ω kΩ MΩ Ohm ohm HU Ah mAh Nm kJ GbE counts? scans? scan-s scan-seconds? exposures? times images? slices? pulses?"
    r" errors? events? retries rotations? percent degrees?"
)
_LETTER_OF_LARGE = (
    "s h W B"  # seconds and hours run, and nothing else of one letter, are ever 12345
)

_NUMBER = re.compile(
    r"(?:0|[1-9]\d{0,6})(?:[.,]\d{1,6})?|\d{1,4}-\d{1,4}|[1-9]\d{0,2}(?:,\d{3}){1,2}"
)
_GLUED = re.compile(r"((?:0|[1-9]\d{0,5})(?:[.,]\d{1,4})?)([^\d\W]\S*|[%°]\S*)")
_TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?")
_DECIMAL = re.compile(r"(?:0|[1-9]\d{0,3})[.,]\d{1,4}")
_PAIR = re.compile(r"\d{1,3}[-:/]\d{1,3}")
_SHORT_CODE = re.compile(r"[EFW]\d{4}|[A-Za-z]{1,2}-?\d{1,3}[A-Z]?|[1-9]\d{0,2}[A-LN-XZ]|[1-9]\d?x")
_DAY = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}-{ENGLISH_MONTHS}|{ENGLISH_MONTHS}-\d{{1,2}}", re.I
)
_MOST_PLAIN = 4  # digits of a number that is nothing special: more are an identifier
_MATRIX = re.compile(r"(\d{1,4})x(\d{1,4})")
_NAMED = re.compile(r"([^\W\d](?:\w*[A-Za-z])?)[-_]?\d{1,3}|[1-9]\d?-([A-Za-z]{3,})")
PORT = re.compile(
    r"(?:(?:ten|twe)?gigabitethernet|(?:fast)?ethernet|eth|en[ops]?|gi|ge|te|xe|fa|po|vlan|lo|sd|nvme)"
    r"[-_]?\d{1,2}(?:[/:.]\d{1,2}){0,3}",
    re.IGNORECASE,
)
HEX = re.compile(r"0x[0-9A-Fa-f]{1,8}")
LONG_CODE = re.compile(r"[A-Za-z]{0,3}[-_]?\d{1,5}[A-Z]?")
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){1,3}")
_MARKED_VERSION = re.compile(
    r"[vVrR]\d{1,3}(?:\.\d{1,4}){1,3}[a-z]?(?:-?(?:sp|p|rc|b)\d{1,2})?", re.I
)
_AFTER_CODE = re.compile(
    r"\b(?:errors?|faults?|alarms?|warnings?|events?|codes?|exceptions?|status)[ :#]{1,2}$", re.I
)
_AFTER_VERSION = re.compile(
    r"\b(?:versions?|ver|v|software|firmware|release|build|rev|revision|syngo)[ :.]{0,2}$",
    re.I,
)
# No address of a computer: that has four numbers.
_UPDATED = re.compile(r"\d{1,4}(?:\.\d{1,4}){1,2}")
_AFTER_UPDATE = re.compile(
    r"\b(?:versions?|software|firmware|bios|driver)\b[^.;]{0,16} (?:from|to) (?:[\d.]{1,12} to )?$",
    re.I,
)
_SPELLED = {
    **dict.fromkeys(
        [
            "zero",
            "oh",
            "nil",
            "nought",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
        ],
        1,
    ),
    **dict.fromkeys(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"], 2
    ),
    **dict.fromkeys(
        [
            "eighteen",
            "nineteen",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
        ],
        2,
    ),
    **dict.fromkeys(["double", "triple"], 1),
}


def count(token: str) -> int:
    """How many digits."""
    return sum(map(token.count, "0123456789"))


def spelled(token: str) -> int:
    """How many digits are written as words: 3 in `seven-eight-eight`; 0 if anything else is in it."""
    digits = [_SPELLED.get(part, 0) for part in re.split(r"[-/._]", token.lower())]
    return sum(digits) if all(digits) else 0


class Numbers:
    """Judges tokens with digits; knows the units of the profiles beside the usual ones."""

    def __init__(self, units: frozenset[str] = frozenset()) -> None:
        own = [re.escape(unit) for unit in units if unit and not unit[0].isdigit()]
        usual = _UNITS.replace(".", r"\.").split()
        longest_first = sorted({*own, *usual}, key=len, reverse=True)
        several = "|".join(
            unit for unit in longest_first if len(unit.rstrip("?")) > 1 or unit in "%°Ω"
        )
        self._several = re.compile(rf"[ \u202f]?(?:{several})(?![\w°²³])")
        self._letter = re.compile(rf"[ \u202f]?[{_LETTER.replace(' ', '')}](?![\w°²³])")

    def judge(self, text: str, start: int, end: int) -> Digits:
        """Of the token text[start:end], which has digits and is not about anyone."""
        token, before = text[start:end], text[max(start - 48, 0) : start]
        if (_is_code(token) and _AFTER_CODE.search(before)) or _is_version(token, before):
            return Digits.FACT
        if HEX.fullmatch(token):
            return Digits.IDENTIFIER if spells(token[2:]) else Digits.FACT
        if not any(sign.isalpha() for sign in token):
            return self._judge_number(text, token, end)
        return self._judge_mixed(token)

    def is_unit(self, word: str) -> bool:
        """Is it a unit of several letters, or of them: `µm`, `kV/mA`?"""
        return all(self._several.fullmatch(part) for part in word.split("/"))

    def _judge_number(self, text: str, token: str, end: int) -> Digits:
        digits = count(token)
        if _NUMBER.fullmatch(token):
            if self._several.match(text, end) and digits <= 9:
                return Digits.MEASURED
            unit = self._letter.match(text, end)
            if unit and (digits <= 4 or (digits <= 7 and unit[0][-1] in _LETTER_OF_LARGE)):
                return Digits.MEASURED
        if _TIME.fullmatch(token):
            return Digits.FACT
        is_short = digits <= 6 and (_DECIMAL.fullmatch(token) or _PAIR.fullmatch(token))
        return (
            Digits.PLAIN
            if is_short or (token.isdecimal() and digits <= _MOST_PLAIN)
            else Digits.IDENTIFIER
        )

    def _judge_mixed(self, token: str) -> Digits:
        glued = _GLUED.fullmatch(token)
        if glued is not None:
            digits = count(glued[1])
            if self._several.fullmatch(glued[2]) and digits <= 6:
                return Digits.MEASURED
            if self._letter.fullmatch(glued[2]) and digits <= 4:
                return Digits.MEASURED
        matrix = _MATRIX.fullmatch(token)
        if matrix is not None and all(int(side) % 16 == 0 for side in matrix.groups()):
            return Digits.FACT
        if PORT.fullmatch(token):
            return Digits.FACT if count(token) <= 6 else Digits.IDENTIFIER
        is_short = _SHORT_CODE.fullmatch(token) or _DAY.fullmatch(token)
        return Digits.PLAIN if is_short else Digits.IDENTIFIER


def named(token: str) -> str:
    """`probe` of `probe-2`, `phase` of `3-phase`; empty if it is no word with a short number."""
    match = _NAMED.fullmatch(token)
    return (match[1] or match[2]) if match is not None and count(token) <= _MOST_PLAIN else ""


def _is_code(token: str) -> bool:
    return LONG_CODE.fullmatch(token) is not None


def _is_version(token: str, before: str) -> bool:
    if _MARKED_VERSION.fullmatch(token):
        return count(token) <= 8
    if (
        _UPDATED.fullmatch(token)
        and NUMERIC.fullmatch(token) is None
        and _AFTER_UPDATE.search(before)
    ):
        return True
    is_numbered = _VERSION.fullmatch(token) is not None and count(token) <= 8
    return is_numbered and NUMERIC.fullmatch(token) is None and bool(_AFTER_VERSION.search(before))


@lru_cache(maxsize=1024)
def spells(digits: str) -> bool:
    """Are these bytes in hexadecimal three letters or more, as of a name?"""
    if len(digits) % 2:
        return False
    letters = bytes.fromhex(digits).rstrip(b"\x00")
    return len(letters) >= 3 and all(chr(byte).isalpha() and byte < 128 for byte in letters)
