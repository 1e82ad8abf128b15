"""Where the words of a question stand in a text, and a short part of the text around them. Pure."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from core.text.search_words import Term, Word, words_in

AROUND = 60  # characters before the first match
LONGEST = 220  # characters of an excerpt


class Segment(NamedTuple):
    """A part of a text; `is_match`: it is what was asked for."""

    text: str
    is_match: bool


def segments(text: str, terms: Sequence[Term]) -> list[Segment]:
    """The whole text in parts, those that match a term marked."""
    parts = []
    end = 0
    for start, stop in sorted(_matches(text, terms)):
        if stop <= end:
            continue
        parts.append(Segment(text[end : max(start, end)], is_match=False))
        parts.append(Segment(text[max(start, end) : stop], is_match=True))
        end = stop
    return [part for part in (*parts, Segment(text[end:], is_match=False)) if part.text]


def excerpt(texts: Sequence[str], terms: Sequence[Term]) -> str:
    """Of the text that holds most of the terms, the part around the first; of equals the first text's.

    Without any match the beginning of the first text.
    """
    best, most, first = next(iter(texts), ""), 0, 0
    for text in texts:
        words = list(words_in(text))
        places = [start for term in terms for start, _ in islice(_places(words, term), 1)]
        if len(places) > most:
            best, most, first = text, len(places), min(places)
    start = 0 if first <= AROUND else best.find(" ", first - AROUND, first) + 1 or first
    part = best[start : start + LONGEST]
    before = "… " if start > 0 else ""
    if start + LONGEST < len(best):
        part = (part.rpartition(" ")[0] or part) + " …"
    return before + " ".join(part.split())


def holds(texts: Sequence[Sequence[Word]], terms: Sequence[Term]) -> bool:
    """Does each term stand in one of the texts, whose words these are?"""
    return all(any(any(_places(words, term)) for words in texts) for term in terms)


def _matches(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    words = list(words_in(text))
    for term in terms:
        yield from _places(words, term)


def _places(words: Sequence[Word], term: Term) -> Iterator[tuple[int, int]]:
    """Start and end of each place where the words of a term follow one another."""
    length = len(term.words)
    *exact, last = term.words
    for at in range(len(words) - length + 1):
        here = words[at : at + length]
        is_last = here[-1].text.startswith(last) if term.is_prefix else here[-1].text == last
        if is_last and all(word.text == text for word, text in zip(here, exact, strict=False)):
            yield here[0].start, here[-1].end
