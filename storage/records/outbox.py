"""Rows that must leave this machine: leased, tried until they have left, in order within a run.

Any table is an outbox that has `next_at`, `attempts`, `leased_until`, `failed_at`, `error` and one
column for when a row has left. At least once: killed between sending and noting it, the lease runs
out and the row is sent again.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import DeliveryError
from core.retry import Backoff
from core.time.clock import MINUTE, SECOND
from storage.records.database import Records

# Longer than any channel may take; after a crash the row is tried again when it runs out.
LEASE = 2 * MINUTE
FIRST_PAUSE = 10 * SECOND
LONGEST_PAUSE = 15 * MINUTE
BACKOFF = Backoff(FIRST_PAUSE, LONGEST_PAUSE, jitter=(0.8, 1.0))


class LeasedRow(Protocol):
    """What an outbox reads and writes of a row. Times are UTC milliseconds."""

    attempts: int
    next_at: int
    leased_until: int | None
    failed_at: int | None
    error: str


class LeasedColumns(Protocol):
    """The columns that an outbox asks for."""

    id: InstrumentedAttribute[int]
    attempts: InstrumentedAttribute[int]
    next_at: InstrumentedAttribute[int]
    leased_until: InstrumentedAttribute[int | None]
    failed_at: InstrumentedAttribute[int | None]


RowT = TypeVar("RowT", bound=LeasedRow)
RunT = TypeVar("RunT", str, int)


@dataclass(frozen=True)
class Outbox(Generic[RowT, RunT]):
    """A table whose rows must leave."""

    table: type[RowT]
    done_at: InstrumentedAttribute[int | None]  # when a row has left
    run: InstrumentedAttribute[RunT]  # rows of one run leave in the order of their ids
    only: ColumnElement[bool] | None = None  # which rows of the table are meant to leave

    @property
    def columns(self) -> LeasedColumns:
        """The columns of the table."""
        return cast(LeasedColumns, self.table)  # a mapped class has its columns as attributes

    @property
    def waiting(self) -> ColumnElement[bool]:
        """The condition of a row that has neither left nor failed for good."""
        waiting = and_(self.done_at.is_(None), self.columns.failed_at.is_(None))
        return waiting if self.only is None else and_(self.only, waiting)


def count_waiting(db: Session, outbox: Outbox[RowT, RunT]) -> int:
    """How many rows have neither left nor failed for good."""
    query = select(func.count()).select_from(outbox.table).where(outbox.waiting)
    return db.scalar(query) or 0


def due(db: Session, outbox: Outbox[RowT, RunT], now: int) -> list[tuple[int, RunT]]:
    """Rows that may be tried now, oldest first: id and run.

    What stands behind a row that is leased or whose pause is not over waits for it. No pause is
    longer than the longest, and none before the first try than a minute: the clock that wrote
    what seems so was ahead.
    """
    columns = outbox.columns
    rows = db.execute(
        select(columns.id, outbox.run, columns.next_at, columns.leased_until, columns.attempts)
        .where(outbox.waiting)
        .order_by(columns.id)
    )
    blocked: set[RunT] = set()
    ready = []
    for row_id, run, next_at, leased_until, attempts in rows:
        is_pausing = now < next_at <= now + (LONGEST_PAUSE if attempts else MINUTE)
        is_leased = leased_until is not None and now <= leased_until <= now + LEASE
        if is_pausing or is_leased:
            blocked.add(run)
        elif run not in blocked:
            ready.append((row_id, run))
    return ready


def claim(db: Session, outbox: Outbox[RowT, RunT], row_id: int, now: int) -> bool:
    """Lease one waiting row; True for exactly one caller."""
    columns = outbox.columns
    claimed = db.execute(
        update(outbox.table)
        .where(
            columns.id == row_id,
            outbox.waiting,
            or_(
                columns.leased_until.is_(None),
                columns.leased_until < now,
                columns.leased_until > now + LEASE,
            ),
        )
        .values(leased_until=now + LEASE, attempts=columns.attempts + 1)
        .returning(columns.id)
        .execution_options(unaudited=True)  # a lease; see audit.py
    )
    return claimed.first() is not None


def claim_due(
    records: Records,
    outbox: Outbox[RowT, RunT],
    who: str,
    now: Callable[[], int],
    blocked: set[RunT],
    is_held: Callable[[int], bool] = lambda _row_id: False,
    is_mine: Callable[[RunT], bool] = lambda _run: True,
) -> Iterator[tuple[int, RunT]]:
    """Each row that is due, leased when it is asked for: id and run, oldest first.

    Runs that are not mine are passed over, and those in `blocked`; one whose row somebody else has leased is added to it. A
    row that `is_held` stays for a later pass, and those behind it pass it.
    """
    with records.reading() as db:
        rows = due(db, outbox, now())
    for row_id, run in rows:
        if run in blocked or not is_mine(run) or is_held(row_id):
            continue
        with records.writing(who, now()) as db:
            is_claimed = claim(db, outbox, row_id, now())
        if is_claimed:
            yield row_id, run
        else:
            blocked.add(run)


def delivered(db: Session, outbox: Outbox[RowT, RunT], row_id: int, now: int) -> RowT:
    """Note that a row has left; the row."""
    row = db.get_one(outbox.table, row_id)
    setattr(row, outbox.done_at.key, now)
    row.error, row.leased_until = "", None
    return row


def postpone(
    db: Session, outbox: Outbox[RowT, RunT], row_id: int, error: DeliveryError, now: int
) -> RowT:
    """Note why a row did not leave and when it is tried next, if ever; the row."""
    row = db.get_one(outbox.table, row_id)
    row.error, row.leased_until = str(error), None
    if error.permanent:
        row.failed_at = now
    else:
        row.next_at = now + pause(row.attempts)
    return row


def is_news(row: LeasedRow, error: DeliveryError) -> bool:
    """Should a failed try be logged? Once when the line is lost and when a row is given up."""
    return row.attempts == 1 or error.permanent


def pause(attempts: int) -> int:
    """Milliseconds until the next try: doubling from 10 s to 15 min, a fifth of it by chance."""
    chance = random.random()  # noqa: S311  spreads tries, hides nothing
    return int(BACKOFF.spread(BACKOFF.pause(attempts), chance))
