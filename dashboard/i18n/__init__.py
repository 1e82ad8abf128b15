"""Every word on the screen: `t("fleet.title")`. One `<language>.toml` a language, English always."""

import logging
from pathlib import Path

from core.text.catalogue import FALLBACK, Catalogue

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent
_language = FALLBACK


def use(language: str) -> None:
    """Speak this language from now on. It belongs to the site, so to every session alike."""
    global _language
    _language = language


def catalogue(language: str) -> Catalogue:
    """The words of one language; English ones if it is not translated yet."""
    return Catalogue(_FOLDER, language)


def t(key: str, **values: object) -> str:
    """The words of `key`, with `{placeholders}` filled in."""
    words = catalogue(_language).find(key)
    return (missing(key) if words is None else words).format(**values)


def t_data(text: str) -> str:
    """A word of the site's own files (a metric's title, a rule's), translated if we know it."""
    return catalogue(_language).data(text)


def translate(text: object) -> str:
    """What another folder says, in this language: a `Phrase`, and the codes in it."""
    return catalogue(_language).translate(text)


def missing(key: str) -> str:
    """What is shown when nobody wrote the words: the key, which is better than a broken page."""
    log.warning("no words for %r", key)
    return key
