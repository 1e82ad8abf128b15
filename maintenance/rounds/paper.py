"""Typing in a printed round: its codes, the numbers beside them, and when the paper was filled in."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from core.errors import RefusedError
from core.number_input import latin
from core.schema.site import Site
from core.text.phrase import Phrase
from core.time.clock import DAY, MINUTE, to_ms
from core.time.typed_day import typed_day
from maintenance.rounds.entering import LONGEST_KEY, EntryResult, TypedEntry, hand_in
from maintenance.rounds.walk import series_names, series_of_code
from storage.known_readings import SeriesName
from storage.records.transaction import Transaction, needs

OLDEST = 366 * DAY  # an older day is a year that was mistyped; Scanward's default, no source


class PaperLine(NamedTuple):
    """A code as it is printed, and the number in its box, both as they were typed."""

    code: str
    typed: str
    sure: bool = False


@needs("enter readings")
def enter_paper(
    tx: Transaction, lines: Sequence[PaperLine], at: int, page: str
) -> list[EntryResult]:
    """Take each line that can be taken, as read at `at` (UTC ms); what became of each.

    The same line of the same `page` is taken once. RefusedError if the paper is of a day that cannot be.
    """
    if not lines:
        raise RefusedError("no number has been typed yet")
    if at > tx.now + MINUTE:
        raise RefusedError("it cannot have been read in the future")
    if at < tx.now - OLDEST:
        raise RefusedError("a paper of more than a year ago is not typed in any more")
    names = series_names(tx.site)
    return [_entered(tx, line, names, at, page) for line in lines]


def paper_time(site: Site, day: str, clock: str) -> int:
    """When a paper was filled in, UTC ms, by the site's clocks and calendar. RefusedError says what is wrong."""
    try:
        meant: date = typed_day(day, site.file.calendar)
    except ValueError as error:
        raise RefusedError("{why}", why=error.args[0]) from None
    hour, _, minute = latin(clock).partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise RefusedError("{typed!r} is not a time of day: write it as 08:15", typed=clock)
    return to_ms(datetime.combine(meant, time(int(hour), int(minute)), site.zone))


def _entered(
    tx: Transaction, line: PaperLine, names: Sequence[SeriesName], at: int, page: str
) -> EntryResult:
    code = latin(line.code)
    text = "\0".join((page, code, latin(line.typed), str(at)))
    key = hashlib.sha256(text.encode()).hexdigest()[:LONGEST_KEY]
    meant = series_of_code(names, code)
    if len(meant) != 1:
        return EntryResult(key, "refused", _not_meant(code, meant))
    device, metric, component = meant[0]
    entry = TypedEntry(key, device, at, metric, component, line.typed, sure=line.sure)
    [result] = hand_in(tx, [entry])
    return result


def _not_meant(code: str, meant: Sequence[SeriesName]) -> Phrase:
    if meant:
        return Phrase("{code!r} means more than one number by now: print the round anew", code=code)
    return Phrase("{code!r} is no code of the round: is a digit wrong?", code=code)
