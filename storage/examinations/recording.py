"""How an entry comes into the tables of the ledger, within a transaction of its caller."""

import sqlite3
from collections.abc import Iterable

from storage.examinations import merge
from storage.examinations.entries import Entry, OtherSeriesEntry, SeriesEntry
from storage.examinations.tables import STORED

StudyKey = tuple[str, bytes]  # device, hash


def merged_in(db: sqlite3.Connection, entry: Entry) -> bool:
    """Lay an entry over what is known; did that change anything?"""
    if isinstance(entry, OtherSeriesEntry):  # it was taken for one of images
        key = (entry.device, entry.series)
        return db.execute("delete from series where device = ? and series = ?", key).rowcount > 0
    form = STORED[type(entry)]
    row = db.execute(form.find, form.key_of(entry)).fetchone()
    merged = entry if row is None else merge.over(form.of_row(row), entry)
    if merged == row:
        return False
    db.execute(form.put, merged)
    return True


def began_earlier(db: sqlite3.Connection, entries: Iterable[Entry]) -> set[StudyKey]:
    """The studies that are new, or began earlier than was known; noted."""
    moments: dict[StudyKey, int] = {}
    for entry in entries:
        at, key = merge.moment(entry), (entry.device, entry.study)
        moments[key] = min(at, moments.get(key, at))
    earlier: set[StudyKey] = set()
    for key, at in moments.items():
        row = db.execute(
            "insert into studies values (?, ?, ?) on conflict do update set began_at = excluded.began_at"
            " where excluded.began_at < began_at returning began_at",
            (*key, at),
        ).fetchone()
        if row is not None:
            earlier.add(key)
    return earlier


def earliest(db: sqlite3.Connection, studies: Iterable[StudyKey]) -> dict[str, int]:
    """When the first of the studies of each device began."""
    first: dict[str, int] = {}
    for device, study in studies:
        query = "select began_at from studies where device = ? and study = ?"
        began = int(db.execute(query, (device, study)).fetchone()[0])
        first[device] = min(began, first.get(device, began))
    return first


def taken_from_others(db: sqlite3.Connection, entries: Iterable[Entry]) -> dict[str, int]:
    """A series is of one device, that of its last entry: since when the readings of others are wrong.

    A name in the site file was put right, and what the PACS has is asked once more.
    """
    since: dict[str, int] = {}
    for entry in entries:
        if not isinstance(entry, SeriesEntry):
            continue
        query = "select device, study from series where series = ? and device <> ?"
        for device, study in db.execute(query, (entry.series, entry.device)).fetchall():
            first = earliest(db, [(device, study)])[device]
            since[device] = min(first, since.get(device, first))
            db.execute("delete from series where device = ? and series = ?", (device, entry.series))
            _drop_empty_study(db, device, study)
    return since


def _drop_empty_study(db: sqlite3.Connection, device: str, study: bytes) -> None:
    for table in ("series", "exposures", "steps"):
        query = f"select 1 from {table} where device = ? and study = ? limit 1"
        if db.execute(query, (device, study)).fetchone():
            return
    for table in ("studies", "archived"):
        db.execute(f"delete from {table} where device = ? and study = ?", (device, study))
