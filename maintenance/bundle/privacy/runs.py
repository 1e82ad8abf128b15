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
        return self.keeps and self.digits is None and sum(map(str.isalpha, self.text)) > 1


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
        if token.digits in (Digits.SINGLE, Digits.MEASURED):
            removed.update(_identifier(tokens, run))
            run = []
    return removed | _identifier(tokens, run)


def _identifier(tokens: Sequence[Token], run: list[int]) -> set[int]:
    """The indexes of the run, if it is one."""
    if not run:
        return set()
    run = [index for index in run if tokens[index].digits is not Digits.MEASURED]
    pieces = [tokens[index] for index in run]
    words = sum(spelled(piece.text) for piece in pieces if piece.digits is None)
    digits = sum(count(piece.text) for piece in pieces) + words
    is_long = digits > MOST_DIGITS or words > MOST_SPELLED
    if is_long and not _are_facts(pieces) and not _count_up(pieces):
        return set(run)
    return set(run) if _spell_in_hex(pieces) else set()


def _are_facts(pieces: Sequence[Token]) -> bool:
    return len(pieces) <= MOST_TIMES and all(
        piece.digits in (Digits.FACT, Digits.SINGLE) for piece in pieces
    )


def _count_up(pieces: Sequence[Token]) -> bool:
    """Is it `channels 11, 12, 13, 14`?"""
    if not all(re.fullmatch(r"[1-9]\d{0,3}", piece.text) for piece in pieces):
        return False
    first = int(pieces[0].text)
    return [int(piece.text) for piece in pieces] == [*range(first, first + len(pieces))]


def _spell_in_hex(pieces: Sequence[Token]) -> bool:
    codes = [piece.text for piece in pieces if HEX.fullmatch(piece.text)]
    joined = "".join(code[2:].zfill((len(code) - 1) // 2 * 2) for code in codes)
    return len(codes) > 1 and spells(joined)


def without_split_cells(cells: Sequence[str], removed: str) -> list[str]:
    """A row's texts: digits without any word in neighbouring cells are one number."""
    bare = [_is_bare(cell) for cell in cells]
    kept = list(cells)
    start = 0
    for index in range(len(cells) + 1):
        if index < len(cells) and (bare[index] or not cells[index].strip()):
            continue
        between = range(start, index)
        digits = sum(count(cells[i]) for i in between)
        if sum(bare[i] for i in between) > 1 and digits > MOST_DIGITS:
            for i in between:
                kept[i] = removed if bare[i] else cells[i]
        start = index + 1
    return kept


def _is_bare(cell: str) -> bool:
    return count(cell) > 0 and re.search(r"[^\W\d_]{2}", cell) is None
