"""What we measure against: plain rows in SQLite, clustered by series and time."""

import sqlite3
from pathlib import Path

from core.readings import Batch
from core.time.clock import DAY, HOUR

SCHEMA = """
create table series (id integer primary key, device text, metric text, component text);
create table readings (
  series integer, at integer, value real, quality integer, primary key (series, at)
) without rowid;
"""


class PlainRows:
    """Commits as durably as the store does, and answers the same questions."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "wal_autocheckpoint = 4000"):
            self._db.execute(f"pragma {pragma}")
        self._db.execute("pragma cache_size = -64000")
        self._db.executescript(SCHEMA)
        self._series: dict[tuple[str, str, str], int] = {}

    def append(self, batches: list[Batch]) -> None:
        """One commit."""
        self._db.execute("begin")
        rows = [
            (self._number((r.device, r.metric, r.component)), r.at, r.value, 0)
            for batch in batches
            for r in batch.readings
        ]
        self._db.executemany("insert or ignore into readings values (?, ?, ?, ?)", rows)
        self._db.execute("commit")

    def close(self) -> None:
        """Leave one file."""
        self._db.execute("pragma wal_checkpoint(truncate)")
        self._db.close()

    def latest(self) -> int:
        """How many series have a newest reading."""
        sql = (
            "select s.*, r.at, r.value from series s cross join readings r on r.series = s.id"
            " and r.at = (select max(at) from readings where series = s.id)"
        )
        return len(self._db.execute(sql).fetchall())

    def curve(self, name: tuple[str, str, str], start: int, end: int, points: int) -> int:
        """How many buckets of mean, low and high."""
        sql = (
            "select at / ?1, avg(value), min(value), max(value) from readings"
            " where series = ?2 and at >= ?3 and at < ?4 group by 1"
        )
        buckets = self._db.execute(sql, ((end - start) // points, self._series[name], start, end))
        return len(buckets.fetchall())

    def hours(self, start: int, days: int) -> int:
        """How many hourly means, of every series."""
        sql = (
            "select series, at / ?, avg(value) from readings"
            " where at >= ? and at < ? group by series, 2"
        )
        return len(self._db.execute(sql, (HOUR, start, start + days * DAY)).fetchall())

    def _number(self, name: tuple[str, str, str]) -> int:
        number = self._series.get(name)
        if number is None:
            number = self._series[name] = len(self._series) + 1
            self._db.execute("insert into series values (?, ?, ?, ?)", (number, *name))
        return number
