"""Every word on the screen: `t("fleet.title")`. One `<language>.toml` a language, English always.

Sentences are whole, with placeholders, so that another language may order its words freely.
"""

import logging
import tomllib
from functools import cache
from pathlib import Path

from core.text.phrase import Phrase

log = logging.getLogger(__name__)

FALLBACK = "en"
_FOLDER = Path(__file__).parent
_language = FALLBACK


def use(language: str) -> None:
    """Speak this language from now on. It belongs to the site, so to every session alike."""
    global _language
    _language = language


def t(key: str, **values: object) -> str:
    """The words of `key`, with `{placeholders}` filled in."""
    words = catalogue(_language).get(key) or catalogue(FALLBACK).get(key)
    return (missing(key) if words is None else words).format(**values)


def t_data(text: str) -> str:
    """A word of the site's own files (a metric's title, a rule's), translated if we know it."""
    return catalogue(_language).get(f"data.{text}", text)


def told(text: object) -> str:
    """What another folder said, in this language: words that are `Phrase`, and the codes in them."""
    if not isinstance(text, Phrase):
        return t_data(str(text))
    words = catalogue(_language).get(f"phrase.{text.template}", text.template)
    values = {name: _told(value) for name, value in text.values.items()}
    return words.format(**values)


def _told(value: object) -> object:
    return told(value) if isinstance(value, str) else value


def missing(key: str) -> str:
    """What is shown when nobody wrote the words: the key, which is better than a broken page."""
    log.warning("no words for %r", key)
    return key


@cache
def catalogue(language: str) -> dict[str, str]:
    """All words of one language by key; nothing if it is not translated yet."""
    path = _FOLDER / f"{language}.toml"
    if not path.exists():
        return {}
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        f"{name}.{key}": words
        for name, section in sections.items()
        for key, words in section.items()
    }
