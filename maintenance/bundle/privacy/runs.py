"""Runs of digits over several tokens: `0799 123 456`, `07; 88; 45 61`, `seven eight eight four five`.

A run goes on over signs, single letters and what was removed; a word of two letters ends it, and so
does the unit of a measurement.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from maintenance.bundle.privacy.numbers import HEX, Digits, count, spelled, spells

MOST_DIGITS = 6  # of a run that may leave: telephone numbers of the region have nine, old ids seven
MOST_SPELLED = 4  # nobody writes a measurement of five digits in words
MOST_LETTERS = 3  # single letters in a row: phases A B C; more spell a name
MOST_TIMES = 2  # from ... to

_DICTATED = frozenset(
    ["dash", "hyphen", "minus", "plus", "slash", "dot", "point", "comma", "space"]
)
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")


class Token(NamedTuple):
    """A token of a text, and what was made of it so far."""

    start: int
    end: int
    text: str
    keeps: bool
    digits: Digits | None  # None: there are none in it

    @property
    def ends_run(self) -> bool:
        """Is it a word that stands for itself?"""
        is_word = self.digits is None and sum(map(str.isalpha, self.text)) > 1
        return self.keeps and is_word and self.text.lower() not in _DICTATED


def in_long_runs(tokens: Sequence[Token]) -> set[int]:
    """The indexes of the tokens that stand in a run which is an identifier."""
    removed: set[int] = set()
    run: list[int] = []
    letters = 0  # single ones in a row up to here
    for index, token in enumerate(tokens):
        is_letter = len(token.text) == 1 and token.text.isalpha()
        letters = letters + 1 if is_letter else 0
        if letters > MOST_LETTERS:
            removed.update(range(index - MOST_LETTERS, index + 1))
        words = spelled(token.text) if token.digits is None else 0
        if token.digits is not None or words:
            run.append(index)
        elif token.ends_run:
            removed.update(_identifier(tokens, run))
            run = []
        if token.digits is Digits.MEASURED and not _goes_on(tokens, index):
            removed.update(_identifier(tokens, run))
            run = []
    return removed | _identifier(tokens, run)


def _goes_on(tokens: Sequence[Token], index: int) -> bool:
    """Is its unit one letter with digits behind, which are no measurement: `4567 A 8910`?"""
    behind = tokens[index + 1 : index + 3]
    if behind and len(behind[0].text) == 1 and behind[0].text.isalpha():
        behind = behind[1:]
    elif tokens[index].text[-2:-1].isalpha() or not tokens[index].text[-1].isalpha():
        return False
    is_plain = bool(behind) and behind[0].digits in (Digits.PLAIN, Digits.IDENTIFIER)
    return is_plain and behind[0].text[0].isdigit()


def _identifier(tokens: Sequence[Token], run: list[int]) -> set[int]:
    """The indexes of the run, if it is one."""
    if not run:
        return set()
    members = [tokens[index] for index in run]
    words = sum(spelled(member.text) for member in members if member.digits is None)
    digits = sum(count(member.text) for member in members) + words
    is_long = digits > MOST_DIGITS or words > MOST_SPELLED
    if is_long and not _are_facts(members) and not _count_up(members):
        return set(run)
    return set(run) if _spell_in_hex(members) else set()


def _are_facts(members: Sequence[Token]) -> bool:
    """Is it `12:30:45 to 12:31`, or a time and then what was measured?"""
    facts = [member for member in members if member.digits is Digits.FACT]
    measured = [member for member in members if member.digits is Digits.MEASURED]
    return len(facts) <= MOST_TIMES and len(facts) + len(measured) == len(members)


def _count_up(members: Sequence[Token]) -> bool:
    """Is it `channels 11, 12, 13, 14`?"""
    if not all(re.fullmatch(r"[1-9]\d{0,3}", member.text) for member in members):
        return False
    first = int(members[0].text)
    return [int(member.text) for member in members] == [*range(first, first + len(members))]


def _spell_in_hex(members: Sequence[Token]) -> bool:
    codes = [member.text for member in members if HEX.fullmatch(member.text)]
    joined = "".join(code[2:].zfill((len(code) - 1) // 2 * 2) for code in codes)
    return len(codes) > 1 and spells(joined)


def without_split_cells(cells: Sequence[str], removed: str) -> list[str]:
    """A row's texts: digits without any word in neighbouring cells are one number."""
    bare = [_is_bare(cell) for cell in cells]
    clean = list(cells)
    if sum(bare) < 2:
        return clean
    start = 0
    for index in range(len(cells) + 1):
        if index < len(cells) and (bare[index] or not cells[index].strip()):
            continue
        between = range(start, index)
        digits = sum(count(cells[i]) for i in between)
        if sum(bare[i] for i in between) > 1 and digits > MOST_DIGITS:
            for i in between:
                clean[i] = removed if bare[i] else cells[i]
        start = index + 1
    return clean


def _is_bare(cell: str) -> bool:
    return bool(cell) and _TWO_LETTERS.search(cell) is None and count(cell) > 0
