"""What the scanners of a site did, each study, series, exposure and step once, whoever told of it.

    studies      when each began: the earliest of what is known of it
    series, exposures, steps    rows as in entries.py, laid together as merge.py says
    covered      what a PACS was asked about: only there nothing means zero
    archived     studies that a PACS has
    marks        since when readings of a device may be other than published
    published    what the series store was given, so that a correction is known to be one

An entry recorded twice, late or out of order leaves the same rows. What `record` returned from is on
the disk. Two threads may use one ledger, and two ledgers one file.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from core.readings import Reading
from core.time.clock import HOUR
from core.time.covered_hours import Interval, union
from storage.examinations.entries import Entry, ExposureEntry, SeriesEntry, StepEntry
from storage.examinations.recording import (
    began_earlier,
    earliest,
    merged_in,
    taken_from_others,
)
from storage.examinations.tables import FORMAT, TABLES
from storage.files.sqlite_file import open_for_writing, transaction, translated

LONGEST = (
    12 * HOUR
)  # of a series or a step that reaches into what is looked at. Our default, no source


class PendingMark(NamedTuple):
    """Since when (UTC ms) the readings of a device may be other than published."""

    device: str
    since: int
    revision: int  # another one means that more was recorded meanwhile


class PublishedReading(NamedTuple):
    """A reading as the series store was given it; `value` is None if it was withdrawn."""

    metric: str
    at: int
    value: float | None
    publication: int  # running number of the batch


class DeviceWork(NamedTuple):
    """What the ledger knows of a device since a moment, and what was published of it."""

    since: int  # UTC ms
    studies: list[int]  # when each study began that began since then, in order
    series: list[SeriesEntry]
    exposures: list[ExposureEntry]  # without those of headers where the study has a report
    steps: list[StepEntry]
    covered: list[Interval]
    published: list[PublishedReading]  # after `since`
    before: dict[str, float]  # the last published value of each metric up to `since`


class Ledger:
    """The file of one site."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with translated(path):
            self._db = open_for_writing(path, FORMAT, check_same_thread=False)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def record(self, entries: Iterable[Entry], *, are_archived: bool = False) -> int:
        """Returns once all of them are safe; how many of them changed anything. StoreError: none is.

        `are_archived`: a PACS has these studies, and a series is of the device that it says, of no other.
        """
        entries = list(entries)
        with self._writing() as db:
            if are_archived:
                keys = {(entry.device, entry.study) for entry in entries}
                db.executemany("insert or ignore into archived values (?, ?)", keys)
                for device, since in taken_from_others(db, entries).items():
                    _mark(db, device, since)
            changed = [entry for entry in entries if merged_in(db, entry)]
            # Of all: a header that adds nothing to a report says all the same when its study began.
            earlier = began_earlier(db, entries)
            touched = {(entry.device, entry.study) for entry in changed} | earlier
            for device, since in earliest(db, touched).items():
                _mark(db, device, since)
        return len(changed)

    def cover(self, devices: Iterable[str], start: int, end: int) -> None:
        """A PACS was asked about all that these devices did in [start, end)."""
        if end <= start:
            return
        with self._writing() as db:
            for device in devices:
                before = _covered(db, device)
                after = union([*before, (start, end)])
                if after == before:
                    continue
                db.execute("delete from covered where device = ?", (device,))
                db.executemany(
                    "insert into covered values (?, ?, ?)", [(device, *pair) for pair in after]
                )
                # What was covered before need not be published anew.
                _mark(
                    db,
                    device,
                    next((till for since, till in before if since <= start <= till), start),
                )

    def marks(self) -> list[PendingMark]:
        """The devices of which something may have to be published."""
        with self._reading() as db:
            rows = db.execute("select device, since, revision from marks order by device")
            return [PendingMark(*row) for row in rows]

    def unmark(self, mark: PendingMark, since: int | None) -> None:
        """What a mark led to is published; with `since` the device stays marked from then on."""
        with self._writing() as db:
            key = (mark.device, mark.revision)
            if since is None:
                db.execute("delete from marks where device = ? and revision = ?", key)
            else:
                db.execute(
                    "update marks set since = ? where device = ? and revision = ?", (since, *key)
                )

    def work(self, device: str, since: int) -> DeviceWork:
        """What is known of a device since then."""
        with self._reading() as db:
            key = (device, since)
            firsts = db.execute(
                "select began_at from studies where device = ? and began_at >= ? order by 1", key
            )
            studies = [began for (began,) in firsts]
            published = db.execute(
                "select metric, at, value, publication from published"
                " where device = ? and at > ? order by at, metric",
                key,
            ).fetchall()
            before = db.execute(
                "select metric, value, max(at) from published"
                " where device = ? and at <= ? and value is not null group by metric",
                key,
            ).fetchall()
            return DeviceWork(
                since,
                studies,
                [SeriesEntry(*row) for row in _since(db, "series", device, since - LONGEST)],
                _counted_exposures(db, device, since),
                [StepEntry(*row) for row in _since(db, "steps", device, since - LONGEST)],
                _covered(db, device),
                [PublishedReading(*row) for row in published],
                {metric: value for metric, value, _ in before},
            )

    def note_published(self, readings: Sequence[Reading], publication: int) -> None:
        """Before they are given to the series store, so that after a kill none is taken for new."""
        with self._writing() as db:
            db.executemany(
                "insert or replace into published values (?, ?, ?, ?, ?)",
                [
                    (
                        *(reading.device, reading.metric, reading.at),
                        None if reading.quality == "withdrawn" else reading.value,
                        publication,
                    )
                    for reading in readings
                ],
            )

    def last_publication(self) -> int:
        """The highest number of a publication; 0 before the first."""
        with self._reading() as db:
            return int(
                db.execute("select coalesce(max(publication), 0) from published").fetchone()[0]
            )

    def mark_unstored(self, publication: int) -> None:
        """The series store has only publications up to this one: an older copy, or we were killed."""
        with self._writing() as db:
            rows = db.execute(
                "select device, min(at) from published where publication > ? group by device",
                (publication,),
            ).fetchall()
            for device, at in rows:
                _mark(db, device, at - 1)

    def devices(self) -> list[str]:
        """Of whom there ever was a series; also senders that are no device of the site."""
        with self._reading() as db:
            return [name for (name,) in db.execute("select distinct device from series order by 1")]

    def forget(self, device: str) -> None:
        """All of it. For a sender that may turn out to be a device of the site."""
        with self._writing() as db:
            for table in TABLES:
                db.execute(f"delete from {table} where device = ?", (device,))

    def waiting(self, device: str, since: int) -> list[int] | None:
        """When the scanner last gave a sign of each study since then that no PACS has, UTC ms.

        A sign is an exposure or a step that was completed. None: the device never gives one.
        """
        with self._reading() as db:
            known = db.execute(
                "select exists (select 1 from exposures where device = ?1)"
                " or exists (select 1 from steps where device = ?1)",
                (device,),
            ).fetchone()
            rows = db.execute(
                "select max(at) from (select study, at from exposures where device = ?1 and at >= ?2"
                " union all select study, coalesce(ended_at, began_at) from steps"
                " where device = ?1 and began_at >= ?2 and state = 'completed')"
                " where study not in (select study from archived where device = ?1)"
                " group by study order by 1",
                (device, since),
            )
            return [at for (at,) in rows] if known[0] else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path), transaction(self._db):
            yield self._db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path):
            self._db.execute("begin")  # one view for the whole question
            try:
                yield self._db
            finally:
                self._db.execute("rollback")


def _mark(db: sqlite3.Connection, device: str, since: int) -> None:
    db.execute(
        "insert into marks values (?, ?, 1) on conflict do update"
        " set since = min(since, excluded.since), revision = revision + 1",
        (device, since),
    )


def _covered(db: sqlite3.Connection, device: str) -> list[Interval]:
    rows = db.execute(
        "select began_at, ended_at from covered where device = ? order by 1", (device,)
    )
    return [(start, end) for start, end in rows]


def _since(db: sqlite3.Connection, table: str, device: str, since: int) -> list[tuple[Any, ...]]:
    query = f"select * from {table} where device = ? and began_at >= ? order by began_at"
    return db.execute(query, (device, since)).fetchall()


def _counted_exposures(db: sqlite3.Connection, device: str, since: int) -> list[ExposureEntry]:
    rows = db.execute(
        "select * from exposures where device = ?1 and at >= ?2 and (witness = 'report'"
        " or study not in (select study from exposures where device = ?1 and witness = 'report'))"
        " order by at",
        (device, since),
    )
    return [ExposureEntry(*row) for row in rows]
