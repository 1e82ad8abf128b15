"""How much a device is used, from its readings."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.time.clock import DAY, HOUR
from core.time.covered_hours import Hours, Interval, length
from maintenance.planning.due import RATE_OVER, Busy, Used, busy_by_hour
from maintenance.rounds.counter import amount_used
from storage.series import Curve
from storage.series.curve import Point
from storage.series.store import SeriesStore

POINTS = 2000
WEEKS = 4
POWER = "mains_power_w"
EXAMINATIONS = "examination_count"  # a running number, from any source or by hand
NEAR = 24 * HOUR  # covered: two days of twelve hours. Scanward's default, no source
AROUND = 31 * DAY  # how far beyond a period its ends are looked for


class Examined(NamedTuple):
    """How many examinations a device did, and the hours between the readings that say so."""

    n: int
    hours: float


def used_since(
    series: SeriesStore,
    device: str,
    metric: str,
    since: int,
    now: int,
    *,
    pace_over: int = RATE_OVER,
) -> Used | None:
    """How far the device's counter went since then, and its pace of late. None without any reading."""
    amount = _counted(series, device, metric, since, now)
    if amount is None:
        return None
    start = max(since, now - pace_over) if now - since > DAY else now - pace_over
    recent = _counted(series, device, metric, start, now) or 0.0
    return Used(amount, recent / max((now - start) / DAY, 1.0))


def busy_hours(series: SeriesStore, device: Device, zone: ZoneInfo, now: int) -> Busy:
    """How busy it usually is by hour of the week; empty if nothing shows it."""
    metric = usage_metric(device)
    if metric is None:
        return {}
    end = now - now % HOUR
    start = end - WEEKS * 7 * DAY
    is_counter = device.profile.metrics[metric].kind == "counter"
    for component in _components(series, device.id, metric):
        points = series.range(device.id, metric, component, start, end, WEEKS * 7 * 24).points
        return busy_by_hour(points, zone, is_counter=is_counter)
    return {}


def usage_metric(device: Device) -> str | None:
    """What shows that it is in use: a counter that a plan counts, else the power it draws."""
    counted = [plan.use.metric for plan in device.plans if plan.use is not None]
    known = device.profile.metrics
    return next((name for name in (*counted, POWER) if name in known), None)


def examined(
    series: SeriesStore, device: Device, zone: ZoneInfo, period: Interval
) -> Examined | None:
    """How many examinations its counter counted in the period. None: that cannot be known.

    Each end of a period is the reading that is nearest by the device's covered hours, so the counts
    of adjacent periods add up. It is known if that is within 24 covered hours, or if the counter
    stood still from the reading before the end to the one after.
    """
    start, end = period
    if EXAMINATIONS not in device.profile.metrics or end <= start:
        return None
    wide = (start - AROUND, end + AROUND)
    points = (wide[1] - wide[0]) // HOUR
    hours = device.hours(zone)
    curves = [
        series.range(device.id, EXAMINATIONS, component, *wide, points)
        for component in _components(series, device.id, EXAMINATIONS)
    ]
    counts = [_between(curve.points, period, hours) for curve in curves]
    known = [count for count in counts if count is not None]
    if not known or len(known) < len(counts):
        return None
    return Examined(sum(count.n for count in known), max(count.hours for count in known))


def _between(points: Sequence[Point], period: Interval, hours: Hours) -> Examined | None:
    ends = [_nearest(points, edge, hours) for edge in period]
    if ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return None
    first, *rest = points[ends[0] : ends[1] + 1]
    counted = [first._replace(low=first.high), *rest]
    if any(_began_anew(*pair, hours) for pair in pairwise(counted)):
        return None
    return Examined(round(amount_used(counted)), (counted[-1].at - first.at) / HOUR)


def _nearest(points: Sequence[Point], edge: int, hours: Hours) -> int | None:
    """The point that says how far the counter was at that moment; of two as near the earlier."""
    after = bisect_right(points, edge, key=lambda point: point.at)
    near = [index for index in (after - 1, after) if 0 <= index < len(points)]
    if len(near) == 2 and points[after - 1].high == points[after].low:
        return after - 1
    distances = [(_covered(points[index].at, edge, hours), index) for index in near]
    distance, nearest = min(distances, default=(NEAR + 1, 0))
    return nearest if distance <= NEAR else None


def _began_anew(point: Point, following: Point, hours: Hours) -> bool:
    """Did it fall between readings so far apart that nobody knows what it counted meanwhile?"""
    return following.low < point.high and _covered(point.at, following.at, hours) > NEAR


def _covered(at: int, other: int, hours: Hours) -> int:
    """The covered time between two moments, in milliseconds."""
    return length(hours.between(*sorted((at, other))))


def _counted(series: SeriesStore, device: str, metric: str, start: int, end: int) -> float | None:
    curves = [
        series.range(device, metric, component, start, end, POINTS)
        for component in _components(series, device, metric)
    ]
    return sum(_amount(curve) for curve in curves) if any(c.points for c in curves) else None


def _amount(curve: Curve) -> float:
    return amount_used(curve.points)


def _components(series: SeriesStore, device: str, metric: str) -> list[str]:
    return [reading.component for reading in series.latest(device) if reading.metric == metric]


def latest_value(
    series: SeriesStore, device: str, metric: str, until: int | None = None
) -> float | None:
    """The newest reading of a metric up to `until`, UTC ms; of several components the newest of all."""
    readings = [reading for reading in series.latest(device, until) if reading.metric == metric]
    return max(readings, key=lambda reading: reading.at).value if readings else None
