"""Words as they are searched: whatever keyboard wrote them, they are compared in one form. Pure.

What is stored and what is asked go through the same function, so they cannot differ. A word is a run of
letters and digits; signs, emoji and underscores part words.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST_WORD = 64  # characters that count; of what is longer the rest is not compared
LONGEST_RUN = 4 * LONGEST_WORD  # the same before vowel signs and joiners are taken out
LONGEST_QUERY = 1_000  # characters of a question that are read
MOST_TERMS = 16  # of a question

# Vowel signs and hamzas above or below, and what is not seen: joiners (U+200C), marks of direction.
_INSIDE = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
_RUN = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}])*")
_ALPHANUMERIC = re.compile(r"[^\W_]+")
_QUOTES = re.compile('["\u201c\u201d\u201e\u201f\u00ab\u00bb]')

# Letters that keyboards of Arabic, Persian, Dari, Pashto and Urdu write differently for the same word.
_LETTERS = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic yeh
        "\u0649": "\u06cc",  # alef maksura
        "\u06cd": "\u06cc",  # Pashto yeh with tail
        "\u06d0": "\u06cc",  # Pashto e
        "\u06d2": "\u06cc",  # yeh barree
        "\u0643": "\u06a9",  # Arabic kaf
        "\u06aa": "\u06a9",  # swash kaf
        "\u06ab": "\u06af",  # Pashto gaf
        "\u0629": "\u0647",  # teh marbuta
        "\u06be": "\u0647",  # heh doachashmee
        "\u06c1": "\u0647",  # heh goal
        "\u06c3": "\u0647",  # teh marbuta goal
        "\u06d5": "\u0647",  # ae
        "\u0671": "\u0627",  # alef wasla
        "\u0640": "",  # kashida
    }
)


class Word(NamedTuple):
    """A word in the form that is compared, and where it stands in the text."""

    text: str
    start: int
    end: int


class Term(NamedTuple):
    """Words that must follow one another; the last may go on if it is a prefix."""

    words: tuple[str, ...]
    is_prefix: bool


def words_in(text: str) -> Iterator[Word]:
    """Every word of a text, in order."""
    for run in _RUN.finditer(text):
        for word in _compared(run[0][:LONGEST_RUN]):
            yield Word(word, *run.span())


def compared_text(text: str) -> str:
    """The words of a text in the form that is compared, with a space between them."""
    words = (word for run in _RUN.findall(text) for word in _compared(run[:LONGEST_RUN]))
    return " ".join(words)


def terms_of(query: str) -> tuple[Term, ...]:
    """What somebody asks for: all of it must stand in a text.

    What stands between quotes is a phrase. Any other word is also the beginning of a longer one; a number is not,
    unless a `*` follows it. `ct-2` is two words that follow one another. Empty: there is no word in it.
    """
    parts = _QUOTES.split(query[:LONGEST_QUERY])
    terms: list[Term] = []
    for number, part in enumerate(parts):
        is_quoted = number % 2 == 1 and number < len(parts) - 1  # closed as well
        for chunk in [part] if is_quoted else part.split():
            words = tuple(word.text for word in words_in(chunk))
            if words:
                is_open = not words[-1].isdecimal() or chunk.endswith("*")
                terms.append(Term(words, not is_quoted and is_open))
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


@lru_cache(10_000)  # words come again and again
def _compared(run: str) -> tuple[str, ...]:
    if run.isascii():
        return (run.lower()[:LONGEST_WORD],)
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", run).casefold())
    signs = "".join(
        _digit(sign) for sign in apart if unicodedata.category(sign) not in ("Mn", "Me", "Cf")
    )
    words = _ALPHANUMERIC.findall(signs.translate(_LETTERS))
    return tuple(word[:LONGEST_WORD] for word in words)


def _digit(sign: str) -> str:
    """A digit of any script as a Latin one."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
