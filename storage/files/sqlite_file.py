"""SQLite files of our own: opened by version, written by one process, read by many.

WAL with `synchronous=FULL`: a commit that returned is on the disk if the disk honours flushes, and
mains fails in Herat.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from storage.files.atomic import own_file, own_folder

SQLITE_VERSION = sqlite3.sqlite_version  # of the library that runs
TIMEOUT_S = 10  # for a lock of another connection


@dataclass(frozen=True, slots=True)
class SqliteFormat:
    """The tables of a file, and how its writing connection is set."""

    version: int
    tables: str  # SQL that makes them
    pragmas: Sequence[str] = ()


def open_for_writing(
    path: Path, form: SqliteFormat, *, check_same_thread: bool = True
) -> sqlite3.Connection:
    """The one writing connection; makes the file and its tables when they are absent.

    StoreError, and nothing is touched, if another version made them.
    """
    own_folder(path.parent)
    own_file(path)  # its log gets the same mode from SQLite
    db = sqlite3.connect(
        path, isolation_level=None, check_same_thread=check_same_thread, timeout=TIMEOUT_S
    )
    try:
        for pragma in ("journal_mode = wal", "synchronous = full", *form.pragmas):
            db.execute(f"pragma {pragma}")
        if not has_tables(db, path, form.version):
            db.executescript(f"begin; {form.tables} pragma user_version = {form.version}; commit;")
    except BaseException:
        db.close()
        raise
    return db


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Fails if the file is absent."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=TIMEOUT_S)


def has_tables(db: sqlite3.Connection, path: Path, version: int) -> bool:
    """Have the tables been made? StoreError if another version made them."""
    actual = int(db.execute("pragma user_version").fetchone()[0])
    if actual not in (0, version):
        newer = "of a newer Scanward" if actual > version else "of an older Scanward"
        text = (
            f"{path} is {newer} (version {actual}, this one knows {version}); nothing was touched"
        )
        raise StoreError(text, permanent=True)
    return actual != 0


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


@contextmanager
def translated(path: Path, hint: str = "") -> Iterator[None]:
    """sqlite3's errors become a StoreError; `hint` is for who must act on a permanent one."""
    try:
        yield
    except sqlite3.Error as error:
        permanent = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        text = f"{path}: {error}{hint if permanent else ''}"
        raise StoreError(text, permanent=permanent) from error
