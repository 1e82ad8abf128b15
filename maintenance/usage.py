"""What the readings say of how much a device is used."""

from zoneinfo import ZoneInfo

from core.clock import DAY, HOUR
from core.site import Device
from maintenance.due import RATE_OVER, Busy, Used, amount_used, busy_by_hour
from storage.series.store import SeriesStore

POINTS = 2000
WEEKS = 4
POWER = "mains_power_w"


def used_since(series: SeriesStore, device: str, metric: str, since: int, now: int) -> Used | None:
    """How far the device's counter went since then, and its pace. None without any reading."""
    curves = [
        series.range(device, metric, component, since, now, POINTS).points
        for component in _components(series, device, metric)
    ]
    if not any(curves):
        return None
    start = max(since, now - RATE_OVER)
    recent = sum(amount_used(p for p in points if p.at >= start) for points in curves)
    amount = sum(amount_used(points) for points in curves)
    return Used(amount, recent / max((now - start) / DAY, 1.0))


def busy_hours(series: SeriesStore, device: Device, zone: ZoneInfo, now: int) -> Busy:
    """How busy it usually is by hour of the week; empty if nothing tells."""
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
    """What tells that it is in use: a counter that a plan counts, else the power it draws."""
    counted = [plan.use.metric for plan in device.plans if plan.use is not None]
    known = device.profile.metrics
    return next((name for name in (*counted, POWER) if name in known), None)


def _components(series: SeriesStore, device: str, metric: str) -> list[str]:
    return [one.component for one in series.latest(device) if one.metric == metric]


def latest_value(series: SeriesStore, device: str, metric: str) -> float | None:
    """The newest reading of a metric; of several components the newest of all."""
    found = [one for one in series.latest(device) if one.metric == metric]
    return max(found, key=lambda one: one.at).value if found else None
