"""What a round hands in: many numbers at once, each taken or not by itself, and none of them twice."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from core.errors import RefusedError, UnsureError
from core.number_input import number
from core.readings import Reading
from core.schema.rules.limit import LimitRule
from core.schema.site import Device
from core.text.phrase import Phrase
from core.time.clock import DAY, MINUTE
from core.vocabulary.rounds import SkipReason
from maintenance.rounds.accepted import accepted
from maintenance.rounds.correction import correct_reading
from maintenance.rounds.manual_entry import enter_reading
from storage.records import ManualReading, RoundEntry
from storage.records import manual_readings as manual_rows
from storage.records.transaction import Transaction, needs

MOST = 500  # at once
LONGEST_KEY = 64  # characters
# A phone that lay in a drawer for longer has a wrong clock. Scanward's default, no source.
OLDEST_BELIEVED = 31 * DAY

EntryState = Literal["stored", "asked", "refused"]


class TypedEntry(NamedTuple):
    """One line of a round as it was typed, or the reason why it, or its whole device, was left out."""

    key: str  # made where it was typed, for ever the same
    device: str
    at: int  # UTC ms
    metric: str = ""
    component: str = ""
    typed: str = ""  # the number, in any digits
    skipped: SkipReason | None = None
    sure: bool = False  # a number that was asked about is right
    instead_of: str = ""  # the key of what was typed there before
    stated_at: int | None = None  # by the phone's clock, if it is not believed


class EntryResult(NamedTuple):
    """What became of an entry."""

    key: str
    state: EntryState
    why: Phrase | None = None  # it was asked about, or refused
    reading: Reading | None = None  # as it is in force
    number: int | None = None  # of the reading, by which it is corrected
    broken: LimitRule | None = None  # the worst limit that it breaks


def believed_time(stated: int, now: int) -> tuple[int, int | None]:
    """When something was typed, by a phone's clock that knows the server's; and what it said if that cannot be.

    A clock of 1970 or 2036 is replaced by the time of arrival.
    """
    if now - OLDEST_BELIEVED <= stated <= now + MINUTE:
        return min(stated, now), None
    return now, stated


@needs("enter readings")
def hand_in(tx: Transaction, entries: Sequence[TypedEntry]) -> list[EntryResult]:
    """Take each that can be taken; what became of each. One that is there already is not doubled."""
    if not entries:
        raise RefusedError("no number has been typed yet")
    if len(entries) > MOST:
        raise RefusedError("at most {most} at once", most=MOST)
    return [_handed_in(tx, entry) for entry in entries]


def _handed_in(tx: Transaction, entry: TypedEntry) -> EntryResult:
    if not 0 < len(entry.key) <= LONGEST_KEY or not entry.key.isascii():
        return EntryResult(entry.key, "refused", Phrase("an entry needs a key of its own"))
    row = tx.db.get(RoundEntry, entry.key)
    try:
        if row is None:
            row = _new_row(tx, entry)
            tx.db.add(row)
            tx.db.flush()
    except UnsureError as error:
        return EntryResult(entry.key, "asked", error.phrase)
    except RefusedError as error:
        return EntryResult(entry.key, "refused", error.phrase)
    return _stored(tx, row)


def _new_row(tx: Transaction, entry: TypedEntry) -> RoundEntry:
    """RefusedError if it cannot be taken; nothing is written then."""
    device = tx.device(entry.device)
    reading = None if entry.skipped is not None else _reading(tx, device, entry)
    tx.db.flush()  # it has its number
    return RoundEntry(
        key=entry.key,
        device=device.id,
        metric=entry.metric,
        component=entry.component,
        at=entry.at if reading is None else reading.at,
        who=tx.by,
        entered_at=tx.now,
        reading_id=None if reading is None else reading.id,
        skipped=entry.skipped,
        stated_at=entry.stated_at,
    )


def _reading(tx: Transaction, device: Device, entry: TypedEntry) -> ManualReading:
    """The number: a new one, or what should have stood where one was typed before."""
    value = _value(entry.typed)
    before = tx.db.get(RoundEntry, entry.instead_of) if entry.instead_of else None
    if before is None or before.reading_id is None:
        return enter_reading(
            tx, device, entry.metric, value, at=entry.at, component=entry.component, sure=entry.sure
        )
    is_same = (before.device, before.metric, before.component) == (
        device.id,
        entry.metric,
        entry.component,
    )
    if before.who != tx.by or not is_same:
        raise RefusedError("only who typed a number can type it anew: correct the reading")
    last = manual_rows.history(tx.db, before.reading_id)[-1]
    if last.value == value and not last.is_withdrawn:
        return last
    reason = "typed anew on the round"
    return correct_reading(tx, before.reading_id, value, reason, sure=entry.sure)


def _value(typed: str) -> float:
    if not typed.strip():
        raise RefusedError("no number has been typed yet")
    try:
        return number(typed)
    except ValueError as error:
        raise RefusedError("{why}", why=error.args[0]) from None


def _stored(tx: Transaction, row: RoundEntry) -> EntryResult:
    """It is there; of a number also which limit it breaks."""
    if row.reading_id is None:
        return EntryResult(row.key, "stored")
    reading = manual_rows.history(tx.db, row.reading_id)[-1]
    device = tx.device(row.device)
    rules = accepted(tx.db, tx.site, device, row.metric, row.component, reading.at)
    return EntryResult(
        row.key,
        "stored",
        None,
        Reading(row.device, row.metric, reading.value, reading.at, row.component),
        row.reading_id,
        rules.broken_by(reading.value),
    )
