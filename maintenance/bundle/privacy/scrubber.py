"""The rules of this room laid over one text."""

import re
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from functools import lru_cache
from typing import Self

from maintenance.bundle.privacy.dates import DAY_AND_MONTH
from maintenance.bundle.privacy.numbers import LONG_CODE, Digits, Numbers, count, named
from maintenance.bundle.privacy.persons import is_about_someone, without_persons
from maintenance.bundle.privacy.reading import MARK, SIGNS, plain
from maintenance.bundle.privacy.runs import Token, in_long_runs, without_split_cells
from maintenance.bundle.privacy.words import WORDS, Words

REMOVED = "[removed]"

_STATED = "\ue000"  # the first of the signs that stand for what the site states of its equipment
_MOST_STATED = 2000
_SHORTEST_STATED = 4  # signs: `12` is not recognised as a serial
_MOST_REMEMBERED = 50_000  # texts: of a week's log; machines repeat themselves

_TOKEN = re.compile(rf"{MARK}|[\ue000-\uf8ff]|\w+(?:(?:[\^@'#&\\/.:+-]|,(?=\d)){{1,8}}\w+)*")
_MONTH_FORMS = re.compile(r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;]\s|\n")
_MARKS = re.compile(rf"{re.escape(REMOVED)}(?:[\s.,^'\"-]*{re.escape(REMOVED)})+")


class Scrubber:
    """Knows which words may leave: those of `words.txt` and those that are handed to it."""

    def __init__(
        self,
        words: Words,
        units: Iterable[str] = (),
        stated: Collection[str] = (),
        allowed: Collection[str] = (),
    ) -> None:
        self._words = words
        self._allowed = _letters_only(allowed)
        self._numbers = Numbers(frozenset(units))
        known = {text for text in stated if len(text) >= _SHORTEST_STATED and count(text)}
        self._stated = sorted(known, key=len, reverse=True)[:_MOST_STATED]
        pattern = "|".join(map(re.escape, self._stated))
        self._known = re.compile(rf"(?<![\w.-])(?:{pattern})(?![\w]|[.-]\w)") if known else None
        self._clean: dict[str, str] = {}

    @classmethod
    def of(
        cls,
        *texts: str,
        units: Iterable[str] = (),
        stated: Collection[str] = (),
        allowed: Collection[str] = (),
    ) -> Self:
        """With the words of these texts beside those of `words.txt`: a profile's titles, a maker.

        `units` are those of the profiles, `stated` the serials, part numbers and ids of equipment,
        `allowed` words in small letters that a person lets out.
        """
        units = [unit for unit in units if unit]
        return cls(WORDS.beside([*texts, *units]), units, stated, allowed)

    def keeping(self, allowed: Iterable[str]) -> "Scrubber":
        """The same with more words that a person lets out."""
        scrubber = copy(self)
        scrubber._allowed, scrubber._clean = self._allowed | _letters_only(allowed), {}
        return scrubber

    def scrub(self, text: str) -> str:
        """The text in ASCII and a few signs, with `[removed]` where something was taken out.

        Never raises. What has been scrubbed is not changed by being scrubbed again.
        """
        clean = self._clean.get(text)
        if clean is None:
            if len(self._clean) >= _MOST_REMEMBERED:
                self._clean.clear()
            clean = self._clean[text] = self._settled(text)
        return clean

    def code(self, text: str) -> str:
        """An error code, which stands in a field of its own: it may have five digits."""
        return self._as_code(text, most_digits=5)

    def component(self, text: str) -> str:
        """A component's name, which stands in a field of its own: `line1`, `A4`."""
        return self._as_code(text, most_digits=4)

    def _as_code(self, text: str, most_digits: int) -> str:
        is_short = LONG_CODE.fullmatch(text) and count(text) <= most_digits
        return text if is_short and _holds_no_person(text) else self.scrub(text)

    def row(self, *cells: str) -> list[str]:
        """Texts that stand beside each other, each scrubbed already: no number is split over them."""
        return without_split_cells(cells, REMOVED)

    def _settled(self, text: str) -> str:
        for _ in range(5):
            cleaner = self._once(text)
            if cleaner == text:
                return text
            text = cleaner
        return REMOVED  # has not been seen to happen; what does not settle does not leave

    def _once(self, text: str) -> str:
        visible = plain(text)
        if visible is None:
            return REMOVED
        visible = visible.replace(REMOVED, MARK)
        if self._known is not None:
            visible = self._known.sub(self._sign_of, visible)
        visible = without_persons(visible)
        about_someone = is_about_someone(visible)
        days = _days_of_faults(visible) if about_someone else frozenset()
        tokens = [
            self._judged(visible, match, about_someone=about_someone and match.start() not in days)
            for match in _TOKEN.finditer(visible)
        ]
        keep = [token.keeps for token in tokens]
        for index in in_long_runs(tokens):
            keep[index] = False
        self._drop_names(visible, tokens, keep)
        return self._joined(visible, tokens, keep)

    def _sign_of(self, match: re.Match[str]) -> str:
        return chr(ord(_STATED) + self._stated.index(match[0]))

    def _judged(self, text: str, match: re.Match[str], *, about_someone: bool) -> Token:
        word, start, end = match[0], match.start(), match.end()
        if word == MARK:
            return Token(start, end, word, keeps=False, digits=None)
        if word[0] >= _STATED and word[0] <= "\uf8ff":
            return Token(start, end, word, keeps=True, digits=None)
        if not count(word):
            keeps = self._keeps_word(text, match, about_someone=about_someone)
            return Token(start, end, word, keeps, digits=None)
        if about_someone:
            return Token(start, end, word, keeps=False, digits=Digits.IDENTIFIER)
        if self._words.is_word(word):
            return Token(start, end, word, keeps=True, digits=None)  # CO2, RS232
        digits = self._numbers.judge(text, start, end)
        if digits is not Digits.IDENTIFIER:
            return Token(start, end, word, keeps=True, digits=digits)
        name = named(word)
        keeps = bool(name) and self._words.is_made_of_words(name, about_someone=False)
        return Token(start, end, word, keeps, None if keeps else digits)

    def _keeps_word(self, text: str, match: re.Match[str], *, about_someone: bool) -> bool:
        word = match[0]
        if _MONTH_FORMS.fullmatch(word):
            around = text[max(match.start() - 6, 0) : match.end() + 4]
            return count(around) > 0 and not about_someone
        if self._words.is_word(word):
            return not (about_someone and self._words.is_name(word))
        if word.lower() in self._allowed:  # a person's decision stops where somebody is spoken of
            return not is_about_someone(_sentence(text, match))
        is_word = self._words.is_made_of_words(word, about_someone=about_someone)
        return is_word or self._numbers.is_unit(word)

    def _drop_names(self, text: str, tokens: Sequence[Token], keep: list[bool]) -> None:
        """`John Field`: once John is gone, Field is no longer a word of physics."""
        order = range(len(tokens))
        names = [self._may_be_name(token) for token in tokens]
        for index in [*order, *reversed(order)]:
            if keep[index] and names[index]:
                keep[index] = not any(
                    (not keep[other] or _is_full_name(tokens, names, index, other))
                    and _are_beside(text, tokens, index, other)
                    and not (
                        self._is_allowed(tokens[index]) and _are_apart(text, tokens, index, other)
                    )
                    for other in (index - 1, index + 1)
                    if 0 <= other < len(tokens)
                )

    def _may_be_name(self, token: Token) -> bool:
        is_initial = len(token.text) == 1 and token.text.isupper() and token.text < _STATED
        is_name = self._is_allowed(token) or self._words.is_name(token.text)
        return is_initial or (token.digits is None and is_name)

    def _is_allowed(self, token: Token) -> bool:
        return token.text.lower() in self._allowed and not self._words.is_word(token.text)

    def _joined(self, text: str, tokens: Sequence[Token], keep: Sequence[bool]) -> str:
        """The tokens that are kept, with one mark for each run that is not."""
        parts: list[str] = []
        end = 0
        for token, is_clean in zip(tokens, keep, strict=True):
            parts.append(_only_signs(text[end : token.start]))
            parts.append(self._written(token.text) if is_clean else REMOVED)
            end = token.end
        parts.append(_only_signs(text[end:]))
        return _MARKS.sub(REMOVED, "".join(parts))

    def _written(self, word: str) -> str:
        is_stated = _STATED <= word[0] <= "\uf8ff"
        return self._stated[ord(word[0]) - ord(_STATED)] if is_stated else word


def _letters_only(words: Iterable[str]) -> frozenset[str]:
    """Nobody may keep a digit, nor what has other letters than Latin."""
    return frozenset(word for word in words if word.isascii() and word.isalpha())


def _days_of_faults(text: str) -> frozenset[int]:
    """Where the parts of a day and its month begin that stand in a sentence about nobody: `since 14 Nov`."""
    return frozenset(
        start
        for match in DAY_AND_MONTH.finditer(text)
        if not is_about_someone(_sentence(text, match))
        for start in (match.start(), match.start() + match[0].index(" ") + 1)
    )


def _sentence(text: str, match: re.Match[str]) -> str:
    """The sentence or line that a token stands in."""
    before = _SENTENCE_END.split(text[: match.start()])[-1]
    return before + match[0] + _SENTENCE_END.split(text[match.end() :])[0]


@lru_cache(maxsize=8192)
def _holds_no_person(code: str) -> bool:
    return without_persons(code) == code


def _is_full_name(tokens: Sequence[Token], names: Sequence[bool], index: int, other: int) -> bool:
    """Are both names, each written as a name: `Rose Field`?"""
    pair = (tokens[index].text, tokens[other].text)
    return names[other] and all(len(word) > 2 and word[0].isupper() for word in pair)


def _are_beside(text: str, tokens: Sequence[Token], first: int, second: int) -> bool:
    before, after = sorted((first, second))
    between = text[tokens[before].end : tokens[after].start]
    both_small = tokens[first].text.islower() and tokens[second].text.islower()
    return re.fullmatch(r"[ .,]{0,3}", between) is not None and not both_small


def _are_apart(text: str, tokens: Sequence[Token], first: int, second: int) -> bool:
    """Does a sentence end between them, and not an initial: `fell. Mice`, but `A. Karimi`?"""
    before, after = sorted((first, second))
    is_initial = len(tokens[before].text) == 1 and tokens[before].text.isalpha()
    return ". " in text[tokens[before].end : tokens[after].start] and not is_initial


def _only_signs(between: str) -> str:
    if between.isascii():
        return between
    return "".join(sign for sign in between if sign.isascii() or sign in SIGNS)
