"""The tables of the series database, and how it is opened.

WAL with `synchronous=FULL`: a commit that returned is on the disk if the disk honours flushes, and
mains fails in Herat. One process writes and checkpoints, all others open read-only, because SQLite
before 3.51.3 can damage a WAL database when two connections race to reset it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import HOUR, MINUTE
from core.errors import StoreError

VERSION = 1

# `seq` is one counter over readings and events: the order in which they were stored.
SCHEMA = """
create table series (
  id integer primary key, device text not null, metric text not null, component text not null,
  unique (device, metric, component)
);
create table readings (
  seq integer primary key, series integer not null, at integer not null, value real not null,
  quality integer not null
);
create unique index readings_once on readings (series, at);
create table events (
  seq integer primary key, device text not null, kind text not null, text text not null,
  at integer not null, severity text not null, component text not null, code text not null,
  quality integer not null
);
create index events_by_time on events (device, at);
create table minutes (
  series integer not null, at integer not null, count integer not null,
  low real not null, high real not null, sum real not null, primary key (series, at)
) without rowid;
create table hours (
  series integer not null, at integer not null, count integer not null,
  low real not null, high real not null, sum real not null, primary key (series, at)
) without rowid;
create table positions (key text primary key, value text not null) without rowid;
create table rolled_up (only_row integer primary key check (only_row = 1), seq integer not null);
insert into rolled_up values (1, 0);
"""

# Coarser and coarser; each is a table, a width and the setting that says how long it is kept.
LEVELS = {"minutes": MINUTE, "hours": HOUR}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """sqlite3's errors become a StoreError that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}", permanent=_needs_a_person(error)) from error


def _needs_a_person(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one writing connection; makes the file and its tables when they are absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.execute("pragma wal_autocheckpoint = 4000")
        found = int(db.execute("pragma user_version").fetchone()[0])
        if found == 0:
            db.executescript(f"begin; {SCHEMA} pragma user_version = {VERSION}; commit;")
        elif found != VERSION:
            text = f"{path} has version {found}, this Scanward knows {VERSION}"
            raise StoreError(text, permanent=True)
    except BaseException:
        db.close()
        raise
    return db


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection; StoreError while nothing has ever been stored."""
    if not path.exists():
        raise StoreError(f"{path} is not there yet: no reading has been stored")
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10
    )
