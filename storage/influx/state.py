"""How far each InfluxDB has been told, and what it would not take. A small file of its own.

`forward.db` lies beside the series database. Losing it loses nothing: everything is sent again, and
writing a reading twice changes nothing in InfluxDB.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.schema.storage import Influx
from storage.files import locks, sqlite_file
from storage.files.sqlite_file import SqliteFormat, transaction
from storage.influx.client import Precision

TABLES = """
create table targets (
  target text primary key, cursor integer not null default 0, sent integer not null default 0,
  too_old integer not null default 0, rate real not null default 0, succeeded_at integer,
  error text not null default '', failed_at integer
) without rowid;
create table aside (
  id integer primary key, target text not null, line blob not null, precision text not null,
  reason text not null, at integer not null, unique (target, line, precision)
);
"""
FORMAT = SqliteFormat(version=1, tables=TABLES)
HINT = "; without this file everything is sent again, which does no harm"


class Aside(NamedTuple):
    """A line that the server refused."""

    line: bytes
    precision: Precision
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """What a person wants to know about one target."""

    cursor: int = 0
    sent: int = 0  # lines, over all time
    too_old: int = 0  # lines that the bucket's retention did not want
    rate: float = 0.0  # lines a second over the last minute
    succeeded_at: int | None = None
    error: str = ""  # empty: all is well
    failed_at: int | None = None
    aside: int = 0
    reason: str = ""  # of the line set aside last


def target_of(influx: Influx, site: str) -> str:
    """The name under which a target is remembered; another one begins at the beginning."""
    return " ".join((influx.url.rstrip("/"), influx.org or "-", influx.bucket, site))


def status_of(path: Path, target: str) -> Status:
    """The status, from any process; all zeros if nothing was ever sent."""
    if not path.exists():
        return Status()
    with _translated(path), closing(sqlite_file.open_read_only(path)) as db:
        return _status(db, target)


class ForwardState:
    """The one who writes `forward.db`; a second one is refused."""

    def __init__(self, path: Path, target: str) -> None:
        self._path = path
        self._target = target
        refusal = f"{path} is in use: another `scanward forward` is running"
        self._lock = locks.acquire(locks.lock_beside(path), refusal)
        try:
            with _translated(path):
                self._db = sqlite_file.open_for_writing(path, FORMAT)
                self._db.execute("insert or ignore into targets (target) values (?)", (target,))
                self.cursor = _status(self._db, target).cursor
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Let another forwarder in."""
        self._db.close()
        self._lock.close()

    def status(self) -> Status:
        """What a person wants to know."""
        with _translated(self._path):
            return _status(self._db, self._target)

    def moved(
        self, cursor: int, now: int, sent: int, too_old: int, rate: float, refused: Sequence[Aside]
    ) -> None:
        """All up to `cursor` was taken, but for `refused`, which are set aside in the same commit."""
        with self._commit():
            self._db.execute(
                "update targets set cursor = ?, sent = sent + ?, too_old = too_old + ?, rate = ?,"
                " succeeded_at = ?, error = '' where target = ?",
                (cursor, sent, too_old, rate, now, self._target),
            )
            self._set_aside(refused, now)
        self.cursor = cursor

    def failed(self, error: str, now: int) -> None:
        """Remember why nothing could be sent."""
        with self._commit():
            self._db.execute(
                "update targets set error = ?, failed_at = ?, rate = 0 where target = ?",
                (error, now, self._target),
            )

    def aside(self, after: int, limit: int) -> list[tuple[int, Aside]]:
        """Lines set aside, oldest first, with their numbers; numbers greater than `after`."""
        with _translated(self._path):
            rows = self._db.execute(
                "select id, line, precision, reason from aside"
                " where target = ? and id > ? order by id limit ?",
                (self._target, after, limit),
            ).fetchall()
        return [(number, Aside(*rest)) for number, *rest in rows]

    def taken_back(self, numbers: Sequence[int]) -> None:
        """These lines are set aside no more."""
        with self._commit():
            self._db.executemany("delete from aside where id = ?", [(n,) for n in numbers])

    def _set_aside(self, refused: Sequence[Aside], now: int) -> None:
        self._db.executemany(
            "insert or ignore into aside (target, line, precision, reason, at)"
            " values (?, ?, ?, ?, ?)",
            [(self._target, *one, now) for one in refused],
        )

    @contextmanager
    def _commit(self) -> Iterator[None]:
        with _translated(self._path), transaction(self._db):
            yield


def _status(db: sqlite3.Connection, target: str) -> Status:
    row = db.execute(
        "select cursor, sent, too_old, rate, succeeded_at, error, failed_at,"
        " (select count(*) from aside a where a.target = t.target),"
        " coalesce((select reason from aside a where a.target = t.target"
        "            order by id desc limit 1), '')"
        " from targets t where target = ?",
        (target,),
    ).fetchone()
    return Status() if row is None else Status(*row)


def _translated(path: Path) -> AbstractContextManager[None]:
    return sqlite_file.translated(path, HINT)
