"""The tables of the series database, and how it is opened.

One process writes and checkpoints, all others open read-only, because SQLite before 3.51.3 can
damage a WAL database when two connections race to reset it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreError
from storage.files import sqlite_file
from storage.files.sqlite_file import SqliteFormat
from storage.series.columns import DamagedError

VERSION = 1

# `journal` is in insertion order. A row is one commit, or several, and then `commits` says which;
# its key is the last one's. `progress` says how far each background step came; `latest` is right up
# to `gathered`, blocks and days up to `sealed`. A block holds the raw readings of one series and UTC
# day, `newest` the time of the last; `minutes` what is left when they were forgotten; `days` is the
# whole of both. `damaged` is where a block goes that cannot be unpacked. `reached` notes
# now and then how far the journal had come, which dates its rows.
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


FORMAT = SqliteFormat(VERSION, SCHEMA, pragmas=("wal_autocheckpoint = 4000", "cache_size = -16000"))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """sqlite3's errors, and a block that cannot be unpacked, become a StoreError."""
    try:
        with sqlite_file.translated(path):
            yield
    except DamagedError as error:
        raise StoreError(f"{path}: {error}", permanent=True) from error


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one writing connection, for one thread at a time."""
    return sqlite_file.open_for_writing(path, FORMAT, check_same_thread=False)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection; StoreError while nothing has ever been stored."""
    if not path.exists():
        raise StoreError(f"{path} is not there yet: no reading has been stored")
    db = sqlite_file.open_read_only(path)
    try:
        if not sqlite_file.has_tables(db, path, VERSION):
            raise StoreError(f"{path} is being made: no reading has been stored")
    except BaseException:
        db.close()
        raise
    return db
