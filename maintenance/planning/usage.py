"""How much a device is used, from its readings."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.time.clock import DAY, HOUR
from core.time.covered_hours import Hours, Interval, length
from maintenance.planning.due import RATE_OVER, Busy, Used, busy_by_hour, expected_by_hour
from maintenance.rounds.counter import amount_used
from storage.series import Curve
from storage.series.curve import Point
from storage.series.store import SeriesStore

POINTS = 2000
WEEKS = 4
POWER = "mains_power_w"
LOAD = "scan_load_pct"  # the share of each hour in which it scanned
# What DICOM has counted has this component, and counts alone: what is typed by hand beside it, or told by
# a log, is of the same examinations. Before DICOM began the others count.
DICOM = "dicom"
PLUG = "plug"  # read from its plug's curve: where nothing else counts
SILENT = 2 * DAY  # DICOM's counters have a reading each hour in which the PACS was asked
DICOM_COUNTERS = frozenset(
    {"examination_count", "series_count", "image_count", "exposures_count", "scan_seconds"}
)
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
    end = now - now % HOUR
    start = end - WEEKS * 7 * DAY
    for metric in usage_metrics(device):
        is_counter = device.profile.metrics[metric].kind == "counter"
        for component in _components(series, device.id, metric):
            points = series.range(device.id, metric, component, start, end, WEEKS * 7 * 24).points
            if points:
                return busy_by_hour(points, zone, is_counter=is_counter)
    return {}


def expected_examinations(
    series: SeriesStore, device: Device, zone: ZoneInfo, now: int, away: Sequence[Interval] = ()
) -> Busy | None:
    """How many examinations it usually does by hour of the week; `away` is when it could not be used.

    Empty for what examines nobody; None where nobody knows.
    """
    if EXAMINATIONS not in device.profile.metrics:
        return {} if device.profile.group == "infrastructure" else None
    start = now - WEEKS * 7 * DAY
    for component in _components(series, device.id, EXAMINATIONS):
        points = series.range(device.id, EXAMINATIONS, component, start, now, WEEKS * 7 * 24).points
        expected = expected_by_hour(points, zone, now, away)
        if expected is not None:
            return expected
    return None


def usage_metrics(device: Device) -> list[str]:
    """What shows that it is in use, the best first: its load, a counter that a plan counts, its power."""
    counted = [
        metric for plan in device.plans if plan.use is not None for metric in plan.use.metrics
    ]
    known = device.profile.metrics
    return [name for name in (LOAD, *counted, POWER) if name in known]


def examined(
    series: SeriesStore, device: Device, zone: ZoneInfo, period: Interval
) -> Examined | None:
    """How many examinations its counters counted in the period. None: that cannot be known.

    Each end of a period is the reading that is nearest by the device's covered hours, so the counts
    of adjacent periods add up. It is known if that is within 24 covered hours, or if the counter
    stood still from the reading before the end to the one after.
    """
    start, end = period
    if EXAMINATIONS not in device.profile.metrics or end <= start:
        return None
    hours = device.hours(zone)
    parts = _parts(series, device.id, EXAMINATIONS, period, hours)
    counts = _in_all(series, device.id, parts, hours)
    # A number that nobody typed at the period's ends may still be known to the plug.
    return counts or _in_all(series, device.id, [(PLUG, period)], hours)


def _in_all(
    series: SeriesStore, device: str, parts: Sequence[tuple[str, Interval]], hours: Hours
) -> Examined | None:
    counts = [
        _between(_around(series, device, component, part), part, hours) for component, part in parts
    ]
    known = [count for count in counts if count is not None]
    if not known or len(known) < len(counts):
        return None
    return Examined(sum(count.n for count in known), max(count.hours for count in known))


def _around(series: SeriesStore, device: str, component: str, period: Interval) -> Sequence[Point]:
    wide = (period[0] - AROUND, period[1] + AROUND)
    points = (wide[1] - wide[0]) // HOUR
    return series.range(device, EXAMINATIONS, component, *wide, points).points


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
        series.range(device, metric, component, *part, POINTS)
        for component, part in _parts(series, device, metric, (start, end), None)
    ]
    return sum(_amount(curve) for curve in curves) if any(c.points for c in curves) else None


def _amount(curve: Curve) -> float:
    return amount_used(curve.points)


def _parts(
    series: SeriesStore, device: str, metric: str, period: Interval, hours: Hours | None
) -> list[tuple[str, Interval]]:
    """Which component counts in which part of the period: DICOM's from when it began, the others before.

    The plug counts where nothing else does, also since DICOM fell silent. With `hours` a beginning that
    is near the period's counts as its own.
    """
    components = _components(series, device, metric)
    others = [own for own in components if own not in (DICOM, PLUG)]
    if not others and PLUG in components:
        others = [PLUG]
    if DICOM not in components:
        return [(component, period) for component in others]
    start, end = period
    began = _began(series, device, metric, period)
    is_near = began < end and hours is not None and _covered(start, began, hours) <= NEAR
    if not others or is_near or began <= start:
        began = start
    silent = _silent_since(series, device, metric, period) if PLUG in components else end
    parts = [
        *((component, (start, began)) for component in others),
        (DICOM, (began, max(silent, began))),
        (PLUG, (max(silent, began), end)),
    ]
    return [(component, part) for component, part in parts if part[0] < part[1]]


def _silent_since(series: SeriesStore, device: str, metric: str, period: Interval) -> int:
    """Since when DICOM told nothing more until the period's end; that end if it did within two days."""
    start, end = period
    newest = [
        reading.at
        for reading in series.latest(device, end)
        if (reading.metric, reading.component) == (metric, DICOM)
    ]
    last = max(newest, default=end)  # it began later
    return max(last, start) if end - last > SILENT else end


def _began(series: SeriesStore, device: str, metric: str, period: Interval) -> int:
    """When DICOM began to count, if that was in the period, else the end that is nearer to it."""
    start, end = period
    latest = series.latest(device, start)
    if any((reading.metric, reading.component) == (metric, DICOM) for reading in latest):
        return start
    points = series.range(device, metric, DICOM, start, end, POINTS).points
    return points[0].at if points else end


def _components(series: SeriesStore, device: str, metric: str) -> list[str]:
    """DICOM's first, the plug's last."""
    readings = series.latest(device)
    components = [reading.component for reading in readings if reading.metric == metric]
    return sorted(components, key=lambda component: (component != DICOM, component == PLUG))


def latest_value(
    series: SeriesStore, device: str, metric: str, until: int | None = None
) -> float | None:
    """The newest reading of a metric up to `until`, UTC ms; of several components the newest of all.

    A counter that DICOM counts on from zero: the newest of the others, which is the machine's own, and
    what DICOM has counted since.
    """
    readings = [reading for reading in series.latest(device, until) if reading.metric == metric]
    if not readings:
        return None
    others = [reading for reading in readings if reading.component != DICOM]
    if metric not in DICOM_COUNTERS or not others or len(others) == len(readings):
        return max(readings, key=lambda reading: reading.at).value
    typed = max(others, key=lambda reading: reading.at)
    end = max(reading.at for reading in readings) + 1
    since = series.range(device, metric, DICOM, typed.at, end, POINTS).points
    return typed.value + amount_used(since)
