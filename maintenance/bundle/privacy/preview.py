"""What a scrubber takes out of texts, for the person who wrote them: marked in each, with the words that may be kept."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from maintenance.bundle.privacy.numbers import spelled
from maintenance.bundle.privacy.scrubber import REMOVED, Scrubber

# What has the form of a word. Other letters than Latin never leave; digits are judged without anybody's word.
_WORD = re.compile(r"(?<![\w^@.\\/-])(?:[A-Z]?[a-z]{2,30}|[A-Z]{2,12})(?![\w^@\\/-])")
_TOKENS = re.compile(rf"{re.escape(REMOVED)}|\w+|\W")


class Stretch(NamedTuple):
    """A stretch of a text as it was written; does it go?"""

    text: str
    is_removed: bool


class CutText(NamedTuple):
    """A text of which something goes, and which of its words a person may keep, in small letters."""

    stretches: Sequence[Stretch]
    keepable: Sequence[str]


def cut_texts(scrubber: Scrubber, texts: Iterable[str]) -> list[CutText]:
    """Of these texts those that do not leave whole, each once, in order.

    A word may be kept if it then leaves: not in a sentence about a patient, behind a label or title, in a
    DICOM or HL7 field, an address or a path; and never a number.
    """
    different = list(dict.fromkeys(text for text in texts if text))
    cut = [text for text in different if REMOVED in scrubber.scrub(text) and REMOVED not in text]
    chosen = scrubber.keeping(word for text in cut for word in _candidates(scrubber, text))
    return [
        CutText(
            marked(text, scrubber.scrub(text)),
            [
                word
                for word in _candidates(scrubber, text)
                if _words(chosen.scrub(text)).count(word) > _words(scrubber.scrub(text)).count(word)
            ],
        )
        for text in cut
    ]


def marked(text: str, clean: str) -> list[Stretch]:
    """The text, with what is not in its clean form marked."""
    written, left = _TOKENS.findall(text), _TOKENS.findall(clean)
    stretches: list[Stretch] = []
    for change, start, end, *_ in SequenceMatcher(
        None, written, left, autojunk=False
    ).get_opcodes():
        if start < end:
            stretches.append(Stretch("".join(written[start:end]), change != "equal"))
    return stretches


def keepable_word(word: str) -> str:
    """In small letters; empty if it does not have the form of a word, or is a digit in letters."""
    return word.lower() if _WORD.fullmatch(word) and not spelled(word) else ""


def _candidates(scrubber: Scrubber, text: str) -> list[str]:
    """Words that go, each once."""
    left = _words(scrubber.scrub(text))
    words = [keepable_word(match[0]) for match in _WORD.finditer(text)]
    different = [word for word in dict.fromkeys(words) if word]
    return [word for word in different if words.count(word) > left.count(word)]


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\w+", text.replace(REMOVED, " "))]
