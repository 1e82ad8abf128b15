"""Reading the series store, from any process, while the writer writes."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from core.readings import BAD_ANSWER, Event, Reading
from core.time.clock import DAY, HOUR, MINUTE
from storage.series import curve as curves
from storage.series import journal
from storage.series.block import Readings, empty, split
from storage.series.buckets import Buckets, no_buckets, unpack_buckets
from storage.series.curve import Curve
from storage.series.latest import latest_rows
from storage.series.rows import EVENT_COLUMNS, as_event, as_readings
from storage.series.schema import open_for_reading, translated
from storage.series.series_window import Level, SeriesWindow
from storage.series.values import all_values, some_values
from storage.series.writer import QUALITIES, SeriesName

# A chart of n points may be drawn from up to this many times n raw readings; beyond, roll-ups.
RAW_PER_POINT = 4

_LEVELS: tuple[tuple[Level, int], ...] = (("minutes", MINUTE), ("hours", HOUR), ("days", DAY))


class Page(NamedTuple):
    """What was stored after a cursor, in the order in which it was stored."""

    readings: list[Reading]
    events: list[Event]
    cursor: int


class StoredValues(NamedTuple):
    """What is left of many series over a time, in the order of time."""

    readings: list[Reading]
    level: Level  # the coarsest that had to be taken: `hours` where minutes have been dropped


class SeriesReader:
    """Answers questions. Opens the file anew for each, so a restored file is seen at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's; of those up to `until`, UTC ms."""
        with self._open() as db:
            rows = latest_rows(db, device, until)
        return [
            Reading(device, metric, value, at, component, QUALITIES[quality])
            for _, device, metric, component, at, value, quality in rows
        ]

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        """The curve of one series over [start, end), drawn with about `points` points.

        The store chooses what to draw from: raw readings while they are few, else the coarsest
        roll-up that still gives half the points, or a coarser one where that has been dropped.
        Every level has lows and highs.
        """
        with self._open() as db:
            series = _number(db, (device, metric, component))
            if series is None or end <= start:
                return Curve([], "raw", 0)
            window = SeriesWindow(db, series, start, end, journal.tail(db, "sealed"))
            if window.has("raw") and window.estimated_readings() <= points * RAW_PER_POINT:
                raw = window.raw()
                inside = raw[(raw["at"] >= start) & (raw["at"] < end)]
                return Curve(curves.of_readings(inside), "raw", 0)
            level, finest = _level(window, (end - start) / points)
            width = max(-(-(end - start) // (points * finest)), 1) * finest
            buckets = window.buckets(level, width)
            inside = buckets[(buckets["at"] + width > start) & (buckets["at"] < end)]
            return Curve(curves.of_buckets(inside), level, width)

    def hours(self, start: int, end: int) -> dict[SeriesName, Buckets]:
        """The hours of every series over [start, end), from what is compacted."""
        with self._open() as db:
            names = _names(db, None)
            packed: dict[int, list[bytes]] = {}
            rows = db.execute(
                "select series, hours from days where day >= ? and day <= ?"
                " and hours is not null order by series, day",
                (start // DAY, (end - 1) // DAY),
            )
            for number, body in rows:
                packed.setdefault(number, []).append(body)
        all_hours = {names[number]: unpack_buckets(*bodies) for number, bodies in packed.items()}
        return {
            name: hours[(hours["at"] >= start) & (hours["at"] < end)]
            for name, hours in all_hours.items()
        }

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Raw readings of a metric, every component, at or after `since`, oldest first."""
        readings: list[Reading] = []
        with self._open() as db:
            tail = journal.tail(db, "sealed")
            for number, name in _names(db, device).items():
                if name[1] == metric:
                    raw = SeriesWindow(db, number, since, 1 << 60, tail).raw(limit)
                    readings += as_readings(raw[raw["at"] >= since][:limit], {number: name})
        return sorted(readings, key=lambda reading: reading.at)[:limit]

    def some_values(
        self, name: SeriesName, start: int, end: int, count: int, *, is_first: bool
    ) -> list[Reading]:
        """The first or the last `count` values of one series in [start, end), oldest first.

        Where raw readings have been dropped, the means of its minutes stand for them.
        """
        with self._open() as db:
            number = _number(db, name)
            if number is None or end <= start:
                return []
            rows = some_values(db, number, start, end, count, is_first=is_first)
        return as_readings(rows, {number: name})

    def values(self, names: Collection[SeriesName], start: int, end: int) -> StoredValues:
        """Every value of many series over [start, end), whole days; as corrected, and as of one reading.

        Where raw readings have been dropped, the means of minutes stand for them, or of hours.
        """
        with self._open() as db:
            numbers = {number: name for number, name in _names(db, None).items() if name in names}
            rows, level = all_values(db, list(numbers), start, end)
        return StoredValues(as_readings(rows, numbers), level)

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""
        with self._open() as db:
            rows = db.execute(
                f"select {EVENT_COLUMNS} from events where device = ? and at >= ? and at < ?"
                " order by at desc, id desc limit ?",
                (device, start, end, limit),
            ).fetchall()
        return [as_event(row) for row in rows]

    def count_events(
        self, device: str, kind: str, start: int, end: int, width: int
    ) -> dict[int, int]:
        """How many events of a kind began in each bucket of `width` ms over [start, end), by its start.

        Buckets without one are absent.
        """
        with self._open() as db:
            rows = db.execute(
                "select at / ?1 * ?1, count(*) from events"
                " where device = ?2 and kind = ?3 and at >= ?4 and at < ?5 group by 1",
                (width, device, kind, start, end),
            ).fetchall()
        return dict(rows)

    def refused(
        self, device: str, start: int, end: int, width: int
    ) -> dict[tuple[SeriesName, int], int]:
        """How many answers for each series were no believable number, in each bucket of `width` ms."""
        with self._open() as db:
            rows = db.execute(
                "select substr(text, 1, instr(text, ':') - 1), component, at / ?1 * ?1, count(*)"
                " from events where device = ?2 and at >= ?3 and at < ?4 and kind = ?5"
                " and instr(text, ':') > 0 group by 1, 2, 3",
                (width, device, start, end, BAD_ANSWER),
            ).fetchall()
        return {((device, metric, part), at): count for metric, part, at, count in rows}

    def refused_values(
        self, device: str, start: int, end: int, width: int
    ) -> dict[tuple[SeriesName, int], float]:
        """The mean of what was out of range, for each series, in each bucket of `width` ms."""
        with self._open() as db:
            rows = db.execute(
                "select substr(text, 1, instr(text, ':') - 1), component, at / ?1 * ?1,"
                " avg(cast(substr(text, instr(text, ?6) + length(?6)) as real))"
                " from events where device = ?2 and at >= ?3 and at < ?4 and kind = ?5"
                " and instr(text, ?6) > 0 group by 1, 2, 3",
                (width, device, start, end, BAD_ANSWER, ": out of range: "),
            ).fetchall()
        return {((device, metric, part), at): value for metric, part, at, value in rows}

    def since(self, cursor: int, limit: int = 5_000) -> Page:
        """What was stored after `cursor` (0: the beginning): whole commits, about `limit` readings."""
        parts, size, last_seq = list[Readings](), 0, cursor
        with self._open() as db:
            rows = db.execute(
                "select seq, packed, commits, body from journal where seq > ? order by seq",
                (cursor,),
            )
            while size < limit and (row := rows.fetchone()):
                commits = journal.read_commits([row]).after(cursor, limit - size)
                parts.append(commits.readings)
                size += len(commits.seqs) + len(commits.readings)
                last_seq = int(commits.seqs[-1])
            events = db.execute(
                f"select {EVENT_COLUMNS} from events where seq > ? and seq <= ? order by id",
                (cursor, last_seq),
            ).fetchall()
            numbers = {number for part in parts for number in part["series"].tolist()}
            names = _names_of(db, numbers)
        readings = [reading for part in parts for reading in as_readings(part, names)]
        return Page(readings, [as_event(row) for row in events], last_seq)

    def newest_cursor(self) -> int:
        """The cursor after everything that is stored now."""
        with self._open() as db:
            return int(db.execute("select coalesce(max(seq), 0) from journal").fetchone()[0])

    def names(self) -> list[SeriesName]:
        """Every series that has ever had a reading: device, metric, component."""
        with self._open() as db:
            return sorted(_names(db, None).values())

    def newest(self) -> dict[SeriesName, int]:
        """The time of the newest reading of each series, UTC ms."""
        return {
            (reading.device, reading.metric, reading.component): reading.at
            for reading in self.latest()
        }

    def oldest(self) -> dict[SeriesName, int]:
        """The beginning of the first compacted day of each series, UTC ms."""
        with self._open() as db:
            names = _names(db, None)
            rows = db.execute("select series, min(day) from days group by series").fetchall()
        return {names[number]: day * DAY for number, day in rows}

    def grid(
        self, names: Collection[SeriesName], start: int, end: int, width: int
    ) -> dict[SeriesName, Buckets]:
        """Many series over [start, end) in buckets of `width` ms, a multiple of a minute, at once.

        Oldest first, empty buckets absent; a series that is not there has none. Where raw readings
        and minutes have been dropped there is nothing either.
        """
        with self._open() as db:
            numbers = {name: number for number, name in _names(db, None).items()}
            tails = split(journal.tail(db, "sealed"))
            grid: dict[SeriesName, Buckets] = {}
            for name in names:
                number = numbers.get(name)
                if number is None or end <= start:
                    grid[name] = no_buckets()
                    continue
                window = SeriesWindow(db, number, start, end, tails.get(number, empty()))
                buckets = window.buckets("minutes", width)
                grid[name] = buckets[(buckets["at"] >= start) & (buckets["at"] < end)]
        return grid

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with translated(self._path):
            db = open_for_reading(self._path)
            try:
                db.execute("begin")  # one view for the whole question
                yield db
            finally:
                db.close()


def _level(window: SeriesWindow, per_point: float) -> tuple[Level, int]:
    """The level, and its width, with a point about every `per_point` ms that all of the window has."""
    fine_enough = [pair for pair in _LEVELS if pair[1] <= 2 * per_point] or [_LEVELS[0]]
    from_finest = _LEVELS[_LEVELS.index(fine_enough[-1]) :]
    return next(pair for pair in from_finest if window.has(pair[0]))


def _number(db: sqlite3.Connection, name: SeriesName) -> int | None:
    row = db.execute(
        "select id from series where device = ? and metric = ? and component = ?", name
    ).fetchone()
    return None if row is None else int(row[0])


def _names(db: sqlite3.Connection, device: str | None) -> dict[int, SeriesName]:
    rows = db.execute(
        "select id, device, metric, component from series where ?1 is null or device = ?1",
        (device,),
    )
    return {number: (name, metric, component) for number, name, metric, component in rows}


def _names_of(db: sqlite3.Connection, numbers: Collection[int]) -> dict[int, SeriesName]:
    """Of a few of many: who follows the journal asks often, and for what is new."""
    rows = db.execute(
        "select id, device, metric, component from series"
        " where id in (select value from json_each(?))",
        (json.dumps(list(numbers)),),
    )
    return {number: (name, metric, component) for number, name, metric, component in rows}
