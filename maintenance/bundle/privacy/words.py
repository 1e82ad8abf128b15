"""Which words may leave: those of `words.txt`, their regular forms, and those of the device's profile."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self

CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST = 3  # letters: of a word that may be joined to others, and of a word's stem
_MOST_JUDGED = 20_000  # words that are remembered
_MOST_SPELLED = 3  # single letters in a token: `X/Y/Z`; more spell a name


class Words:
    """The words of ordinary and technical language, and those among them that are also names."""

    def __init__(self, words: frozenset[str], names: frozenset[str], no: frozenset[str]) -> None:
        self._words = words
        self._names = names
        self._no = no  # they look like a form of a word and are a name
        self._judged: dict[str, bool] = {}
        self._called: dict[str, bool] = {}

    @classmethod
    def read(cls, lines: Iterable[str]) -> Self:
        """Of `words.txt`: `field*` is a word and a name, `-sayed` is a name and no form of `say`."""
        words = [word for line in lines if not line.startswith("#") for word in line.split()]
        return cls(
            frozenset(word.rstrip("*") for word in words if not word.startswith("-")),
            frozenset(word.rstrip("*") for word in words if word.endswith("*")),
            frozenset(word[1:] for word in words if word.startswith("-")),
        )

    def beside(self, texts: Iterable[str]) -> Self:
        """These and the words of the texts, with the parts they are made of."""
        own = {word.lower() for text in texts for word in [*text.split(), *parts(text)]}
        return type(self)(self._words | own, self._names, self._no - own)

    def is_word(self, word: str) -> bool:
        """Is it a word, or a regular form of a word, as a whole?"""
        if len(self._judged) > _MOST_JUDGED:
            self._judged.clear()
        is_word = self._judged.get(word)
        if is_word is None:
            is_word = self._judged[word] = self._is_form(word.lower())
        return is_word

    def _is_form(self, small: str) -> bool:
        if small in self._words or small in self._no:
            return small in self._words
        return any(stem in self._words for stem in _stems(small))

    def is_name(self, word: str) -> bool:
        """Is it a word that is also somebody's name?"""
        if len(self._called) > _MOST_JUDGED:
            self._called.clear()
        is_name = self._called.get(word)
        if is_name is None:
            small = word.lower()
            forms = (small, *_stems(small))
            is_name = self._called[word] = not self._names.isdisjoint(forms)
        return is_name

    def is_made_of_words(self, token: str, *, about_someone: bool) -> bool:
        """Is each part of `over-temperature`, `TubeScanSeconds`, `CSA_MSC` a word; none a name?"""
        if any(sign in token for sign in "@^."):
            return False  # an address, a name, a host
        stems = parts(token)
        letters = sum(len(part) == 1 for part in stems)
        return (
            bool(stems)
            and letters <= _MOST_SPELLED
            and all(
                self._may_join(part, alone=len(stems) == 1, about_someone=about_someone)
                for part in stems
            )
        )

    def _may_join(self, part: str, *, alone: bool, about_someone: bool) -> bool:
        if not part.isascii():
            return False
        if len(part) == 1:
            return True
        if about_someone and self.is_name(part):
            return False
        # `AhMaDi` is not made of words; what is written in capitals is a short form: `CT_DB`.
        is_long_enough = alone or len(part) >= _SHORTEST or part in _JOINED or part.isupper()
        return is_long_enough and self.is_word(part)


# Short as they are, these are parts of names of values and of units: `hwNoOfScans`, `kHz/K`.
_JOINED = frozenset(
    [
        "No",
        "Of",
        "In",
        "On",
        "To",
        "By",
        "Is",
        "It",
        "At",
        "As",
        "Be",
        "Id",
        "Ip",
        "Up",
        "Hz",
        "Pa",
        "Gy",
        "Wh",
        "Sv",
        "Ah",
        "no",
        "of",
        "in",
        "on",
        "to",
        "by",
        "id",
        "up",
    ]
)


def parts(word: str) -> list[str]:
    """The words in `TubeScanSeconds`, `over-temperature`, `CSA_MSC`, `patient's`."""
    stems = re.findall(r"[^\W\d_²³]+", re.sub(r"'s\b", "", word))
    return [part for stem in stems for part in (CAMEL.findall(stem) if stem.isascii() else [stem])]


def _stems(word: str) -> list[str]:
    """Of what it could be a regular form: plural, past, -ing, -ly."""
    stems: list[str] = []
    if word.endswith("s") and not word.endswith("ss"):
        stems.append(word[:-1])
        if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            stems.append(word[:-2])
        if word.endswith("ies"):
            stems.append(f"{word[:-3]}y")
    if word.endswith("ly"):
        stems.append(word[:-2])
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            is_whole = not stem.endswith("e") or stem.endswith(("ee", "oe", "ye"))
            stems += [f"{stem}e", *([stem] if is_whole else [])]
            if len(stem) > _SHORTEST and stem[-1] == stem[-2]:
                stems.append(stem[:-1])
            if stem.endswith("i"):
                stems.append(f"{stem[:-1]}y")
    return [stem for stem in stems if len(stem) >= _SHORTEST]


WORDS = Words.read(Path(__file__).with_name("words.txt").read_text(encoding="ascii").splitlines())
