"""Drops what is past its time, whole days at once, a few at a step.

A day of raw readings becomes its minutes before it goes, so the finer level is there as long as
the site file wants it. Days are for ever.
"""

import sqlite3
import sys
import time

from core.schema.storage import Retention
from core.time.clock import DAY, HOUR, MINUTE
from storage.files.sqlite_file import transaction
from storage.series import journal
from storage.series.block import present, unpack
from storage.series.buckets import bucketed, joined, pack_buckets, unpack_buckets
from storage.series.columns import DamagedError
from storage.series.compaction import quarantine_block

STEP_S = 0.01  # of turning days into minutes before they are written: an append may be waiting
LEAP = 31 * DAY  # no centre is switched off for longer. Scanward's default, no source
NEVER = -(1 << 62)
AT_ONCE = 25  # days of a series, or rows of the journal


def apply_retention(db: sqlite3.Connection, keep: Retention, now: int) -> bool:
    """One step; True while there is more to drop. `now` is UTC milliseconds.

    Nothing is dropped for a day after the clock has leapt ahead: it may be wrong, and what is
    dropped does not come back.
    """
    has_leapt = _has_leapt(db, now)
    _date_journal(db, now)
    if has_leapt:
        return False
    uncompacted = _oldest_uncompacted_day(db)
    return (
        _raw_to_minutes(db, _first_day_to_keep(keep.raw, now, uncompacted))
        or _drop(db, _MINUTES, _first_day_to_keep(keep.minutes, now, uncompacted))
        or _drop(db, _HOURS, _first_day_to_keep(keep.hours, now, uncompacted))
        or _drop(db, _JOURNAL, now - keep.journal)
    )


def _has_leapt(db: sqlite3.Connection, now: int) -> bool:
    """Is it less than a day since the clock went on by more than LEAP at once?"""
    rows = db.execute("select at from reached where at <= ? order by at desc limit 100", (now,))
    since = now
    for (at,) in rows:
        if since - at > LEAP:
            return now - since < DAY
        if now - at >= DAY:
            return False
        since = at
    return False


def _first_day_to_keep(duration: int | None, now: int, uncompacted: int) -> int:
    """Days before this one may go. One that is not compacted may not: it would lack readings."""
    return NEVER if duration is None else min((now - duration) // DAY, uncompacted)


def _oldest_uncompacted_day(db: sqlite3.Connection) -> int:
    at = journal.tail(db, "sealed")["at"]
    return int(at.min()) // DAY if len(at) else sys.maxsize


def _raw_to_minutes(db: sqlite3.Connection, before: int) -> bool:
    until = time.perf_counter() + STEP_S
    changes = list[tuple[bytes, int, int]]()
    rows = db.execute(_RAW, (before,)).fetchall()
    for series, day, body, stored_minutes in rows:
        try:
            changes.append((_as_minutes(body, stored_minutes), series, day))
        except DamagedError as error:
            quarantine_block(db, series, day, error)
        if time.perf_counter() > until:
            break
    with transaction(db):
        db.executemany(
            "replace into minutes (body, series, day) values (?, ?, ?)",
            [change for change in changes if change[0]],
        )
        db.executemany(
            "delete from blocks where series = ? and day = ?", [change[1:] for change in changes]
        )
    return bool(rows)


def _as_minutes(body: bytes, stored_minutes: bytes | None) -> bytes:
    minutes = bucketed(present(unpack(body)), MINUTE)
    if stored_minutes:
        minutes = joined(unpack_buckets(stored_minutes), minutes, MINUTE)
    return pack_buckets(minutes) if len(minutes) else b""


def _drop(db: sqlite3.Connection, sql: str, before: int) -> bool:
    return db.execute(sql, (before, AT_ONCE)).rowcount == AT_ONCE


def _date_journal(db: sqlite3.Connection, now: int) -> None:
    """Store once an hour how long the journal is: a reading's own time may be years old."""
    with transaction(db):
        db.execute("delete from reached where at > ?", (now,))  # a clock that was ahead
        db.execute(
            "insert into reached select ?1, max(seq) from journal"
            " where not exists (select 1 from reached where at > ?1 - ?2) having max(seq) > 0",
            (now, HOUR),
        )


_RAW = """
select b.series, b.day, b.body, m.body from blocks b left join minutes m using (series, day)
 where b.day < ? limit 50
"""
_MINUTES = """
delete from minutes where rowid in (select rowid from minutes where day < ? limit ?)
"""
_HOURS = """
update days set hours = null where (series, day) in
 (select series, day from days where hours is not null and day < ? limit ?)
"""
# The last row stays: its number must not be given again.
_JOURNAL = """
delete from journal where seq in
 (select seq from journal where seq <= (select max(seq) from reached where at <= ?)
   and seq <= (select packed from progress) and seq < (select max(seq) from journal)
   order by seq limit ?)
"""
