"""Text as whoever reads it sees it: encodings undone, digits of any script as 0 to 9, nothing hidden."""

import html
import re
import unicodedata
from functools import lru_cache

# Signs of technical text beside ASCII; any other sign is taken out.
SIGNS = frozenset("°µμΩ±×²³·–—…→≤≥€\u202f")
MARK = "\x00"  # stands for what was removed until the end

_MOST_LAYERS = 8  # an encoding within an encoding; seen are two (a percent sign in an HTML page)
_CODED = re.compile(r"[&%\\=]|U\+")
_ESCAPE = re.compile(
    r"(?<!\\)\\+(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|U([0-9a-f]{8}))|%u([0-9a-f]{4})|\bU\+([0-9a-f]{4,6})\b",
    re.IGNORECASE,
)
_SOFT_BREAK = re.compile(r"=[ \t]{0,8}\r?\n")
_PERCENT = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_QUOTED = re.compile(r"(?:=[0-9a-f]{2}){2,}", re.IGNORECASE)
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2})+", re.IGNORECASE)
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2})+")
_ZEROS = re.compile(r"&#(x?)0+(?=[0-9a-f])", re.IGNORECASE)
_TOO_LARGE = re.compile(
    r"&#(?:\d{8,}|x[0-9a-f]{7,});?", re.IGNORECASE
)  # no letter has such a number

_POWER = re.compile(r"(?<=[A-Za-z])[²³](?!\w)")  # m², dm³; any other ² is a digit
_POWERS = str.maketrans("²³\x01\x02", "\x01\x02²³")
_CONTROL = {code: " " for code in (*range(32), 127) if chr(code) not in "\n\t"}
# A minus that is lost makes another measurement.
_SAME_SIGN = str.maketrans(
    "\u2010\u2011\u2212\u2044\u2215\u2018\u2019\u201c\u201d٫٬،؛٪", "---//''\"\".,,;%"
)
_SAME_LETTER = str.maketrans("يىكةەۀ", "ییکههه")


def plain(text: str) -> str | None:
    """ASCII digits, no invisible signs; letters stay, so that foreign words are seen as words.

    None for a text that is encoded more often than anyone encodes: it cannot be judged.
    """
    for _ in range(_MOST_LAYERS):
        visible = _visible(text)
        text = _decoded(visible)
        if text == visible:
            return text
    return None


def _visible(text: str) -> str:
    if text.isascii():
        return text if text.isprintable() else text.translate(_CONTROL)
    powers = _POWER.sub(lambda match: match[0].translate(_POWERS), text.translate(_CONTROL))
    usual = unicodedata.normalize("NFC", powers).translate(_SAME_SIGN)
    signs = "".join(map(_visible_sign, usual))
    return signs.translate(_SAME_LETTER).translate(_POWERS)


@lru_cache(maxsize=8192)
def _visible_sign(sign: str) -> str:
    if sign.isascii() or (sign in SIGNS and sign not in "²³"):
        return sign
    value = unicodedata.numeric(sign, None)
    kind = unicodedata.category(sign)
    if value is not None and kind[0] == "N" and value == int(value) >= 0:
        return str(int(value))
    if kind[0] == "M" or kind == "Cf":
        return ""
    compatible = unicodedata.normalize("NFKC", sign).translate(_SAME_SIGN)
    if compatible != sign:
        return "".join(map(_visible_sign, compatible))
    return sign if kind[0] == "L" else " "


def _decoded(text: str) -> str:
    """One layer less of every encoding that stands for letters or digits."""
    if _CODED.search(text) is None:
        return text
    text = _ESCAPE.sub(_escaped, _SOFT_BREAK.sub("", text))
    for pattern, base in ((_PERCENT, 16), (_QUOTED, 16), (_BYTES, 16), (_OCTAL, 8)):
        text = pattern.sub(lambda match, base=base: _of_bytes(match[0], base), text)  # type: ignore[misc]
    # Two halves of a letter beyond 16 bits are one.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if "&" not in text:
        return text
    return html.unescape(_TOO_LARGE.sub(" ", _ZEROS.sub(r"&#\1", text)))


def _escaped(match: re.Match[str]) -> str:
    code = int(next(digits for digits in match.groups() if digits), 16)
    return chr(code) if 32 <= code <= 0x10FFFF else " "


def _of_bytes(coded: str, base: int) -> str:
    """What the bytes stand for; the coded text itself if that is nothing to be read."""
    data = bytes(int(digits, base) for digits in re.split(r"[%=\\x]+", coded) if digits)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else coded
