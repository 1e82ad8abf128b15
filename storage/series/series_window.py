"""Some days of one series: their blocks and roll-ups merged with the tail that no block holds yet."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Literal, NamedTuple

import numpy as np

from core.time.clock import DAY, HOUR, MINUTE
from storage.series.block import READING, Readings, empty, merged, present, unpack
from storage.series.buckets import (
    BUCKET,
    Buckets,
    bucketed,
    joined,
    no_buckets,
    unpack_buckets,
    widened,
)
from storage.series.columns import DamagedError

Level = Literal["raw", "minutes", "hours", "days"]


class StoredDay(NamedTuple):
    """What retention has left of one compacted day."""

    day: int  # since 1970
    readings: int  # that it had
    has_raw: bool
    has_minutes: bool
    has_hours: bool


class SeriesWindow:
    """The days that [start, end), UTC milliseconds, touches."""

    def __init__(
        self, db: sqlite3.Connection, series: int, start: int, end: int, tail: Readings
    ) -> None:
        self._db, self._series, self._start, self._end = db, series, start, end
        self._key = (series, start // DAY, (end - 1) // DAY)  # first and last day
        self.days = [StoredDay(*row) for row in db.execute(_STORED_DAYS, self._key)]
        self._minutes = self._stored_minutes()
        self._tail = self._without_uncountable(tail)

    def has(self, level: Level) -> bool:
        """Is `level` there for all of these days that have any reading?"""
        days = [day for day in self.days if day.readings]
        if level == "raw":
            return all(day.has_raw and not day.has_minutes for day in days)
        if level == "minutes":
            return all(day.has_raw or day.has_minutes for day in days)
        return level == "days" or all(day.has_hours for day in days)

    def estimated_readings(self) -> int:
        """About how many raw readings lie within [start, end)."""
        at = self._tail["at"]
        share = sum(
            day.readings * (min(self._end, (day.day + 1) * DAY) - max(self._start, day.day * DAY))
            for day in self.days
        )
        return share // DAY + int(((at >= self._start) & (at < self._end)).sum())

    def raw(self, limit: int | None = None) -> Readings:
        """Every raw reading of these days, in time order; about the first `limit`."""
        return present(self.raw_and_withdrawn(limit))

    def raw_and_withdrawn(self, limit: int | None = None) -> Readings:
        """The same with what was withdrawn, which stays in the block: it may be stored once more."""
        return merged(self.compacted_raw(limit), self._tail)

    def compacted_raw(self, limit: int | None = None) -> Readings:
        """Those of them that are in blocks. DamagedError if there are blocks, and none can be read."""
        parts, size, damage = list[Readings](), 0, list[DamagedError]()
        for body in self._bodies():
            try:
                parts.append(unpack(body))
            except DamagedError as error:
                damage.append(error)
                continue
            size += len(parts[-1])
            # The first day may lie before `start` in part.
            if limit is not None and size - len(parts[0]) >= limit:
                break
        if damage and not parts:
            raise damage[0]
        return np.concatenate(parts) if parts else empty()

    def values(self) -> Readings:
        """The raw readings, and the mean of each minute where only minutes are left, in time order."""
        raw = self.raw()
        if not len(self._minutes):
            return raw
        return merged(self._means(self._minutes), raw)

    def means(self, level: Level, width: int) -> Readings:
        """The mean of each bucket of `width` milliseconds as a reading at its beginning."""
        return self._means(self.buckets(level, width))

    def _means(self, buckets: Buckets) -> Readings:
        means = np.zeros(len(buckets), READING)
        means["series"], means["at"] = self._series, buckets["at"]
        means["value"] = buckets["sum"] / buckets["count"]
        return means

    def _bodies(self) -> Iterator[bytes]:
        """Each block that its page gives, the oldest first."""
        for day in [stored.day for stored in self.days if stored.has_raw]:
            with suppress(sqlite3.DatabaseError):  # a damaged page costs what lies on it
                row = self._db.execute(_BODY, (self._series, day)).fetchone()
                if row is not None:
                    yield row[0]

    def buckets(self, level: Level, width: int) -> Buckets:
        """Everything of these days in buckets of `width` milliseconds, a multiple of the level."""
        if level == "hours":
            return widened(self._with_tail(self._hours(), HOUR), width)
        if level == "days":
            return widened(self._with_tail(self._whole_days(), DAY), width)
        if not len(self._minutes):
            return bucketed(self.raw(), width)
        return widened(joined(self._minutes, bucketed(self.raw(), MINUTE), MINUTE), width)

    def _without_uncountable(self, tail: Readings) -> Readings:
        """The series' tail of these days, without what came too late to count.

        Where raw readings have been dropped nobody can tell a late reading from one that comes a
        second time: it counts only if its minute was empty, and not at all where the minutes have
        been dropped too.
        """
        _, first_day, last_day = self._key
        day = tail["at"] // DAY
        tail = tail[(tail["series"] == self._series) & (day >= first_day) & (day <= last_day)]
        closed_days = [
            stored.day for stored in self.days if not (stored.has_raw or stored.has_minutes)
        ]
        if closed_days:
            tail = tail[~np.isin(tail["at"] // DAY, closed_days)]
        if len(self._minutes):
            tail = tail[~np.isin(tail["at"] // MINUTE * MINUTE, self._minutes["at"])]
        return tail

    def _stored_minutes(self) -> Buckets:
        if not any(day.has_minutes for day in self.days):
            return no_buckets()
        rows = self._db.execute(_BODIES.format("minutes"), self._key)
        return unpack_buckets(*(body for (body,) in rows))

    def _hours(self) -> Buckets:
        rows = self._db.execute(
            "select hours from days where series = ? and day between ? and ?"
            " and hours is not null order by day",
            self._key,
        )
        return unpack_buckets(*(body for (body,) in rows))

    def _whole_days(self) -> Buckets:
        rows = self._db.execute(
            "select day, count, low, high, sum, first, last from days"
            " where series = ? and day between ? and ? and count > 0 order by day",
            self._key,
        )
        return np.array([(row[0] * DAY, *row[1:]) for row in rows], BUCKET)

    def _with_tail(self, stored: Buckets, width: int) -> Buckets:
        """Stored buckets, but days that the tail touches from their readings: none counts twice."""
        touched_days = sorted(set((self._tail["at"] // DAY).tolist()))
        if not touched_days:
            return stored
        untouched = stored[~np.isin(stored["at"] // DAY, touched_days)]
        return joined(untouched, np.concatenate([*self._derived(touched_days, width)]), width)

    def _derived(self, days: Iterable[int], width: int) -> Iterable[Buckets]:
        for day in days:
            window = SeriesWindow(self._db, self._series, day * DAY, (day + 1) * DAY, self._tail)
            yield window.buckets("minutes", width)


_STORED_DAYS = """
select day, count, b.series is not null, m.series is not null, hours is not null
  from days d left join blocks b using (series, day) left join minutes m using (series, day)
 where d.series = ? and day between ? and ? order by day
"""
_BODY = "select body from blocks where series = ? and day = ?"
_BODIES = "select body from {} where series = ? and day between ? and ? order by day"
