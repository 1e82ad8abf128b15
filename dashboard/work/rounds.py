"""Rounds: what only a person can read from a panel, device by device."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import RefusedError
from core.readings import Reading
from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.schema.site import Device
from dashboard.forms import writing
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.device_status import RESPONSE, UP, feeds
from maintenance.rounds.manual_entry import enter
from storage.records import ManualReading
from storage.records import manual_readings as manual_rows


@dataclass(frozen=True, slots=True)
class Line:
    """One number that is asked for, with its limits and what was read last."""

    name: str
    metric: Metric
    component: str
    low: float | None
    high: float | None
    last: Reading | None

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"{self.name}/{self.component}"

    def is_outside(self, value: float) -> bool:
        """Beyond a limit of a plan or of a rule of the profile."""
        return (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        )

    def has_fallen(self, value: float) -> bool:
        """A running number below what was read last: a new machine, or the number of a day."""
        return self.metric.kind == "counter" and self.last is not None and value < self.last.value


def lines(device: Device) -> list[Line]:
    """What no source brings: the measured items of the device's plans, and such metrics else."""
    latest = {
        (one.metric, one.component): one
        for one in fleet_queries.latest()
        if one.device == device.id
    }
    return [
        Line(name, metric, component, *_limits(device, name, component),
             latest.get((name, component)))
        for name, metric in device.profile.metrics.items()
        if name not in (UP, RESPONSE) and not feeds(device, name)
        for component in _components(device, name)
    ]  # fmt: skip


def devices() -> list[Device]:
    """Those of which anything is read by hand."""
    return [
        device
        for device in stores.site().devices.values()
        if any(
            name not in (UP, RESPONSE) and not feeds(device, name)
            for name in device.profile.metrics
        )
    ]


def save(device: str, values: Sequence[tuple[str, str, float]], at: int) -> int:
    """Numbers by metric and component, all or none; how many. What is stored already is not doubled."""
    if not values:
        raise RefusedError("no number has been typed yet")
    with writing() as desk:
        one = desk.device(device)
        for metric, component, value in values:
            enter(desk.db, one, metric, value, at=at, by=desk.by, now=desk.now, component=component)
        return len(values)


def newest(device: str, limit: int) -> list[ManualReading]:
    """What was entered last, newest first."""
    with stores.records().reading() as db:
        return manual_rows.manual_readings(db, device, limit)


def _components(device: Device, name: str) -> list[str]:
    measured = {
        item.measure.component
        for plan in device.plans
        for item in plan.items
        if item.measure is not None and item.measure.metric == name
    }
    return sorted(measured) or [""]


def _limits(device: Device, name: str, component: str) -> tuple[float | None, float | None]:
    """The narrowest that plans and rules accept."""
    lows = [*_plan_ends(device, name, component, "low")]
    highs = [*_plan_ends(device, name, component, "high")]
    rules: Iterable[LimitRule] = device.profile.limits(name, component)
    for rule in rules:
        if rule.below is not None:
            lows.append(rule.below)
        if rule.above is not None:
            highs.append(rule.above)
    return max(lows, default=None), min(highs, default=None)


def _plan_ends(device: Device, name: str, component: str, end: str) -> Iterator[float]:
    for plan in device.plans:
        for item in plan.items:
            measure = item.measure
            if measure and (measure.metric, measure.component) == (name, component):
                value = measure.low if end == "low" else measure.high
                if value is not None:
                    yield value
