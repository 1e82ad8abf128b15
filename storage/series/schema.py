"""The tables of the series database, and how it is opened.

WAL with `synchronous=FULL`: a commit that returned is on the disk if the disk honours flushes, and
mains fails in Herat. One process writes and checkpoints, all others open read-only, because SQLite
before 3.51.3 can damage a WAL database when two connections race to reset it.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import StoreError
from storage.series.columns import DamagedError

VERSION = 1

# `journal` is in insertion order. A row is one commit, or several, and then `commits` says which;
# its key is the last one's. `progress` says how far each background step came; `latest` is right up
# to `gathered`, blocks and days up to `sealed`. A block holds the raw readings of one series and UTC
# day, `newest` the time of the last; `minutes` what is left when they were forgotten; `days` is the
# whole of both. `damaged` is where a block goes that cannot be unpacked. `reached` notes now and then how far the journal had come, which dates its rows.
SCHEMA = """
create table series (
  id integer primary key, device text not null, metric text not null, component text not null,
  unique (device, metric, component)
);
create table journal (
  seq integer primary key, packed integer not null, commits blob, body blob not null
);
create table events (
  id integer primary key, seq integer not null, device text not null, kind text not null,
  text text not null, at integer not null, severity text not null, component text not null,
  code text not null, quality integer not null
);
create index events_by_seq on events (seq);
create index events_by_time on events (device, at);
create table blocks (
  series integer not null, day integer not null, newest integer not null, body blob not null,
  primary key (series, day)
);
create index blocks_by_day on blocks (day);
create table minutes (
  series integer not null, day integer not null, body blob not null, primary key (series, day)
);
create index minutes_by_day on minutes (day);
create table days (
  series integer not null, day integer not null, count integer not null, low real not null,
  high real not null, sum real not null, first real not null, last real not null, hours blob,
  primary key (series, day)
) without rowid;
create index days_with_hours on days (day) where hours is not null;
create table damaged (
  series integer not null, day integer not null, body blob not null, primary key (series, day)
);
create table latest (
  series integer primary key, at integer not null, value real not null, quality integer not null
);
create table positions (key text primary key, value text not null) without rowid;
create table progress (
  only_row integer primary key check (only_row = 1), gathered integer not null,
  sealed integer not null, packed integer not null
);
insert into progress values (1, 0, 0, 0);
create table reached (at integer primary key, seq integer not null);
"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """sqlite3's errors, and a block that cannot be unpacked, become a StoreError."""
    try:
        yield
    except DamagedError as error:
        raise StoreError(f"{path}: {error}", permanent=True) from error
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}", permanent=_needs_a_person(error)) from error


def _needs_a_person(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )


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


def only_one(path: Path, taken: str) -> IO[str]:
    """Hold a lock beside the database; the kernel lets go of it even after kill -9.

    StoreError with the words of `taken` if another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_suffix(".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StoreError(taken, permanent=True) from None
    return lock


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one writing connection; makes the file and its tables when they are absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.execute("pragma wal_autocheckpoint = 4000")
        db.execute("pragma cache_size = -16000")
        if not has_tables(db, path, VERSION):
            db.executescript(f"begin; {SCHEMA} pragma user_version = {VERSION}; commit;")
    except BaseException:
        db.close()
        raise
    return db


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection; StoreError while nothing has ever been stored."""
    if not path.exists():
        raise StoreError(f"{path} is not there yet: no reading has been stored")
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10
    )
    try:
        if not has_tables(db, path, VERSION):
            raise StoreError(f"{path} is being made: no reading has been stored")
    except BaseException:
        db.close()
        raise
    return db


def has_tables(db: sqlite3.Connection, path: Path, version: int) -> bool:
    """StoreError, and nothing is touched, if another version made them."""
    found = int(db.execute("pragma user_version").fetchone()[0])
    if found not in (0, version):
        newer = "of a newer Scanward" if found > version else "of an older Scanward"
        text = f"{path} is {newer} (version {found}, this one knows {version}); nothing was touched"
        raise StoreError(text, permanent=True)
    return found != 0
