"""Some days of one series: what is sealed of them and the unsealed tail beside it, as one."""

import sqlite3
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

from core.time.clock import DAY, HOUR, MINUTE
from storage.series.block import Readings, empty, merged, unpack
from storage.series.buckets import (
    BUCKET,
    Buckets,
    bucketed,
    joined,
    no_buckets,
    unpack_buckets,
    widened,
)

Level = Literal["raw", "minutes", "hours", "days"]


class Kept(NamedTuple):
    """What is left of one sealed day."""

    day: int
    readings: int
    raw: bool
    minutes: bool
    hours: bool


class Span:
    """The days that [start, end), UTC milliseconds, touches."""

    def __init__(
        self, db: sqlite3.Connection, series: int, start: int, end: int, tail: Readings
    ) -> None:
        self._db, self._series, self._start, self._end = db, series, start, end
        self._asked = (series, start // DAY, (end - 1) // DAY)
        self.kept = [Kept(*row) for row in db.execute(_KEPT, self._asked)]
        self._minutes = self._stored_minutes()
        self._tail = self._counting(tail)

    def has(self, level: Level) -> bool:
        """Has nothing of these days been forgotten at `level`?"""
        if level == "raw":
            return all(kept.raw and not kept.minutes for kept in self.kept)
        if level == "minutes":
            return all(kept.raw or kept.minutes for kept in self.kept)
        return level == "days" or all(kept.hours for kept in self.kept)

    def expected(self) -> int:
        """About how many raw readings lie within [start, end)."""
        at = self._tail["at"]
        share = sum(
            kept.readings
            * (min(self._end, (kept.day + 1) * DAY) - max(self._start, kept.day * DAY))
            for kept in self.kept
        )
        return share // DAY + int(((at >= self._start) & (at < self._end)).sum())

    def raw(self, limit: int | None = None) -> Readings:
        """Every raw reading of these days, in time order; about the first `limit`."""
        return merged(self.sealed_raw(limit), self._tail)

    def sealed_raw(self, limit: int | None = None) -> Readings:
        """Those of them that are sealed."""
        parts, size = list[Readings](), 0
        for (body,) in self._db.execute(_BODIES.format("blocks"), self._asked):
            parts.append(unpack(body))
            size += len(parts[-1])
            # The first day may lie before `start` in part.
            if limit is not None and size - len(parts[0]) >= limit:
                break
        return np.concatenate(parts) if parts else empty()

    def buckets(self, level: Level, width: int) -> Buckets:
        """Everything of these days in buckets of `width` milliseconds, a multiple of the level."""
        if level == "hours":
            return widened(self._beside_tail(self._hours(), HOUR), width)
        if level == "days":
            return widened(self._beside_tail(self._whole_days(), DAY), width)
        if not len(self._minutes):
            return bucketed(self.raw(), width)
        return widened(joined(self._minutes, bucketed(self.raw(), MINUTE), MINUTE), width)

    def _counting(self, tail: Readings) -> Readings:
        """The tail without what came too late to count.

        Where the raw readings have been forgotten nobody can tell a late reading from one that
        comes a second time: it counts only if its minute was empty, and not at all where the
        minutes are gone too.
        """
        day = tail["at"] // DAY
        mine = (tail["series"] == self._series) & (day >= self._asked[1]) & (day <= self._asked[2])
        tail = tail[mine]
        closed = [kept.day for kept in self.kept if not (kept.raw or kept.minutes)]
        if closed:
            tail = tail[~np.isin(tail["at"] // DAY, closed)]
        if len(self._minutes):
            tail = tail[~np.isin(tail["at"] // MINUTE * MINUTE, self._minutes["at"])]
        return tail

    def _stored_minutes(self) -> Buckets:
        if not any(kept.minutes for kept in self.kept):
            return no_buckets()
        rows = self._db.execute(_BODIES.format("minutes"), self._asked)
        return unpack_buckets(*(body for (body,) in rows))

    def _hours(self) -> Buckets:
        rows = self._db.execute(
            "select hours from days where series = ? and day between ? and ?"
            " and hours is not null order by day",
            self._asked,
        )
        return unpack_buckets(*(body for (body,) in rows))

    def _whole_days(self) -> Buckets:
        rows = self._db.execute(
            "select day, count, low, high, sum, first, last from days"
            " where series = ? and day between ? and ? order by day",
            self._asked,
        )
        return np.array([(row[0] * DAY, *row[1:]) for row in rows], BUCKET)

    def _beside_tail(self, sealed: Buckets, width: int) -> Buckets:
        """Days that the tail touches are counted anew from their readings, so none counts twice."""
        touched = sorted(set((self._tail["at"] // DAY).tolist()))
        if not touched:
            return sealed
        left = sealed[~np.isin(sealed["at"] // DAY, touched)]
        return joined(left, np.concatenate([*self._anew(touched, width)]), width)

    def _anew(self, days: Iterable[int], width: int) -> Iterable[Buckets]:
        for day in days:
            one = Span(self._db, self._series, day * DAY, (day + 1) * DAY, self._tail)
            yield one.buckets("minutes", width)


_KEPT = """
select day, count, b.series is not null, m.series is not null, hours is not null
  from days d left join blocks b using (series, day) left join minutes m using (series, day)
 where d.series = ? and day between ? and ? order by day
"""
_BODIES = "select body from {} where series = ? and day between ? and ? order by day"
