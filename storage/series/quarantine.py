"""A damaged database file is put aside, so that collecting goes on and a person can look at it."""

import sqlite3
from pathlib import Path

from core.time.clock import from_ms
from storage.series.schema import open_for_writing, translated
from storage.series.writer import SeriesWriter, only_writer

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FILES = ("", "-wal", "-shm")


def open_or_set_aside(path: Path, now: int) -> tuple[SeriesWriter, Path | None]:
    """The writer, and where the file went if it was damaged; `now` is UTC milliseconds.

    Reads the whole file once, some seconds a gigabyte. StoreError as from SeriesWriter for
    everything that is not damage.
    """
    with only_writer(path):
        aside = _set_aside(path, now) if path.exists() and _is_damaged(path) else None
    return SeriesWriter(path), aside


def _is_damaged(path: Path) -> bool:
    with translated(path):
        try:
            db = open_for_writing(path)
            try:
                return bool(db.execute("pragma quick_check(1)").fetchone() != ("ok",))
            finally:
                db.close()
        except sqlite3.DatabaseError as error:
            # Extended codes keep the plain one in the lowest byte.
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                return True
            raise


def _set_aside(path: Path, now: int) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{from_ms(now):%Y%m%dT%H%M%SZ}")
    for ending in _FILES:
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(aside.with_name(aside.name + ending))
    return aside
