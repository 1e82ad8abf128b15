"""The words of one language, from TOML files: `[section]` and `key = "words with {placeholders}"`.

Sentences are whole, so that another language may order its words freely. `[data]` holds words that
code and files give by their English name (a state, a metric's title), `[unit]` units, and
`[phrase]` what is refused, by its English template.
"""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from core.text.phrase import Phrase

FALLBACK = "en"
SHARED = Path(__file__).parent / "words"  # of every surface: what profiles and detectors name


class Catalogue:
    """The words of one language in one folder of TOML files and the shared ones, then those of what it
    falls back to, English last.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self.words = _with_shared(folder, language)

    def find(self, key: str) -> str | None:
        """The words of `section.key` with their placeholders; None if nobody wrote any."""
        return self.words.get(key)

    def text(self, key: str, **values: object) -> str:
        """The words of `section.key` with `{placeholders}` filled in. KeyError if there are none."""
        words = self.find(key)
        if words is None:
            raise KeyError(key)
        return words.format(**values)

    def data(self, text: str) -> str:
        """A word of code or files, translated if this language has it.

        `WORDS: ENDING` is translated by halves: a line of a checklist and what is said of it.
        """
        known = self.words.get(f"data.{text}")
        about, colon, ending = text.rpartition(": ")
        if known is not None or not colon:
            return text if known is None else known
        return self.data(about) + self.words.get(f"data.: {ending}", f": {ending}")

    def unit(self, unit: str) -> str:
        """A unit, translated if this language writes it its own way."""
        return self.words.get(f"unit.{unit}", unit)

    def translate(self, text: object, isolated: Callable[[str], str] = str) -> str:
        """What another folder says to a person: a `Phrase` with the codes in it, or data.

        `isolated` keeps the order of signs of a value, whichever way the words around it run.
        """
        if not isinstance(text, Phrase):
            return self.data(str(text))
        words = self.words.get(f"phrase.{text.template}", text.template)
        values = {
            name: isolated(self.translate(value, isolated)) if isinstance(value, str) else value
            for name, value in text.values.items()
        }
        return words.format(**values)


@cache
def load_words(folder: Path, language: str) -> dict[str, str]:
    """All words of `<language>.toml` by `section.key`; nothing if it is not translated yet."""
    path = folder / f"{language}.toml"
    if not path.exists():
        return {}
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        f"{name}.{key}": words
        for name, section in sections.items()
        for key, words in section.items()
    }


@cache
def line_of(language: str) -> tuple[str, ...]:
    """The language and what it falls back to, English last: `("ps", "fa", "en")`."""
    if language == FALLBACK:
        return (FALLBACK,)
    return (
        language,
        *line_of(load_words(SHARED, language).get("language.falls_back_to", FALLBACK)),
    )


@cache
def _with_shared(folder: Path, language: str) -> dict[str, str]:
    """The words of a folder over the shared ones, of each language over what it falls back to."""
    words: dict[str, str] = {}
    for code in reversed(line_of(language)):
        words |= load_words(SHARED, code) | load_words(folder, code)
    return words
