"""The one writer of the series store."""

import operator
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np

from core.readings import Batch, Event, Reading
from core.schema.storage import Retention
from core.vocabulary.readings import Quality
from storage.files import locks
from storage.files.sqlite_file import transaction
from storage.series import journal
from storage.series.block import READING, Readings, empty
from storage.series.compaction import Sealing
from storage.series.retention import forget
from storage.series.schema import open_for_writing, translated

QUALITIES: tuple[Quality, ...] = ("good", "clock", "bad")  # stored as their index: append only
_NUMBER_OF = {quality: number for number, quality in enumerate(QUALITIES)}

# Every sealing touches each series' block of the day: the longer the stretch, the less it costs.
SEAL_AFTER_READINGS = 300_000

Name = tuple[str, str, str]  # device, metric, component


class SeriesWriter:
    """Appends, seals and forgets. One per database; a second one is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = only_writer(path)
        try:
            with translated(path):
                self._db = open_for_writing(path)
                self._series = self._known_series()
                self._progress = _Progress(self._db)
        except BaseException:
            self._lock.close()
            raise
        self._sealing: Sealing | None = None
        self._goal = 0  # `seal(everything=True)` was asked for up to this commit

    def close(self) -> None:
        """Leave the file whole and let another writer in."""
        self._db.close()
        self._lock.close()

    def append(self, batches: Sequence[Batch]) -> None:
        """Store all batches in one commit; they are on the disk when this returns.

        A reading that is there already (same device, metric, component and time) is counted once
        by everything that reads by time. StoreError: nothing of the batches was stored.
        """
        readings = list(chain.from_iterable(batch.readings for batch in batches))
        known = len(self._series)
        with translated(self._path):
            try:
                with transaction(self._db):
                    rows = self._as_array(readings)
                    seq = self._insert_journal(rows)
                    for batch in batches:
                        self._insert_beside(seq, batch)
            except BaseException:
                for name in list(self._series)[known:]:
                    del self._series[name]
                raise
        self._progress.add(seq, len(rows))

    def position(self, key: str) -> str | None:
        """What was last stored under `key` by a batch's positions."""
        with translated(self._path):
            row = self._db.execute("select value from positions where key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def seal(self, *, everything: bool = False) -> bool:
        """A step, of some tens of milliseconds, of sealing the journal; True while there is more.

        Cheap when nothing is due: call it after every append. Readings are sealed when many have
        come; `everything` seals what has come so far, however few they are.
        """
        if everything:
            self._goal = self._progress.newest
        with translated(self._path):
            if self._is_loose():
                journal.gather(self._db, self._floor())
            elif self._sealing or self._is_unsealed():
                self._seal()
            elif self._progress.packed < self._progress.sealed:
                journal.pack_sealed(self._db)
            else:
                return False
            self._progress.look(self._db)
        return (
            self._is_loose()
            or self._sealing is not None
            or self._is_unsealed()
            or self._progress.packed < self._progress.sealed
        )

    def forget(self, keep: Retention, now: int) -> bool:
        """A step of dropping what is past its time; True while there is more.

        `now` is UTC milliseconds. Call it every hour: it is also how the journal's rows are dated.
        """
        with translated(self._path):
            return forget(self._db, keep, now)

    def _is_loose(self) -> bool:
        found = self._progress
        return (
            found.loose_rows >= journal.ROWS
            or found.loose_readings >= journal.READINGS
            or (self._sealing is None and found.gathered < self._goal)
        )

    def _is_unsealed(self) -> bool:
        found = self._progress
        return found.unsealed >= SEAL_AFTER_READINGS or found.sealed < self._goal

    def _floor(self) -> int:
        return self._sealing.upto if self._sealing else self._progress.sealed

    def _seal(self) -> None:
        sealing, self._sealing = self._sealing, None  # begun anew if the step fails
        if sealing is None:
            self._sealing = Sealing(self._db, SEAL_AFTER_READINGS)
        elif sealing.step():
            self._sealing = sealing

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
        rows["quality"] = [_NUMBER_OF[one] for one in quality]
        return rows

    def _numbers(self, names: list[Name]) -> list[int]:
        numbers = list(map(self._series.get, names))
        if None in numbers:
            return [self._number(name) for name in names]
        return numbers  # type: ignore[return-value]  # None is ruled out

    def _insert_journal(self, rows: Readings) -> int:
        found = self._db.execute(
            "insert into journal (packed, body) values (0, ?)", (rows.tobytes(),)
        )
        assert found.lastrowid is not None
        return found.lastrowid

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

    def _number(self, name: Name) -> int:
        number = self._series.get(name)
        if number is None:
            row = self._db.execute(
                "insert into series (device, metric, component) values (?, ?, ?) returning id", name
            ).fetchone()
            number = self._series[name] = int(row[0])
        return number

    def _known_series(self) -> dict[Name, int]:
        rows = self._db.execute("select id, device, metric, component from series order by id")
        return {(device, metric, component): number for number, device, metric, component in rows}


class _Progress:
    """How far the background steps are, so that asking costs no query."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.look(db)

    def look(self, db: sqlite3.Connection) -> None:
        row = db.execute("select gathered, sealed, packed from progress").fetchone()
        self.gathered, self.sealed, self.packed = row
        self.loose_rows, self.loose_readings = _journal_after(db, self.gathered)
        _, self.unsealed = _journal_after(db, self.sealed)
        self.newest = int(db.execute("select ifnull(max(seq), 0) from journal").fetchone()[0])

    def add(self, seq: int, readings: int) -> None:
        self.newest = seq
        self.loose_rows += 1
        self.loose_readings += readings
        self.unsealed += readings


def _journal_after(db: sqlite3.Connection, seq: int) -> tuple[int, int]:
    rows, size = db.execute(
        "select count(*), ifnull(sum(length(body)), 0) from journal where seq > ?", (seq,)
    ).fetchone()
    return int(rows), int(size) // READING.itemsize


def _event_rows(seq: int, events: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    for event in events:
        yield seq, *event[:-1], _NUMBER_OF[event.quality]


def only_writer(path: Path) -> IO[str]:
    """Hold the lock of the one writer, until it is closed."""
    refusal = f"{path} already has a writer: another `scanward collect` is running"
    return locks.acquire(locks.lock_beside(path), refusal)
