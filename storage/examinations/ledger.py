"""What the scanners of a site did, each study, series, exposure and step once, whoever told of it.

    studies      when each began: the earliest of what is known of it
    series, exposures, steps    rows as in entries.py, laid together as merge.py says
    covered      what a PACS was asked about: only there nothing means zero
    archived     studies that a PACS has
    marks        since when readings of a device may be other than published
    published    what the series store was given, so that a correction is known to be one
    header_reads    series whose headers were read out of the PACS (header_reads.py)
    pruned       before when nothing is kept, and nothing more is taken (pruning.py)

An entry recorded twice, late or out of order leaves the same rows. What `record` returned from is on
the disk. Two threads may use one ledger, and two ledgers one file.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.readings import Reading
from core.time.clock import HOUR
from core.time.covered_hours import Interval, union
from storage.examinations import header_reads, pruning
from storage.examinations.entries import Entry, SeriesEntry, StepEntry
from storage.examinations.header_reads import HeaderRead, PendingSeries
from storage.examinations.merge import moment
from storage.examinations.questions import counted_exposures, covered, mark, rows_since
from storage.examinations.recording import (
    began_earlier,
    earliest,
    merged_in,
    taken_from_others,
)
from storage.examinations.tables import ADDED, FORMAT, TABLES
from storage.examinations.work import DeviceWork, PendingMark, PublishedReading
from storage.files.sqlite_file import open_for_writing, transaction, translated

# Of a series or a step that reaches into what is looked at. Our default, no source.
LONGEST = 12 * HOUR
UNSTORED = 1 << 62  # number of what was noted and is not in the series store


class Ledger:
    """The file of one site."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with translated(path):
            self._db = open_for_writing(path, FORMAT, check_same_thread=False)
            self._db.executescript(ADDED)
        self._late: Counter[str] = Counter()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def record(self, entries: Iterable[Entry], *, are_archived: bool = False) -> int:
        """Returns once all of them are safe; how many of them changed anything. StoreError: none is.

        `are_archived`: a PACS has these studies, and a series is of the device that it says, of no other.
        """
        with self._writing() as db:
            entries = self._in_time(db, entries)
            if are_archived:
                keys = {(entry.device, entry.study) for entry in entries}
                db.executemany("insert or ignore into archived values (?, ?)", keys)
                for device, since in taken_from_others(db, entries).items():
                    mark(db, device, since)
            changed = [entry for entry in entries if merged_in(db, entry)]
            # Of all: a header that adds nothing to a report says all the same when its study began.
            earlier = began_earlier(db, entries)
            touched = {(entry.device, entry.study) for entry in changed} | earlier
            for device, since in earliest(db, touched).items():
                mark(db, device, since)
        return len(changed)

    def cover(self, devices: Iterable[str], start: int, end: int) -> None:
        """A PACS was asked about all that these devices did in [start, end)."""
        if end <= start:
            return
        with self._writing() as db:
            for device in devices:
                before = covered(db, device)
                after = union([*before, (start, end)])
                if after == before:
                    continue
                db.execute("delete from covered where device = ?", (device,))
                db.executemany(
                    "insert into covered values (?, ?, ?)", [(device, *pair) for pair in after]
                )
                # What was covered before need not be published anew.
                mark(
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
                "select metric, max(at), value, publication from published"
                " where device = ? and at <= ? and value is not null group by metric",
                key,
            ).fetchall()
            return DeviceWork(
                since,
                studies,
                [SeriesEntry(*row) for row in rows_since(db, "series", device, since - LONGEST)],
                counted_exposures(db, device, since),
                [StepEntry(*row) for row in rows_since(db, "steps", device, since - LONGEST)],
                covered(db, device),
                [PublishedReading(*row) for row in published],
                {row[0]: PublishedReading(*row) for row in before},
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
                db.execute(
                    "select coalesce(max(publication), 0) from published where publication < ?",
                    (UNSTORED,),
                ).fetchone()[0]
            )

    def mark_unstored(self, publication: int) -> None:
        """The series store has only publications up to this one: an older copy, or we were killed.

        What it lacks keeps no number that a later publication of another device would pass.
        """
        with self._writing() as db:
            rows = db.execute(
                "select device, min(at) from published where publication > ? group by device",
                (publication,),
            ).fetchall()
            for device, at in rows:
                mark(db, device, at - 1)
            if rows:
                db.execute(
                    "update published set publication = ? where publication > ?",
                    (UNSTORED, publication),
                )

    def devices(self) -> list[str]:
        """Of whom there ever was a series; also senders that are no device of the site."""
        with self._reading() as db:
            names = db.execute("select device from series union select device from covered")
            return sorted(name for (name,) in names)

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

    def pending_headers(
        self, devices: Sequence[str], span: Interval, now: int, most: int
    ) -> list[PendingSeries]:
        """Series of the PACS, begun within `span`, whose headers would tell of exposures; newest first."""
        with self._reading() as db:
            return header_reads.pending(db, devices, span, now, most)

    def note_headers(self, reads: Sequence[HeaderRead]) -> None:
        """What came of reading the headers of these series, or that it failed."""
        with self._writing() as db:
            header_reads.note(db, reads)

    def prune(self, before: int, studies_before: int) -> None:
        """Drop what was before these moments, UTC ms; what was published stays in the series store.

        Studies are known for longer, so that a new series of an old study is no new examination.
        """
        with self._writing() as db:
            pruning.prune(db, before, studies_before)

    def pruned_before(self) -> int:
        """UTC ms; 0 if nothing ever was dropped."""
        with self._reading() as db:
            return pruning.pruned_before(db)

    def late(self) -> Counter[str]:
        """By device, how many entries since the last call came too late to be taken."""
        late, self._late = self._late, Counter()
        return late

    def _in_time(self, db: sqlite3.Connection, entries: Iterable[Entry]) -> list[Entry]:
        before = pruning.pruned_before(db)
        in_time = []
        for entry in entries:
            if moment(entry) >= before:
                in_time.append(entry)
            else:
                self._late[entry.device] += 1
        return in_time

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
