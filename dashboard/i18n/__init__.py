"""Every word on the screen: `t("fleet.title")`. One `<language>.toml` a language, English always.

The site has a language, and a person may have their own: that of a request, and of a run of a page, goes first.
With the language go the side from which a line is read, and the calendar.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Literal, ParamSpec, Self, TypeVar

from core.text.catalogue import FALLBACK, Catalogue, load_words
from core.text.languages import LANGUAGES, is_rtl, name_of
from core.time.calendars import Calendar

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
P = ParamSpec("P")
Result = TypeVar("Result")

_CALENDARS: dict[str, Calendar] = {"fa": "solar", "ps": "solar"}  # of who reads it; else Gregorian

# What keeps its order of signs among words that run the other way: first strong isolate, pop directional isolate.
_ISOLATE, _END = "\u2068", "\u2069"
_ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
_FROM_RIGHT = "\u200f"
_LEFT_TO_RIGHT_SIGNS = re.compile("[0-9A-Za-z\u00c0-\u024f\u2212\u202a-\u202e]")
_RIGHT_TO_LEFT_SIGNS = re.compile("[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufefc\u202a-\u202e]")

_sites = FALLBACK
_sites_calendar: Calendar = "gregorian"
_persons: ContextVar[str] = ContextVar("language", default="")  # empty: the site's


def use(language: str, calendar: Calendar | None = None) -> None:
    """Speak the site's language, by its calendar, from now on, to everybody who has none of their own."""
    global _sites, _sites_calendar
    _sites = language
    _sites_calendar = calendar or _sites_calendar


def use_here(language: str) -> None:
    """Speak a person's language in this request, or in this run of a page; empty: the site's."""
    _persons.set(language)


def language() -> str:
    """What is spoken here."""
    return _persons.get() or _sites


def choices() -> Iterator[tuple[str, str]]:
    """Each language, and what it calls itself; with how far it is where somebody has only begun it."""
    english = load_words(FOLDER, FALLBACK)
    for code in LANGUAGES:
        written = len(english.keys() & load_words(FOLDER, code).keys())
        progress = t("account.begun", count=written, total=len(english))
        yield code, name_of(code) if written == len(english) else f"{name_of(code)} ({progress})"


def calendar() -> Calendar:
    """Whose days and months are shown here: the site's, or those of a person's own language."""
    own = _persons.get()
    return calendar_of(own) if own else _sites_calendar


def calendar_of(language: str) -> Calendar:
    """By which calendar its readers live."""
    return _CALENDARS.get(language, "gregorian")


def direction(code: str = "") -> Literal["rtl", "ltr"]:
    """From which side a language is read, as HTML names it; without one, what is spoken here."""
    return "rtl" if is_rtl(code or language()) else "ltr"


def kept(part: Callable[P, Result]) -> Callable[P, Result]:
    """A part of a page that Streamlit runs again by itself, in a thread that knows nothing of the person."""
    here = _persons.get()

    @wraps(part)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> Result:
        use_here(here)
        return part(*args, **kwargs)

    return spoken


def catalogue(language: str) -> Catalogue:
    """The words of one language; English ones if it is not translated yet."""
    return Catalogue(FOLDER, language)


def t(key: str, **values: object) -> str:
    """The words of `key`, with `{placeholders}` filled in."""
    words = catalogue(language()).find(key)
    whole = {
        name: Isolated(value) if isinstance(value, str) else value for name, value in values.items()
    }
    text = (missing(key) if words is None else words).format(**whole)
    return _sided(text) if whole else text


def t_data(text: str) -> str:
    """A word of the site's own files (a metric's title, a rule's), translated if we know it."""
    return catalogue(language()).data(text)


def translate(text: object) -> str:
    """What another folder says, in this language: a `Phrase`, and the codes in it."""
    return catalogue(language()).translate(text, Isolated)


class Isolated(str):
    """A value for a template, isolated also where that quotes it: `{part!r}`."""

    quoted: str

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, isolated(text))
        self.quoted = isolated(f"'{text}'" if _ISOLATE in text else repr(text))
        return self

    def __repr__(self) -> str:
        return self.quoted


def isolated(text: str) -> str:
    """The same text, marked so that no sign of it changes places with the words around it, if one might."""
    if text.startswith(_ISOLATE) and text.count(_ISOLATE) == 1 and text.endswith(_END):
        return text
    others = _LEFT_TO_RIGHT_SIGNS if direction() == "rtl" else _RIGHT_TO_LEFT_SIGNS
    return f"{_ISOLATE}{text}{_END}" if others.search(text) else text


def joined(texts: Iterable[str]) -> str:
    """What there is of these, one after the other: `CT room · serial 4711`."""
    return _sided(" · ".join(isolated(text) for text in texts if text))


def _sided(text: str) -> str:
    """A text of nothing but what is isolated would run as its first letter does: it is told this side."""
    own = text
    while (shorter := _ISOLATED.sub("", own)) != own:  # from the innermost outwards
        own = shorter
    needs_mark = own != text and direction() == "rtl" and not any(map(str.isalpha, own))
    return _FROM_RIGHT + text if needs_mark else text


def missing(key: str) -> str:
    """What is shown when nobody wrote the words: the key, which is better than a broken page."""
    log.warning("no words for %r", key)
    return key
