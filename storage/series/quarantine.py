"""A damaged database file gets another name: collecting goes on, and a person can look at it."""

import sqlite3
from pathlib import Path

from core.time.clock import from_ms
from storage.series.schema import open_for_writing, translated
from storage.series.writer import SeriesWriter, only_writer

_DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SUFFIXES = ("", "-wal", "-shm")


def open_or_quarantine(path: Path, now: int) -> tuple[SeriesWriter, Path | None]:
    """The writer, and the new path of the file if it was damaged; `now` is UTC milliseconds.

    Reads the whole file once, some seconds a gigabyte. StoreError as from SeriesWriter for
    everything that is not damage.
    """
    with only_writer(path):
        is_damaged = path.exists() and _is_damaged(path)
        quarantined = _quarantine(path, now) if is_damaged else None
    return SeriesWriter(path), quarantined


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
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE_CODES:
                return True
            raise


def _quarantine(path: Path, now: int) -> Path:
    quarantined = path.with_name(f"{path.name}.damaged-{from_ms(now):%Y%m%dT%H%M%SZ}")
    for suffix in _SUFFIXES:
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(quarantined.with_name(quarantined.name + suffix))
    return quarantined
