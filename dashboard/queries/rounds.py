"""Rounds: what only a person can read from a panel, device by device."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.readings import Reading
from core.schema.metric import Metric
from core.schema.site import Device
from core.text.phrase import Phrase
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.device_status import RESPONSE, UP, feeds
from maintenance.rounds.doubt import TypedNumber, doubt
from maintenance.rounds.manual_entry import EnteredValue
from storage.records import ManualReading
from storage.records import manual_readings as manual_rows


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One number that a person reads, with its limits and what was read last."""

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


def lines(device: Device) -> list[RoundLine]:
    """What no source brings: the measured items of the device's plans, and such metrics else."""
    latest = {
        (reading.metric, reading.component): reading
        for reading in fleet_queries.latest()
        if reading.device == device.id
    }
    return [
        RoundLine(name, device.profile.metrics[name], component, *_limits(device, name, component),
                  latest.get((name, component)))
        for name in _manual_metrics(device)
        for component in _components(device, name)
    ]  # fmt: skip


def devices() -> list[Device]:
    """Those of which anything is read by hand."""
    return [device for device in stores.site().devices.values() if _manual_metrics(device)]


def newest(device: str, limit: int) -> list[ManualReading]:
    """What was entered last, newest first."""
    with stores.records().reading() as db:
        return manual_rows.manual_readings(db, device, limit)


def doubts(device: str, values: Sequence[EnteredValue], at: int | None) -> list[Phrase | None]:
    """For each number read at `at` (None: now) why it can hardly be right, if so."""
    site, now = stores.site(), stores.now()
    known, moment = site.device(device), now if at is None else at
    with stores.records().reading() as db:
        return [
            doubt(db, site, TypedNumber(known, metric, component, value, moment), now)
            for metric, value, component, _ in values
        ]


def _manual_metrics(device: Device) -> list[str]:
    """The metrics that no source of the device brings."""
    names = device.profile.metrics
    return [name for name in names if name not in (UP, RESPONSE) and not feeds(device, name)]


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
    lows = [*_plan_limits(device, name, component, "low")]
    highs = [*_plan_limits(device, name, component, "high")]
    for rule in device.profile.limits(name, component):
        if rule.below is not None:
            lows.append(rule.below)
        if rule.above is not None:
            highs.append(rule.above)
    return max(lows, default=None), min(highs, default=None)


def _plan_limits(
    device: Device, name: str, component: str, end: Literal["low", "high"]
) -> Iterator[float]:
    for plan in device.plans:
        for item in plan.items:
            measure = item.measure
            if measure and (measure.metric, measure.component) == (name, component):
                value = measure.low if end == "low" else measure.high
                if value is not None:
                    yield value
