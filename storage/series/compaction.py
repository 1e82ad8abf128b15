"""Seals the journal: one compressed block per series and day, and the hours and days above it."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from core.time.clock import DAY, HOUR
from storage.files.sqlite_file import transaction
from storage.series.block import (
    READING,
    SMALL,
    Readings,
    by_series,
    empty,
    frames_of,
    merged,
    pack,
    unpack,
)
from storage.series.buckets import (
    Buckets,
    bucketed,
    joined,
    no_buckets,
    pack_buckets,
    unpack_buckets,
    widened,
)
from storage.series.columns import DamagedError
from storage.series.series_window import Span

log = logging.getLogger(__name__)

STEP_S = 0.01  # of merging before it is written: an append may be waiting
FRAMES = 8  # in a block before it is packed anew as one


class Change(NamedTuple):
    """What one series and day is to become."""

    series: int
    day: int
    newest: int  # time of the last reading
    body: bytes
    hours: Buckets


class Sealing:
    """One run over a stretch of the journal, in steps that each leave the database whole.

    Killed in the middle, the same stretch is sealed again from its start; that is harmless, because
    merging a reading into the block that holds it changes nothing.
    """

    def __init__(self, db: sqlite3.Connection, most: int) -> None:
        self._db = db
        self.upto, readings = _unsealed(db, most)
        self._parts = _by_series_and_day(readings)

    def step(self) -> bool:
        """Merge for a while; False when the stretch is sealed."""
        until = time.perf_counter() + STEP_S
        changes, more = list[Change](), False
        for readings in self._parts:
            change = _merged_or_begun_anew(self._db, readings)
            if change:
                changes.append(change)
            if time.perf_counter() > until:
                more = True
                break
        with transaction(self._db):
            for change in changes:
                _write(self._db, change)
            if not more:
                self._db.execute("update progress set sealed = ?", (self.upto,))
        return more


def _merged_or_begun_anew(db: sqlite3.Connection, readings: Readings) -> Change | None:
    """As `_merged_day`; a block that cannot be unpacked must not hold up all that comes after."""
    try:
        return _merged_day(db, readings)
    except DamagedError as error:
        series, day = int(readings["series"][0]), int(readings["at"][0] // DAY)
        put_aside(db, series, day, error)
        return _begun_anew(db, series, day, readings)


def put_aside(db: sqlite3.Connection, series: int, day: int, error: DamagedError) -> None:
    """Move a damaged block to `damaged`, for a person to look at, and say so. Its roll-ups stay."""
    with transaction(db):
        db.execute(
            "replace into damaged select series, day, body from blocks where series = ? and day = ?",
            (series, day),
        )
        db.execute("delete from blocks where series = ? and day = ?", (series, day))
    query = db.execute("select device, metric, component from series where id = ?", (series,))
    name = " ".join(query.fetchone() or ("?",)).strip()
    log.critical("raw readings of %s, day %d since 1970, are put aside: %s", name, day, error)


def _begun_anew(db: sqlite3.Connection, series: int, day: int, readings: Readings) -> Change:
    row = db.execute("select hours from days where series = ? and day = ?", (series, day))
    [hours] = row.fetchone() or (None,)
    try:
        older = unpack_buckets(hours) if hours else no_buckets()
    except DamagedError:
        older = no_buckets()
    whole = joined(older, bucketed(readings, HOUR), HOUR)
    return Change(series, day, int(readings["at"][-1]), pack(readings), whole)


def _merged_day(db: sqlite3.Connection, readings: Readings) -> Change | None:
    """Readings of one series and day, in time order, and what is stored of it; None: no change."""
    series, day = int(readings["series"][0]), int(readings["at"][0] // DAY)
    newest, body, minutes, known, hours = db.execute(_STORED, {"s": series, "d": day}).fetchone()
    if not known or (body and hours and not minutes and readings["at"][0] > newest):
        older = unpack_buckets(hours) if known else no_buckets()
        whole = joined(older, bucketed(readings, HOUR), HOUR)
        return Change(series, day, int(readings["at"][-1]), _longer(body or b"", readings), whole)
    span = Span(db, series, day * DAY, (day + 1) * DAY, readings)
    raw = span.raw()
    if len(raw) == len(span.sealed_raw()):
        return None
    packed = pack(raw, SMALL)
    return Change(series, day, int(raw["at"][-1]), packed, span.buckets("minutes", HOUR))


def _longer(body: bytes, readings: Readings) -> bytes:
    """A block and readings that are later than all of it."""
    if frames_of(body) < FRAMES:
        return body + pack(readings)
    return pack(np.concatenate([unpack(body), readings]), SMALL)


def _write(db: sqlite3.Connection, change: Change) -> None:
    series, day, newest, body, hours = change
    db.execute(_KEEP_BLOCK, (series, day, newest, body))
    [whole] = widened(hours, DAY)
    db.execute(
        "replace into days values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (series, day, *whole.tolist()[1:], pack_buckets(hours)),
    )


def _unsealed(db: sqlite3.Connection, most: int) -> tuple[int, Readings]:
    [upto] = db.execute("select sealed from progress").fetchone()
    bodies, size = list[bytes](), 0
    rows = db.execute(
        "select seq, body from journal, progress where seq > sealed and seq <= gathered"
        " order by seq"
    )
    for seq, body in rows:
        upto = int(seq)
        bodies.append(body)
        size += len(body) // READING.itemsize
        if size >= most:
            break
    return upto, np.frombuffer(b"".join(bodies), READING)


def _by_series_and_day(readings: Readings) -> Iterator[Readings]:
    """One series and day after another, each in time order, the first of equal moments first."""
    order, starts = by_series(readings["series"])
    for part in np.split(readings[order], starts[1:]) if len(starts) else ():
        ordered = merged(empty(), part)
        day = ordered["at"] // DAY
        yield from np.split(ordered, np.flatnonzero(day[1:] != day[:-1]) + 1)


_STORED = """
select b.newest, b.body, m.series, d.series, d.hours
  from (select 1) left join days d on d.series = :s and d.day = :d
  left join blocks b on b.series = :s and b.day = :d
  left join minutes m on m.series = :s and m.day = :d
"""
_KEEP_BLOCK = """
insert into blocks values (?, ?, ?, ?)
on conflict (series, day) do update set newest = excluded.newest, body = excluded.body
"""
