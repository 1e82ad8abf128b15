"""Incidents as the pages show them: what broke together, under the one cause that explains it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.vocabulary.severity import Severity
from core.vocabulary.work_orders import OrderState
from dashboard.views.device_status import ORDER, WRONG, AlertRow, DeviceStatus, DownRow, State

# By which the devices are counted and filtered, the worst first, and how each looks.
FILTERS: dict[str, State] = {
    "wrong": "critical",
    "warning": "warning",
    "silent": "unavailable",
    "explained": "unknown",
    "unknown": "unknown",
    "ok": "ok",
}
_FILTER_OF: dict[State, str] = {
    "critical": "wrong",
    "error": "wrong",
    "warning": "warning",
    "unavailable": "silent",
    "unknown": "unknown",
    "info": "ok",
    "ok": "ok",
}


@dataclass(frozen=True, slots=True)
class IncidentOrder:
    """A work order that is open, or not signed, for an alert of an incident."""

    number: int
    alert: int
    state: OrderState
    assigned_to: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """What broke together. An alert that is in no incident is shown as one by itself."""

    id: int  # 0: its alert is in none
    is_over: bool
    alerts: tuple[AlertRow, ...]  # the cause first, then as they fired; at least one
    orders: tuple[IncidentOrder, ...] = ()
    down: tuple[DownRow, ...] = ()  # of its devices, the oldest first; no planned work
    own_downtimes: frozenset[int] = frozenset()  # of `down`, those that its alerts or orders made

    @property
    def cause(self) -> AlertRow:
        """The alert that explains the others; it may have ended before them."""
        return self.alerts[0]

    @property
    def open_alerts(self) -> tuple[AlertRow, ...]:
        """What has not ended."""
        return tuple(alert for alert in self.alerts if alert.ended_at is None)

    @property
    def others(self) -> tuple[AlertRow, ...]:
        """What has not ended, without the cause."""
        return tuple(alert for alert in self.open_alerts if alert.id != self.cause.id)

    @property
    def own_alerts(self) -> tuple[AlertRow, ...]:
        """What has not ended and is explained by nothing else; all of it if everything is."""
        own = tuple(alert for alert in self.open_alerts if not alert.suppressed_by)
        return own or self.open_alerts

    @property
    def began_at(self) -> int:
        """When the first of them was wrong, UTC ms."""
        return min(alert.began_at for alert in self.alerts)

    @property
    def severity(self) -> Severity:
        """How bad it is now; of the cause if all is over."""
        severities = [alert.severity for alert in self.own_alerts]
        return min(severities, key=ORDER.index, default=self.cause.severity)

    @property
    def is_acknowledged(self) -> bool:
        """Somebody takes care of it; what came later and is explained by it asks nobody anew."""
        return all(alert.acknowledged_at is not None for alert in self.own_alerts)

    @property
    def acknowledged_by(self) -> tuple[str, ...]:
        """Who takes care of it, each once."""
        return tuple(dict.fromkeys(a.acknowledged_by for a in self.own_alerts if a.acknowledged_by))


def problems(statuses: Iterable[DeviceStatus]) -> int:
    """How many things are wrong: an incident is one, on however many devices.

    A device that is wrong without an incident, as when somebody noted that it cannot be used, is one.
    """
    wrong: set[int | str] = set()
    for status in statuses:
        if status.state in WRONG or status.because_of:
            alerts = [alert for alert in status.firing if alert.severity in WRONG]
            wrong.update(alert.incident or alert.device for alert in alerts)
            if not alerts and not status.because_of:
                wrong.add(status.device.id)
    return len(wrong)


def filter_of(status: DeviceStatus) -> str:
    """The one filter that a device is counted under: each tile once."""
    return "explained" if status.because_of else _FILTER_OF[status.state]


def chosen(statuses: Sequence[DeviceStatus], name: str) -> Sequence[DeviceStatus]:
    """Those under one filter; all of them if there is no such filter."""
    return [s for s in statuses if filter_of(s) == name] if name in FILTERS else statuses


def urgency(status: DeviceStatus) -> int:
    """Rank of a device among others, the most urgent first; what another one explains is no emergency."""
    return ORDER.index("unknown" if status.because_of else status.state)
