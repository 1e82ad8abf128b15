"""Which series' headers were read out of the PACS, and which are still to be read."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from core.time.covered_hours import Interval


class PendingSeries(NamedTuple):
    """A series of the PACS whose exposures nobody has told of."""

    device: str
    study: bytes
    series: bytes
    study_began_at: int  # UTC ms
    images: int  # that the PACS has of it
    images_read: int  # of those; -1 if it was never read
    tries: int  # that failed since
    read_at: int  # UTC ms; 0 if it was never read

    @property
    def is_read(self) -> bool:
        """Has all of it been read?"""
        return self.images_read >= self.images


class HeaderRead(NamedTuple):
    """What came of reading it: so many images told, or another try at `next_at`, UTC ms."""

    series: PendingSeries
    images: int
    tries: int
    next_at: int
    read_at: int


_COLUMNS = (
    "select s.device, s.study, s.series, t.began_at, s.images, coalesce(h.images, -1),"
    " coalesce(h.tries, 0), coalesce(h.read_at, 0) from series s join studies t using (device, study)"
    " left join header_reads h on h.device = s.device and h.series = s.series"
)
# Where a dose report tells of a study its headers add nothing. Where images are forwarded to us too, they
# have told of it already, perhaps under the name of another reconstruction of the same scan.
_WITHOUT_WITNESS = (
    " and exists (select 1 from archived a where a.device = s.device and a.study = s.study)"
    " and not exists (select 1 from exposures e where e.device = s.device and e.study = s.study"
    " and (e.witness = 'report' or not exists"
    " (select 1 from header_reads o where o.device = s.device and o.study = s.study)))"
)


def pending(
    db: sqlite3.Connection, devices: Sequence[str], span: Interval, now: int, most: int
) -> list[PendingSeries]:
    """The newest first; a study that grew brings all of its series, those that were read before first."""
    marks = ", ".join("?" * len(devices))
    rows = db.execute(
        f"{_COLUMNS} where s.device in ({marks}) and s.began_at >= ? and s.began_at < ?"
        " and (h.series is null or (h.images < s.images and h.next_at <= ?))"
        f"{_WITHOUT_WITNESS} order by s.began_at desc limit ?",
        (*devices, *span, now, most),
    )
    new = [PendingSeries(*row) for row in rows]
    studies = dict.fromkeys((series.device, series.study) for series in new)
    return [each for study in studies for each in _of_study(db, study, new)]


def _of_study(
    db: sqlite3.Connection, study: tuple[str, bytes], new: Sequence[PendingSeries]
) -> list[PendingSeries]:
    """In the order in which they were read, then the new ones; so a scan keeps its name."""
    rows = db.execute(
        f"{_COLUMNS} where s.device = ? and s.study = ? and h.read_at > 0 order by h.read_at, s.series",
        study,
    )
    read = [PendingSeries(*row) for row in rows]
    known = {series.series for series in read}
    own = [each for each in new if (each.device, each.study) == study]
    return [*read, *(each for each in own if each.series not in known)]


def note(db: sqlite3.Connection, reads: Sequence[HeaderRead]) -> None:
    """Lay them over what is known."""
    db.executemany(
        "insert or replace into header_reads values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(read.series.device, read.series.study, read.series.series),
                *(read.images, read.tries, read.next_at, read.read_at),
            )
            for read in reads
        ],
    )
