"""A telephone number as somebody typed it, to be pressed: digits of any script, written in any way."""

import re
import unicodedata
from html import escape

# What stands between the digits of one number; a slash or a comma stands between two.
_NUMBER = re.compile(r"(?:[+\uff0b]\s?)?\(?\d[\d\s().\-\u2010-\u2015\u200c]*\d")
_TRUNK = re.compile(r"\(\s*\d\s*\)")  # +93 (0) 799 ...: dialled inside the country only
FEWEST, MOST = 3, 15  # digits: of an extension, and of ITU-T E.164


def phone_links(typed: str) -> str:
    """HTML: as it was typed, each number in it a link that dials."""
    parts, end = [], 0
    for match in _NUMBER.finditer(typed):
        number = dialled(match[0])
        if number:
            shown = f'<a href="tel:{number}"><bdi dir="ltr">{escape(match[0].strip())}</bdi></a>'
            parts += [escape(typed[end : match.start()]), shown]
            end = match.end()
    return "".join([*parts, escape(typed[end:])])


def dialled(number: str) -> str:
    """What a telephone dials, `+93799123456`; empty if these are not the digits of one number."""
    text = number.strip()
    plus = "+" if text[:1] in ("+", "\uff0b") else ""
    if plus:
        text = _TRUNK.sub("", text)
    digits = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdecimal())
    return plus + digits if FEWEST <= len(digits) <= MOST else ""
