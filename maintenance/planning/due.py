"""When a plan's work is due: by calendar, by use or by condition, whichever comes first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import mean, median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.schema.plan import Plan
from core.time.clock import DAY, HOUR, MINUTE, by_wall_clock, from_ms, start_of_day
from core.time.covered_hours import Hours, Interval, overlap
from core.vocabulary.planning import DueBy
from maintenance.rounds.counter import amount_used as amount_used
from storage.series.curve import Point

RATE_OVER = 30 * DAY  # how far back the pace of use is looked at
# Scanward's defaults, no source.
MIN_DAYS = 5  # with a count, before an hour of the week says anything
SILENT = (
    2 * DAY
)  # after its last reading a counter that stands is no longer told from one that nobody reads
MOST_AN_HOUR = 60  # examinations that a device can do

Busy = Mapping[tuple[int, int], float]  # by weekday (Monday is 0) and hour, in the site's zone


class Due(NamedTuple):
    """When, and what says so."""

    at: int
    by: DueBy


class Used(NamedTuple):
    """How far a counter has gone since the work was last done, and its pace a day."""

    amount: float
    per_day: float


def due(
    plan: Plan,
    counted_from: int,
    hours: Hours,
    used: Used | None,
    conditions: Iterable[int],
    now: int,
) -> Due | None:
    """The earliest of the three. None: only use counts, and nothing is known of it.

    `conditions` are the times at which an alert brought the work forward; those before the last time
    that it was done are met already.
    """
    candidates: list[Due] = []
    if plan.every is not None:
        candidates.append(Due(by_calendar(counted_from, plan.every, hours), "calendar"))
    if plan.use is not None and used is not None:
        at = by_use(plan.use.every, used, now)
        candidates += [Due(max(at, counted_from), "use")] if at is not None else []
    candidates += [Due(at, "condition") for at in conditions if at > counted_from]
    return min(candidates, default=None)


def by_calendar(counted_from: int, every: int, hours: Hours) -> int:
    """An interval after it was last really done; a day or more: when that working day opens.

    Days are counted on the calendar, whatever the clock is put forward or back meanwhile. A day off
    moves it to the next working day, so a daily check is not due on a Friday.
    """
    if every < DAY:
        return counted_from + every
    at = by_wall_clock(counted_from, every, hours.zone)
    opens = hours.after(start_of_day(from_ms(at, hours.zone).date(), hours.zone), 0)
    return at if opens is None else opens


def by_use(every: float, used: Used, now: int) -> int | None:
    """When the counter will have gone so far; now if it has. None while nothing is used."""
    left = every - used.amount
    if left <= 0:
        return now
    if used.per_day <= 0:
        return None
    days = left / used.per_day
    return None if days > 3660 else now + round(days * DAY)


def busy_by_hour(points: Sequence[Point], zone: ZoneInfo, *, is_counter: bool) -> Busy:
    """How busy a device usually is in each hour of the week, from some weeks of a curve.

    Of a counter what it grew, of anything else (mains power) its mean; the median of the weeks. The
    points may be hours or single readings: a log tells a counter only when it moves, so an hour
    without any is an hour in which it stood.
    """
    by_hour = _by_hour(points, zone, is_counter=is_counter)
    by_weekday: dict[tuple[int, int], list[float]] = {}
    for when, values in by_hour.items():
        value = sum(values) if is_counter else sum(values) / len(values)
        by_weekday.setdefault((when.weekday(), when.hour), []).append(value)
    if is_counter:
        weeks = -(-(points[-1].at - points[0].at) // (7 * DAY)) if points else 0
        by_weekday = {
            hour: values + [0.0] * (weeks - len(values)) for hour, values in by_weekday.items()
        }
    return {hour: median(values) for hour, values in by_weekday.items()}


def expected_by_hour(
    points: Sequence[Point], zone: ZoneInfo, end: int, away: Sequence[Interval]
) -> Busy | None:
    """How many examinations a device usually does in each hour of the week, from a counter's weeks up to `end`.

    The mean of the hours in which it could be used, so not of those in `away`. None if a week is not
    covered: what nobody counted is unknown, not zero. A count that no device can reach was mistyped.
    """
    days = {from_ms(point.at, zone).date() for point in points}
    if len(days) < MIN_DAYS or points[-1].at - points[0].at < 7 * DAY:
        return None
    counted = _by_hour(points, zone, is_counter=True)
    amounts: dict[tuple[int, int], list[float]] = {}
    for at in range(points[0].at, min(end, points[-1].at + SILENT), HOUR):
        when = from_ms(at, zone).replace(minute=0, second=0, microsecond=0)
        amount = sum(counted.get(when, ()))
        if amount <= MOST_AN_HOUR and not overlap([(at, at + HOUR)], away):
            amounts.setdefault((when.weekday(), when.hour), []).append(amount)
    return {hour: mean(values) for hour, values in amounts.items()}


def _by_hour(
    points: Sequence[Point], zone: ZoneInfo, *, is_counter: bool
) -> dict[datetime, list[float]]:
    """What each point added, or its mean, by the hour of the wall clock in which it lies."""
    by_hour: dict[datetime, list[float]] = {}
    level = points[0].low if points else 0.0
    for point in points:
        when = from_ms(point.at, zone).replace(minute=0, second=0, microsecond=0)
        before = point._replace(low=level, high=level)
        value = amount_used([before, point]) if is_counter else point.mean
        by_hour.setdefault(when, []).append(value)
        level = point.high
    return by_hour


def free_slot(busy: Busy, hours: Hours, start: int, end: int, minutes: int) -> int | None:
    """When in [start, end) the device is used least for so long, within the hours of work.

    Looked at from opening, hour by hour; of equally free slots the earliest. Work longer than a day
    begins when one opens. None: the window has no working hour.
    """
    best: tuple[float, int] | None = None
    for opens, closes in hours.between(start, end):
        last = max(closes - minutes * MINUTE, opens)
        for at in range(opens, last + 1, HOUR):
            load = sum(
                _load(busy, at + step, hours.zone) for step in range(0, minutes * MINUTE, HOUR)
            )
            if best is None or (load, at) < best:
                best = (load, at)
    return None if best is None else best[1]


def _load(busy: Busy, at: int, zone: ZoneInfo) -> float:
    when = from_ms(at, zone)
    return busy.get((when.weekday(), when.hour), 0.0)
