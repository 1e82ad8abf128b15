"""Hours that count: when a device is meant to be available, or a vendor has promised to answer.

Everything is half-open, [start, end), in UTC milliseconds; the hours of a day are those of a wall
clock in a zone, so a day with a change to summer time has an hour less.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.time.clock import DAY, MINUTE, from_ms, to_ms

Interval = tuple[int, int]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as date.weekday() counts
LOOK_AHEAD_DAYS = 3660  # ten years: hours that never come do not hang the clock


@dataclass(frozen=True, slots=True)
class Hours:
    """Some days of the week from `opens` to `closes`, minutes after midnight, in `zone`.

    What goes on after midnight belongs to the day on which it opened.
    """

    days: frozenset[str]
    opens: int
    closes: int  # 1440 is the end of the day, 1800 is 06:00 of the next
    zone: ZoneInfo

    def between(self, start: int, end: int) -> list[Interval]:
        """The parts of [start, end) that count, in order."""
        return [] if end <= start else list(self._clipped(start, end))

    def after(self, start: int, amount: int) -> int | None:
        """When `amount` milliseconds of these hours have passed since `start`. None: never."""
        remaining = amount
        for opened, closed in self._from(start):
            if closed - opened >= remaining:
                return opened + remaining
            remaining -= closed - opened
        return None

    def _clipped(self, start: int, end: int) -> Iterator[Interval]:
        for opened, closed in self._from(start):
            if opened >= end:
                return
            yield opened, min(closed, end)

    def _from(self, start: int) -> Iterator[Interval]:
        """Every interval that counts after `start`, for ten years."""
        day = from_ms(start, self.zone).date() - timedelta(days=1)
        for _ in range(LOOK_AHEAD_DAYS):
            if WEEKDAYS[day.weekday()] in self.days:
                opened, closed = self._moment(day, self.opens), self._moment(day, self.closes)
                if closed > start and closed > opened:
                    yield max(opened, start), closed
            day += timedelta(days=1)

    def _moment(self, day: date, minute: int) -> int:
        days, minute = divmod(minute, DAY // MINUTE)
        wall = datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), self.zone)
        return to_ms(wall.astimezone(UTC))


def always(zone: ZoneInfo) -> Hours:
    """Day and night."""
    return Hours(frozenset(WEEKDAYS), 0, DAY // MINUTE, zone)


def length(intervals: Iterable[Interval]) -> int:
    """How long all of them are together. They must not overlap: see `union`."""
    return sum(end - start for start, end in intervals)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments, in order, without overlap."""
    merged: list[Interval] = []
    for start, end in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def overlap(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
    """The moments that are in both; each must be in order and without overlap."""
    shared, i, j = list[Interval](), 0, 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            shared.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return shared


def without(intervals: Sequence[Interval], removed: Sequence[Interval]) -> list[Interval]:
    """The moments of `intervals` that are not in `removed`; each in order and without overlap."""
    remaining: list[Interval] = []
    for start, end in intervals:
        for removed_start, removed_end in removed:
            if removed_end <= start or removed_start >= end:
                continue
            if start < removed_start:
                remaining.append((start, removed_start))
            start = removed_end
        if start < end:
            remaining.append((start, end))
    return remaining
