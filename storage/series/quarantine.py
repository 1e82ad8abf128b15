"""A damaged database file gets another name: collecting goes on, and a person can look at it."""

import logging
import sqlite3
from pathlib import Path

from core.errors import StoreError
from core.time.clock import from_ms
from storage.series.salvage import essentials_are_whole, salvage
from storage.series.schema import open_for_writing, translated
from storage.series.writer import SeriesWriter, only_writer

log = logging.getLogger(__name__)

MOST_NAMED = 20  # losses in the log
_DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SUFFIXES = ("", "-wal", "-shm")


def open_or_quarantine(path: Path, now: int) -> tuple[SeriesWriter, Path | None]:
    """The writer, and the new path of the file if it was damaged; `now` is UTC milliseconds.

    Reads the whole file once, some seconds a gigabyte. What can be read of a damaged one is copied
    to the new one, unless that by which it is found is damaged too. StoreError as from SeriesWriter
    for everything that is not damage.
    """
    with only_writer(path):
        is_damaged = path.exists() and _is_damaged(path)
        quarantined = _quarantine(path, now) if is_damaged else None
        if quarantined is not None and essentials_are_whole(quarantined):
            _salvage(quarantined, path)
    return SeriesWriter(path), quarantined


def _salvage(quarantined: Path, path: Path) -> None:
    log.critical("%s was damaged: what can be read is copied, this takes a while", path)
    unfinished = path.with_name(f"{path.name}.salvaged")
    unfinished.unlink(missing_ok=True)
    try:
        salvaged = salvage(quarantined, unfinished)
    except StoreError as error:
        log.critical("nothing was copied: %s", error)
        return
    unfinished.rename(path)
    for text in salvaged.lost[:MOST_NAMED]:
        log.critical("lost: %s", text)
    if len(salvaged.lost) > MOST_NAMED:
        log.critical("lost: %d more", len(salvaged.lost) - MOST_NAMED)


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
