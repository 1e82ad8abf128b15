"""Reading the series store, from any process, while the writer writes."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from core.words import Event, Reading, Severity
from storage.series.schema import LEVELS, open_for_reading, translated
from storage.series.writer import QUALITIES

# A chart of n points may be drawn from up to this many times n raw readings; beyond, roll-ups.
RAW_PER_POINT = 4


class Point(NamedTuple):
    """One bucket of a curve: all readings in [at, at + width)."""

    at: int  # UTC milliseconds
    mean: float
    low: float
    high: float
    readings: int


class Curve(NamedTuple):
    """At most about as many points as were asked for, oldest first; empty buckets are absent."""

    points: list[Point]
    level: str  # `raw`, `minutes` or `hours`: what it was drawn from
    width: int  # of a bucket, milliseconds


class Page(NamedTuple):
    """What was stored after a cursor, in the order in which it was stored."""

    readings: list[Reading]
    events: list[Event]
    cursor: int


class SeriesReader:
    """Answers questions. Opens the file anew for each, so a restored file is seen at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def latest(self, device: str | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's."""
        with self._open() as db:
            rows = db.execute(_LATEST, {"device": device}).fetchall()
        return [_reading(*row) for row in rows]

    def range(
        self,
        device: str,
        metric: str,
        component: str,
        start: int,
        end: int,
        points: int,
    ) -> Curve:
        """The curve of one series over [start, end), drawn with about `points` points.

        Which roll-up answers is chosen here: raw readings while they are few, else the finest
        level that the budget allows. Lows and highs are kept at every level.
        """
        with self._open() as db:
            series = _series_id(db, device, metric, component)
            if series is None:
                return Curve([], "raw", 0)
            level = _level(db, series, start, end, points)
            if level == "raw":
                return Curve(_raw_points(db, series, start, end), level, 0)
            finest = LEVELS[level]
            width = max(-(-(end - start) // (points * finest)), 1) * finest
            asked = {"series": series, "start": start // width * width, "end": end, "width": width}
            rows = db.execute(_BUCKETS.format(level=level), asked)
            return Curve([Point(*row) for row in rows], level, width)

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Raw readings of a metric, every component, at or after `since`, oldest first."""
        with self._open() as db:
            rows = db.execute(_RAW_SINCE, (device, metric, since, limit)).fetchall()
        return [_reading(*row) for row in rows]

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""
        with self._open() as db:
            rows = db.execute(
                f"select {_EVENT} from events where device = ? and at >= ? and at < ?"
                " order by at desc, seq desc limit ?",
                (device, start, end, limit),
            ).fetchall()
        return [_event(row) for row in rows]

    def since(self, cursor: int, limit: int = 5_000) -> Page:
        """What was stored after `cursor` (0 is the beginning), at most about `limit` of each."""
        with self._open() as db:
            db.execute("begin")
            readings = db.execute(_READINGS_AFTER, (cursor, limit)).fetchall()
            events = db.execute(
                f"select seq, {_EVENT} from events where seq > ? order by seq limit ?",
                (cursor, limit),
            ).fetchall()
        # Where one side was cut short, the other may not run ahead of it.
        cuts = [rows[-1][0] for rows in (readings, events) if len(rows) == limit]
        newest = [rows[-1][0] for rows in (readings, events) if rows]
        upto = min(cuts) if cuts else max(newest, default=cursor)
        return Page(
            [_reading(*row[1:]) for row in readings if row[0] <= upto],
            [_event(row[1:]) for row in events if row[0] <= upto],
            upto,
        )

    def newest_cursor(self) -> int:
        """The cursor after everything that is stored now."""
        with self._open() as db:
            row = db.execute(
                "select max((select coalesce(max(seq), 0) from readings),"
                " (select coalesce(max(seq), 0) from events))"
            ).fetchone()
        return int(row[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with translated(self._path):
            db = open_for_reading(self._path)
            try:
                yield db
            finally:
                db.close()


# `cross join` holds the planner to one index look-up per series; left alone it scans the readings.
_LATEST = """
select s.device, s.metric, r.value, r.at, s.component, r.quality
  from series s cross join readings r
    on r.series = s.id
   and r.at = (select at from readings where series = s.id order by at desc limit 1)
 where :device is null or s.device = :device
 order by s.device, s.metric, s.component
"""

_RAW_SINCE = """
select s.device, s.metric, r.value, r.at, s.component, r.quality
  from series s cross join readings r on r.series = s.id
 where s.device = ? and s.metric = ? and r.at >= ?
 order by r.at limit ?
"""

_READINGS_AFTER = """
select r.seq, s.device, s.metric, r.value, r.at, s.component, r.quality
  from readings r cross join series s on s.id = r.series
 where r.seq > ? order by r.seq limit ?
"""

# Roll-ups, and the readings that have not been rolled up yet.
_BUCKETS = """
select at / :width * :width as bucket,
       sum(sum) / sum(count), min(low), max(high), sum(count)
  from (
    select at, count, low, high, sum from {level}
     where series = :series and at >= :start and at < :end
    union all
    select at, 1, value, value, value from readings
     where series = :series and at >= :start and at < :end
       and seq > (select seq from rolled_up)
  )
 group by bucket order by bucket
"""

# How many raw readings there are, counting no further than matters.
_FEW_RAW = """
select count(*) from (select 1 from readings
 where series = :series and at >= :start and at < :end limit :budget + 1)
"""

_OLDEST = "select min(at) from {table} where series = :series"

# Hours are kept longest: does one stand where the finer level no longer has anything?
_FORGOTTEN = f"""
select exists (select 1 from hours where series = :series and at >= :start
                  and at < min(:end, coalesce(:oldest, :end)) - {LEVELS["hours"]})
"""

_EVENT = "device, kind, text, at, severity, component, code, quality"


def _series_id(db: sqlite3.Connection, device: str, metric: str, component: str) -> int | None:
    row = db.execute(
        "select id from series where device = ? and metric = ? and component = ?",
        (device, metric, component),
    ).fetchone()
    return None if row is None else int(row[0])


def _level(db: sqlite3.Connection, series: int, start: int, end: int, points: int) -> str:
    """The finest level that fits the budget and has not forgotten a part of the span."""
    asked = {"series": series, "start": start, "end": end, "budget": points * RAW_PER_POINT}
    few = int(db.execute(_FEW_RAW, asked).fetchone()[0]) <= points * RAW_PER_POINT
    fits = {"readings": few, "minutes": end - start < points * LEVELS["hours"]}
    for table in ("readings", "minutes"):
        if fits[table]:
            asked["oldest"] = db.execute(_OLDEST.format(table=table), asked).fetchone()[0]
            if not db.execute(_FORGOTTEN, asked).fetchone()[0]:
                return "raw" if table == "readings" else table
    return "hours"


def _raw_points(db: sqlite3.Connection, series: int, start: int, end: int) -> list[Point]:
    rows = db.execute(
        "select at, value, value, value, 1 from readings"
        " where series = ? and at >= ? and at < ? order by at",
        (series, start, end),
    )
    return [Point(*row) for row in rows]


def _reading(
    device: str, metric: str, value: float, at: int, component: str, quality: int
) -> Reading:
    return Reading(device, metric, value, at, component, QUALITIES[quality])


def _event(row: Sequence[object]) -> Event:
    device, kind, text, at, severity, component, code, quality = row
    assert isinstance(at, int)
    assert isinstance(quality, int)
    level: Severity = severity  # type: ignore[assignment]  # only the writer wrote it
    return Event(
        str(device), str(kind), str(text), at, level, str(component), str(code), QUALITIES[quality]
    )
