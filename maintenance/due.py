"""When a plan's work is due: by calendar, by use or by condition, whichever comes first. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.clock import DAY, HOUR, MINUTE, from_ms, to_ms
from core.covered import Hours
from core.plan import Plan
from storage.records.work import DueBy
from storage.series.curve import Point

RATE_OVER = 30 * DAY  # how far back the pace of use is looked at

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

    `conditions` are the times at which an alert asked for the work; older ones than the last time it
    was done are answered already.
    """
    found: list[Due] = []
    if plan.every is not None:
        found.append(Due(by_calendar(counted_from, plan.every, hours), "calendar"))
    if plan.use is not None and used is not None:
        at = by_use(plan.use.every, used, now)
        found += [Due(max(at, counted_from), "use")] if at is not None else []
    found += [Due(at, "condition") for at in conditions if at > counted_from]
    return min(found, default=None)


def by_calendar(counted_from: int, every: int, hours: Hours) -> int:
    """An interval after it was last really done; a day or more: when that working day opens.

    A day off moves it to the next working day, so a daily check is not due on a Friday.
    """
    at = counted_from + every
    if every < DAY:
        return at
    midnight = from_ms(at, hours.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    opens = hours.after(to_ms(midnight), 0)
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


def amount_used(points: Iterable[Point]) -> float:
    """How far a counter went over a curve, in its unit. A counter that fell began anew.

    A bucket that reaches from below the last level to above it holds the fall itself: of what came
    after it, what was counted by the bucket's end is found in the next one.
    """
    used, level = 0.0, math.inf
    for point in points:
        if point.low >= level or (point.high >= level and level < math.inf):
            used += point.high - level
            level = point.high if point.low >= level else point.low
        else:
            used += point.high - point.low
            level = point.high
    return used


def busy_by_hour(points: Sequence[Point], zone: ZoneInfo, *, is_counter: bool) -> Busy:
    """How busy a device usually is in each hour of the week, from hourly points of some weeks.

    Of a counter what it grew, of anything else (mains power) its mean; the median of the weeks.
    """
    found: dict[tuple[int, int], list[float]] = {}
    for point in points:
        when = from_ms(point.at, zone)
        value = point.high - point.low if is_counter else point.mean
        found.setdefault((when.weekday(), when.hour), []).append(value)
    return {hour: median(values) for hour, values in found.items()}


def free_slot(busy: Busy, hours: Hours, start: int, end: int, minutes: int) -> int | None:
    """When in [start, end) the device is used least for so long, within the hours of work.

    Looked at from opening, hour by hour; of equally free slots the earliest. Work longer than a day begins when one opens. None: the window has no working hour.
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
