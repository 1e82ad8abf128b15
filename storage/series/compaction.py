"""Compacts the journal: a compressed block for each series and day, and the roll-ups above it."""

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
    present,
    unpack,
)
from storage.series.buckets import (
    Buckets,
    bucketed,
    day_row,
    joined,
    no_buckets,
    unpack_buckets,
)
from storage.series.columns import DamagedError
from storage.series.series_window import SeriesWindow

log = logging.getLogger(__name__)

STEP_S = 0.01  # of merging before it is written: an append may be waiting
FRAMES = 8  # in a block before it is packed anew as one


class DayChange(NamedTuple):
    """What one series and UTC day is to become."""

    series: int
    day: int
    newest: int  # time of the last reading
    body: bytes  # the block
    hours: Buckets


class Compaction:
    """One run over consecutive commits, in steps that each leave the database whole.

    Killed in the middle, the same commits are compacted again from the first; that is harmless,
    because merging a reading into the block that holds it, or a revision of it, changes nothing.
    """

    def __init__(self, db: sqlite3.Connection, most: int) -> None:
        """Of the oldest commits that are not compacted, about `most` readings."""
        self._db = db
        self.last_seq, readings = _uncompacted(db, most)
        self._remaining = _by_series_and_day(readings)

    def step(self) -> bool:
        """Merge for a while; False when all of these commits are compacted."""
        until = time.perf_counter() + STEP_S
        changes, is_more = list[DayChange](), False
        for readings in self._remaining:
            change = _merged_or_restarted_day(self._db, readings)
            if change:
                changes.append(change)
            if time.perf_counter() > until:
                is_more = True
                break
        with transaction(self._db):
            for change in changes:
                _write(self._db, change)
            if not is_more:
                self._db.execute("update progress set sealed = ?", (self.last_seq,))
        return is_more


def _merged_or_restarted_day(db: sqlite3.Connection, readings: Readings) -> DayChange | None:
    """As `_merged_day`; a block that cannot be unpacked must not hold up all that comes after."""
    try:
        return _merged_day(db, readings)
    except DamagedError as error:
        series, day = int(readings["series"][0]), int(readings["at"][0] // DAY)
        quarantine_block(db, series, day, error)
        return _restarted_day(db, series, day, readings)


def quarantine_block(db: sqlite3.Connection, series: int, day: int, error: DamagedError) -> None:
    """Move a damaged block to the table `damaged` and log it. Its roll-ups stay."""
    with transaction(db):
        db.execute(
            "replace into damaged select series, day, body from blocks where series = ? and day = ?",
            (series, day),
        )
        db.execute("delete from blocks where series = ? and day = ?", (series, day))
    query = db.execute("select device, metric, component from series where id = ?", (series,))
    name = " ".join(query.fetchone() or ("?",)).strip()
    log.critical("raw readings of %s, day %d since 1970, are put aside: %s", name, day, error)


def _restarted_day(db: sqlite3.Connection, series: int, day: int, readings: Readings) -> DayChange:
    """A new block of these readings, and the hours of the lost one with theirs."""
    row = db.execute("select hours from days where series = ? and day = ?", (series, day))
    [hours] = row.fetchone() or (None,)
    try:
        older = unpack_buckets(hours) if hours else no_buckets()
    except DamagedError:
        older = no_buckets()
    all_hours = joined(older, bucketed(present(readings), HOUR), HOUR)
    return DayChange(series, day, int(readings["at"][-1]), pack(readings), all_hours)


def _merged_day(db: sqlite3.Connection, readings: Readings) -> DayChange | None:
    """Readings of one series and day, in time order, with what is stored of it; None: no change."""
    series, day = int(readings["series"][0]), int(readings["at"][0] // DAY)
    newest, body, minutes, known, hours = db.execute(_STORED, {"s": series, "d": day}).fetchone()
    if not known or (body and hours and not minutes and readings["at"][0] > newest):
        older = unpack_buckets(hours) if known else no_buckets()
        all_hours = joined(older, bucketed(present(readings), HOUR), HOUR)
        newest = int(readings["at"][-1])
        return DayChange(series, day, newest, _extended(body or b"", readings), all_hours)
    window = SeriesWindow(db, series, day * DAY, (day + 1) * DAY, readings)
    raw = window.raw_and_withdrawn()
    if raw.tobytes() == window.compacted_raw().tobytes():
        return None
    packed = pack(raw, SMALL)
    return DayChange(series, day, int(raw["at"][-1]), packed, window.buckets("minutes", HOUR))


def _extended(body: bytes, readings: Readings) -> bytes:
    """A block with readings that are later than all of it."""
    if frames_of(body) < FRAMES:
        return body + pack(readings)
    return pack(np.concatenate([unpack(body), readings]), SMALL)


def _write(db: sqlite3.Connection, change: DayChange) -> None:
    series, day, newest, body, hours = change
    db.execute(_KEEP_BLOCK, (series, day, newest, body))
    db.execute(
        "replace into days values (?, ?, ?, ?, ?, ?, ?, ?, ?)", (series, day, *day_row(hours))
    )


def _uncompacted(db: sqlite3.Connection, most: int) -> tuple[int, Readings]:
    """The last commit of the next about `most` readings, and these."""
    [last_seq] = db.execute("select sealed from progress").fetchone()
    bodies, size = list[bytes](), 0
    rows = db.execute(
        "select seq, body from journal, progress where seq > sealed and seq <= gathered"
        " order by seq"
    )
    for seq, body in rows:
        last_seq = int(seq)
        bodies.append(body)
        size += len(body) // READING.itemsize
        if size >= most:
            break
    return last_seq, np.frombuffer(b"".join(bodies), READING)


def _by_series_and_day(readings: Readings) -> Iterator[Readings]:
    """One series and day after another, each in time order, the first of equal moments first."""
    order, starts = by_series(readings["series"])
    for of_series in np.split(readings[order], starts[1:]) if len(starts) else ():
        ordered = merged(empty(), of_series)
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
