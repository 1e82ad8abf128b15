"""Every word on the screen: `t("fleet.title")`. One `<language>.toml` a language, English always.

The site has a language, and a person may have their own: that of a request, and of a run of a page, goes first.
"""

import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from core.text.catalogue import FALLBACK, Catalogue, load_words
from core.text.languages import LANGUAGES, name_of

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
P = ParamSpec("P")
Result = TypeVar("Result")

_sites = FALLBACK
_persons: ContextVar[str] = ContextVar("language", default="")  # empty: the site's


def use(language: str) -> None:
    """Speak the site's language from now on, to everybody who has none of their own."""
    global _sites
    _sites = language


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


def kept(part: Callable[P, Result]) -> Callable[P, Result]:
    """A part of a page that Streamlit runs again by itself, in a thread that knows nothing of the person."""
    here = language()

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
    return (missing(key) if words is None else words).format(**values)


def t_data(text: str) -> str:
    """A word of the site's own files (a metric's title, a rule's), translated if we know it."""
    return catalogue(language()).data(text)


def translate(text: object) -> str:
    """What another folder says, in this language: a `Phrase`, and the codes in it."""
    return catalogue(language()).translate(text)


def missing(key: str) -> str:
    """What is shown when nobody wrote the words: the key, which is better than a broken page."""
    log.warning("no words for %r", key)
    return key
