"""The status of a device: pure rules over what is stored, no storage and no clock.

Stale is never shown as fresh. A device that does not answer is `unavailable`; one that answers but
whose metric is silent has that metric `unknown`; both differ from `ok` and from zero.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.readings import Reading
from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.schema.site import Device
from core.vocabulary.severity import Severity
from dashboard.views.freshness import fresh_within
from dashboard.views.windows import WindowRow, maintenance_now
from storage.records import Downtime

State = Literal["critical", "error", "unavailable", "warning", "unknown", "info", "ok"]
Availability = Literal["ok", "unknown", "unavailable"]

ORDER: tuple[State, ...] = ("critical", "error", "unavailable", "warning", "unknown", "info", "ok")
WRONG: frozenset[State] = frozenset({"critical", "error", "warning"})

UP, RESPONSE = "up", "response_ms"  # what every source has; shown with the sources

_WORD_NUMBER = re.compile(r"(\D*)(\d*)")


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as the screen and the API show it."""

    device: str
    component: str
    rule: str
    title: str
    severity: Severity
    metric: str
    state: str
    began_at: int
    fired_at: int | None
    ended_at: int | None
    value: float | None
    limit: float | None
    id: int = 0
    opinion: str = ""  # true, false or unknown: what somebody said of it
    acknowledged_at: int | None = None
    acknowledged_by: str = ""
    silenced_until: int | None = None
    suppressed_by: str = ""  # a device that explains it, or `window 12`
    window_of: str = ""  # the device whose maintenance window that is
    end_reason: str = ""  # if no reading ended it
    fired_value: float | None = None  # that made it fire; `value` is the worst so far
    cleared_at: int | None = None  # right again since, while it is watched whether it stays so
    watched_for: int = 0  # how long it must stay right, in milliseconds
    unknown_since: int | None = None  # its device has not answered since, so nobody can tell
    incident: int | None = None
    cause: int | None = None  # the alert that explains all of its incident

    @property
    def is_firing(self) -> bool:
        """Open, and past its hold; one that is right again counts until it has stayed so."""
        return self.state in ("firing", "clearing") and self.ended_at is None

    @property
    def is_clearing(self) -> bool:
        """Right again, and watched whether it stays so."""
        return self.state == "clearing" and self.ended_at is None

    @property
    def explained_by(self) -> str:
        """The device whose alert explains this one; empty if none does."""
        return "" if self.suppressed_by.startswith("window ") else self.suppressed_by


@dataclass(frozen=True, slots=True)
class DownRow:
    """A device that cannot be used now, or only in part, by its open downtime."""

    id: int
    device: str
    is_hard: bool
    is_planned: bool
    began_at: int
    order: int | None  # the work order that will end it

    @property
    def state(self) -> State:
        """The state it puts the device in. Work that was planned is no fault."""
        if self.is_planned:
            return "info"
        return "error" if self.is_hard else "warning"


def down_row(downtime: Downtime) -> DownRow:
    """A downtime that has not ended."""
    return DownRow(
        downtime.id,
        downtime.device,
        downtime.extent == "hard",
        downtime.cause == "planned",
        downtime.began_at,
        downtime.order_id,
    )


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source of a device's readings."""

    kind: str
    title: str  # of the kind, in English
    component: str  # of its `up`
    up: bool | None  # None: never seen
    at: int | None
    is_fresh: bool
    response_ms: float | None = None

    @property
    def answers(self) -> bool:
        """It was up when last polled or heard of, and that is not long ago."""
        return self.up is True and self.is_fresh


@dataclass(frozen=True, slots=True)
class Value:
    """One metric of one component, as it is known now; no `reading` if there never was any."""

    name: str
    metric: Metric
    component: str
    reading: Reading | None
    availability: Availability
    severity: Severity | None  # of the worst alert firing on it
    limits: tuple[LimitRule, ...]


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """Everything the screen says about a device now."""

    device: Device
    state: State
    last_seen_at: int | None  # when the device itself last sent anything
    sources: tuple[SourceState, ...]
    values: tuple[Value, ...]
    alerts: tuple[AlertRow, ...]  # open ones, the worst first
    down: tuple[DownRow, ...] = ()  # the oldest first
    windows: tuple[WindowRow, ...] = ()  # open or to come, the next first

    @property
    def firing(self) -> tuple[AlertRow, ...]:
        """Open alerts that are past their hold."""
        return tuple(alert for alert in self.alerts if alert.is_firing)

    @property
    def because_of(self) -> str:
        """The other device that explains all that fires here; empty if something is its own."""
        own = self.device.id
        causes = [alert.explained_by for alert in self.firing if alert.explained_by != own]
        return causes[0] if causes and all(causes) else ""

    @property
    def maintenance(self) -> WindowRow | None:
        """By which all of the device is at work now."""
        return maintenance_now(self.windows)


def device_status(
    device: Device,
    readings: Sequence[Reading],
    alerts: Sequence[AlertRow],
    now: int,
    *,
    down: Sequence[DownRow] = (),
    windows: Sequence[WindowRow] = (),
    is_judged: bool = True,
) -> DeviceStatus:
    """The status of `device`. While readings come that nobody judges, nothing is ok."""
    worst_first = sorted(alerts, key=lambda alert: (_rank(alert), alert.began_at))
    sources = source_states(device, readings, now)
    state = device_state(worst_first, sources, down)
    seen = [r.at for r in readings if not (r.metric == UP and r.value == 0)]
    return DeviceStatus(
        device=device,
        state="unknown" if state == "ok" and not is_judged else state,
        last_seen_at=max(seen, default=None),
        sources=sources,
        values=tuple(_values(device, readings, worst_first, sources, now)),
        alerts=tuple(worst_first),
        down=tuple(down),
        windows=tuple(windows),
    )


def device_state(
    alerts: Iterable[AlertRow], sources: Sequence[SourceState], down: Sequence[DownRow] = ()
) -> State:
    """The worst firing alert, or that it cannot be used; else whether it answers.

    When nothing of a device answers, an alert about `up` says no more than `unavailable` does.
    """
    firing = [alert for alert in alerts if alert.is_firing]
    is_lost = _is_lost(sources)
    states: list[State] = [
        alert.severity for alert in firing if not (is_lost and alert.metric == UP)
    ]
    states += [row.state for row in down]
    if is_lost:
        states.append("unavailable")
    elif all(source.up is None for source in sources):
        states.append("unknown")
    return min(states, key=ORDER.index, default="ok")


def source_states(device: Device, readings: Sequence[Reading], now: int) -> tuple[SourceState, ...]:
    """Each source's newest `up`."""
    ups = {r.component: r for r in readings if r.metric == UP}
    times = {r.component: r for r in readings if r.metric == RESPONSE}
    states: dict[str, SourceState] = {}
    for source in device.sources:
        component = source.up_component
        up, response = ups.get(component), times.get(component)
        states[component] = SourceState(
            kind=source.kind,
            title=source.title,
            component=component,
            up=None if up is None else bool(up.value),
            at=None if up is None else up.at,
            is_fresh=up is not None and now - up.at <= source.reachable_within(),
            response_ms=response.value if up and response and response.at == up.at else None,
        )
    return tuple(states.values())


def in_order(component: str) -> list[tuple[str, int]]:
    """A sort key that puts port2 before port10."""
    return [(word, int(digits or 0)) for word, digits in _WORD_NUMBER.findall(component)]


def _values(
    device: Device,
    readings: Sequence[Reading],
    alerts: Sequence[AlertRow],
    sources: Sequence[SourceState],
    now: int,
) -> Iterable[Value]:
    states = {state.component: state for state in sources}
    derived = device.profile.derived
    supplied = [(source, source.metrics_supplied(device.profile)) for source in device.sources]
    for name, metric in device.profile.metrics.items():
        if name in (UP, RESPONSE) or name in derived:
            continue
        newest: list[Reading | None] = [r for r in readings if r.metric == name]
        newest.sort(key=lambda reading: in_order(reading.component) if reading else [])
        fed_by = [source for source, metrics in supplied if name in metrics]
        longest = fresh_within(fed_by)
        own = [states[source.up_component] for source in fed_by]
        is_lost = _is_lost(own or sources)
        for reading in newest or [None]:
            component = reading.component if reading else ""
            is_late = reading is None or (longest is not None and now - reading.at > longest)
            on_it = [a for a in alerts if a.metric == name and a.component == component]
            firing = [a.severity for a in on_it if a.is_firing and not a.is_clearing]
            yield Value(
                name=name,
                metric=metric,
                component=component,
                reading=reading,
                availability="unavailable" if is_lost else "unknown" if is_late else "ok",
                severity=firing[0] if firing else None,
                limits=tuple(device.profile.limits(name, component)),
            )


def _is_lost(sources: Sequence[SourceState]) -> bool:
    """It answered once, and by no source now."""
    was_seen = any(source.up is not None for source in sources)
    return was_seen and not any(source.answers for source in sources)


def _rank(alert: AlertRow) -> tuple[bool, int]:
    return not alert.is_firing, ORDER.index(alert.severity)
