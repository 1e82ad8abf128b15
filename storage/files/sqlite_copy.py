"""Copying a SQLite database that is in use, and checking a copy."""

import sqlite3
import time
from pathlib import Path

from core.errors import StoreError
from storage.files.atomic import own_file, whole_file
from storage.files.sqlite_file import open_read_only

STEP = 256  # pages, 1 MB: short enough that no other reader of the disk notices
REST_S = 0.005


def copy(source: Path, target: Path) -> None:
    """Copy `source` as it is at one moment, whatever is written meanwhile, to one file without a log.

    Read-only: there is no second writer. The transaction holds the moment: without it SQLite would
    restart the copy at each commit, for ever.
    """
    with whole_file(target) as unfinished:
        unfinished.unlink(missing_ok=True)
        try:
            _copy(source, unfinished)
        except sqlite3.Error as error:
            raise StoreError(f"{source} cannot be copied: {error}") from error


def _copy(source: Path, target: Path) -> None:
    reading = open_read_only(source)
    own_file(target)
    copying = sqlite3.connect(target, isolation_level=None)
    try:
        copying.execute("pragma synchronous = off")  # whole_file flushes it, once
        reading.execute("begin")
        reading.execute("select count(*) from sqlite_schema").fetchone()
        reading.backup(copying, pages=STEP, progress=lambda *_: time.sleep(REST_S))
        # A backup on a stick that is write-protected can then be opened too.
        copying.execute("pragma journal_mode = delete")
    finally:
        copying.close()
        reading.close()


def what_is_wrong(path: Path) -> str:
    """The complaints of SQLite's `integrity_check`; empty if the database is sound."""
    try:
        db = open_read_only(path)
        try:
            complaints = [str(row[0]) for row in db.execute("pragma integrity_check(10)")]
        finally:
            db.close()
    except sqlite3.Error as error:
        return str(error)
    return "" if complaints == ["ok"] else "; ".join(complaints)


def count_rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    db = open_read_only(path)
    try:
        names = [
            str(row[0])
            for row in db.execute(
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        return {
            name: int(db.execute(f'select count(*) from "{name}"').fetchone()[0])
            for name in sorted(names)
        }
    finally:
        db.close()


def revision(path: Path) -> str | None:
    """The revision that Alembic has brought a database to; None if it never did."""
    db = open_read_only(path)
    try:
        row = db.execute("select version_num from alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        db.close()
    return None if row is None else str(row[0])


def fold_log(path: Path) -> None:
    """Bring the log into the file, so that the file alone is all there is.

    StoreError while any process has the database open. One that is damaged is left as it is.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=1)
        try:
            db.execute("pragma journal_mode = delete")
        finally:
            db.close()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreError(
                f"{path} is in use: stop every `scanward` process of this site first",
                permanent=True,
            ) from error
    except sqlite3.DatabaseError:
        pass  # it is about to be put aside, as it is
