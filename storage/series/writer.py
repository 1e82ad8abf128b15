"""The one writer of the series store."""

import logging
import operator
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np

from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.schema.storage import Retention
from core.vocabulary.readings import Quality
from storage.files import locks
from storage.files.place import Place
from storage.files.sqlite_file import transaction
from storage.series import journal
from storage.series.block import READING, Readings, empty
from storage.series.compaction import Compaction
from storage.series.retention import apply_retention
from storage.series.schema import open_for_writing, translated

log = logging.getLogger(__name__)

# Stored as their index: append only. block.py knows the last two.
QUALITIES: tuple[Quality, ...] = ("good", "clock", "bad", "corrected", "withdrawn")
_NUMBER_OF = {quality: number for number, quality in enumerate(QUALITIES)}

# Every compaction touches each series' block of the day: the more readings, the less it costs.
COMPACT_AFTER_READINGS = 300_000
_COMPACT_AFTER_EACH = 64  # readings of a series, where there are so many series that this is more
_COMPACT_AT_MOST = 1_000_000  # readings at once: they are in memory

SeriesName = tuple[str, str, str]  # device, metric, component


class SeriesWriter:
    """Appends, compacts and applies retention. One per database; a second one is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def _open(self) -> None:
        path = self._path
        self._lock = only_writer(path)
        try:
            with translated(path):
                self._db = open_for_writing(path)
                self._place = Place.of(path)
                self._series = self._known_series()
                self._progress = _Progress(self._db)
        except BaseException:
            self._lock.close()
            raise
        self._compaction: Compaction | None = None
        self._goal = 0  # up to this commit all is to be compacted, however few readings there are

    def _stay_in_place(self) -> None:
        """Open the file that is at the path now, if it is another; StoreError while there may be none."""
        if self._place.is_left():
            self._place.check_folder()
            log.warning("%s was replaced: what is there now is written to", self._path)
            self.close()
            self._open()

    def close(self) -> None:
        """Leave the file whole and let another writer in."""
        self._db.close()
        self._lock.close()

    def append(self, batches: Sequence[Batch]) -> None:
        """Store all batches in one commit; they are on the disk when this returns.

        A reading that is there already (same device, metric, component and time) is counted once
        by everything that reads by time. StoreError: nothing of the batches was stored, or what was
        is gone with its file.
        """
        self._stay_in_place()
        readings = list(chain.from_iterable(batch.readings for batch in batches))
        known_series = len(self._series)
        with translated(self._path):
            try:
                with transaction(self._db):
                    rows = self._as_array(readings)
                    seq = self._insert_journal(rows)
                    for batch in batches:
                        self._insert_beside(seq, batch)
            except BaseException:
                for name in list(self._series)[known_series:]:
                    del self._series[name]
                raise
        self._progress.add(seq, len(rows))
        if self._place.is_left():
            raise StoreError(f"{self._path} was taken away while it was written to")

    def position(self, key: str) -> str | None:
        """What was last stored under `key` by a batch's positions."""
        with translated(self._path):
            row = self._db.execute("select value from positions where key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def compact(self, *, everything: bool = False) -> bool:
        """A step, of some tens of milliseconds, of compacting the journal; True while there is more.

        Cheap when nothing is due: call it after every append. Readings are compacted when there are
        many; with `everything` all there are now, however few. StoreError if the file is gone.
        """
        self._stay_in_place()
        if everything:
            self._goal = self._progress.newest
        with translated(self._path):
            if self._must_gather():
                journal.gather(self._db, self._gather_floor())
            elif self._compaction or self._must_compact():
                self._compact()
            elif self._progress.packed < self._progress.compacted:
                journal.pack_compacted(self._db)
            else:
                return False
            self._progress.refresh(self._db)
        return self.needs_compaction

    @property
    def needs_compaction(self) -> bool:
        """Has `compact` something to do?"""
        return (
            self._must_gather()
            or self._compaction is not None
            or self._must_compact()
            or self._progress.packed < self._progress.compacted
        )

    def apply_retention(self, keep: Retention, now: int) -> bool:
        """A step of dropping what is past its time; True while there is more.

        `now` is UTC milliseconds. Call it every hour: it is also how the journal's rows are dated.
        """
        with translated(self._path):
            return apply_retention(self._db, keep, now)

    def _must_gather(self) -> bool:
        progress = self._progress
        return (
            progress.loose_rows >= journal.ROWS
            or progress.loose_readings >= journal.READINGS
            or (self._compaction is None and progress.gathered < self._goal)
        )

    def _must_compact(self) -> bool:
        progress = self._progress
        return progress.uncompacted >= self._compact_after or progress.compacted < self._goal

    @property
    def _compact_after(self) -> int:
        """Readings."""
        each = min(_COMPACT_AFTER_EACH * len(self._series), _COMPACT_AT_MOST)
        return max(COMPACT_AFTER_READINGS, each)

    def _gather_floor(self) -> int:
        """The last commit whose row must stay as it is."""
        return self._compaction.last_seq if self._compaction else self._progress.compacted

    def _compact(self) -> None:
        compaction, self._compaction = self._compaction, None  # restarted if the step fails
        if compaction is None:
            self._compaction = Compaction(self._db, self._compact_after)
        elif compaction.step():
            self._compaction = compaction

    def _as_array(self, readings: Sequence[Reading]) -> Readings:
        if not readings:
            return empty()
        # By name, so that what is not a reading is refused.
        columns = [map(operator.attrgetter(name), readings) for name in Reading._fields]
        device, metric, value, at, component, quality = columns
        rows = np.empty(len(readings), READING)
        rows["series"] = self._numbers(list(zip(device, metric, component, strict=True)))
        rows["at"] = list(at)
        rows["value"] = list(value)
        rows["quality"] = [_NUMBER_OF[name] for name in quality]
        return rows

    def _numbers(self, names: list[SeriesName]) -> list[int]:
        numbers = list(map(self._series.get, names))
        if None in numbers:
            return [self._number(name) for name in names]
        return numbers  # type: ignore[return-value]  # None is ruled out

    def _insert_journal(self, rows: Readings) -> int:
        inserted = self._db.execute(
            "insert into journal (packed, body) values (0, ?)", (rows.tobytes(),)
        )
        assert inserted.lastrowid is not None
        return inserted.lastrowid

    def _insert_beside(self, seq: int, batch: Batch) -> None:
        if batch.events:
            self._db.executemany(
                "insert into events (seq, device, kind, text, at, severity, component, code,"
                " quality) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _event_rows(seq, batch.events),
            )
        if batch.positions:
            self._db.executemany(
                "insert or replace into positions values (?, ?)", batch.positions.items()
            )

    def _number(self, name: SeriesName) -> int:
        number = self._series.get(name)
        if number is None:
            row = self._db.execute(
                "insert into series (device, metric, component) values (?, ?, ?) returning id", name
            ).fetchone()
            number = self._series[name] = int(row[0])
        return number

    def _known_series(self) -> dict[SeriesName, int]:
        rows = self._db.execute("select id, device, metric, component from series order by id")
        return {(device, metric, component): number for number, device, metric, component in rows}


class _Progress:
    """How far the background steps are, in memory: each append asks."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.refresh(db)

    def refresh(self, db: sqlite3.Connection) -> None:
        row = db.execute("select gathered, sealed, packed from progress").fetchone()
        self.gathered, self.compacted, self.packed = row  # the last commit of each step
        self.loose_rows, self.loose_readings = _journal_after(db, self.gathered)
        _, self.uncompacted = _journal_after(db, self.compacted)  # readings
        self.newest = int(db.execute("select ifnull(max(seq), 0) from journal").fetchone()[0])

    def add(self, seq: int, readings: int) -> None:
        self.newest = seq
        self.loose_rows += 1
        self.loose_readings += readings
        self.uncompacted += readings


def _journal_after(db: sqlite3.Connection, seq: int) -> tuple[int, int]:
    """Rows and readings of the journal after a commit."""
    rows, size = db.execute(
        "select count(*), ifnull(sum(length(body)), 0) from journal where seq > ?", (seq,)
    ).fetchone()
    return int(rows), int(size) // READING.itemsize


def _event_rows(seq: int, events: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    for event in events:
        yield seq, *event[:-1], _NUMBER_OF[event.quality]


def only_writer(path: Path) -> IO[str]:
    """The lock of the one writer, held until it is closed."""
    refusal = f"{path} already has a writer: another `scanward collect` is running"
    return locks.acquire(locks.lock_beside(path), refusal)
