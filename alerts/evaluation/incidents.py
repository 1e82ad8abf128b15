"""Puts alerts that fire into incidents: what broke together, under the one cause that explains it.

In the engine's own transaction, so after a crash an alert that has fired is in an incident. Nothing
here tells anybody: `alerts/notification` compares what incidents are with what was told of them.
"""

from collections import defaultdict
from functools import cached_property

from sqlalchemy.orm import Session

from alerts.evaluation.dependencies import SETTLE, Dependencies
from core.time.clock import MINUTE
from storage.records import Alert, Incident
from storage.records import alerts as alert_rows
from storage.records import incidents as incident_rows

# Alerts of one device that fire within this time broke together. Scanward's default, no source.
TOGETHER = 5 * MINUTE


class Incidents:
    """The incidents of one transaction of the engine at `now`, UTC ms."""

    def __init__(self, db: Session, dependencies: Dependencies, now: int) -> None:
        self._db = db
        self._dependencies = dependencies
        self._now = now

    @cached_property
    def _recent(self) -> dict[str, dict[int, Alert]]:
        """What has fired and is open, or ended so lately that it may still explain, by device."""
        recent: dict[str, dict[int, Alert]] = defaultdict(dict)
        for alert in reversed(alert_rows.alerts_since(self._db, self._now - SETTLE)):
            if alert.fired_at is not None:
                recent[alert.device][alert.id] = alert
        return recent

    def fired(self, alert: Alert) -> None:
        """An alert has begun to fire: it joins what explains it, or what broke with it, or begins anew.

        What fired shortly before and is explained by it comes along.
        """
        self._db.flush()  # it has its number
        self._place(alert)
        self._recent[alert.device][alert.id] = alert
        reach = self._dependencies.reach(alert)
        if reach == "nothing":
            return
        names = list(self._recent) if reach == "site" else self._dependencies.reached(alert.device)
        for other in [other for name in names for other in self._recent[name].values()]:
            is_open = other.ended_at is None and other.incident_id != alert.incident_id
            if is_open and self._dependencies.explains(alert, other, self._now):
                self._move(other, alert)

    def settle(self) -> None:
        """End what is over, and let go of what its ended cause no longer explains."""
        incidents = {incident.id: incident for incident in incident_rows.open_incidents(self._db)}
        if incidents:
            for number, alerts in incident_rows.alerts_of_open(self._db).items():
                self._settle(incidents.pop(number), alerts)
            for left in incidents.values():
                left.ended_at = self._now  # nothing is in it

    def explained_by(self, alert: Alert) -> str:
        """The device whose alert explains this one; empty if none does."""
        cause = self._dependencies.best(self._causes(alert), alert, self._now)
        return "" if cause is None else cause.device

    def _settle(self, incident: Incident, alerts: list[Alert]) -> None:
        cause = next((alert for alert in alerts if alert.id == incident.cause_id), None)
        if cause is not None and cause.ended_at is not None:
            for alert in alerts:
                is_open = alert.ended_at is None and alert.device != cause.device
                if is_open and self._now >= cause.ended_at + SETTLE:
                    alert.incident_id = None
                    self._place(alert)
        remaining = [alert for alert in alerts if alert.incident_id == incident.id]
        if all(alert.ended_at is not None for alert in remaining):
            ends = [alert.ended_at for alert in remaining if alert.ended_at is not None]
            incident.ended_at = max(ends, default=self._now)

    def _causes(self, alert: Alert) -> list[Alert]:
        """What may explain it: alerts of its device, of what that depends on, and of the whole site."""
        names = {alert.device, *self._dependencies.ancestors(alert.device)}
        names.update(self._dependencies.site_wide.intersection(self._recent))
        return [
            other
            for name in names
            for other in self._recent[name].values()
            if other.incident_id is not None
        ]

    def _place(self, alert: Alert) -> None:
        cause = self._dependencies.best(self._causes(alert), alert, self._now)
        if cause is None:
            siblings = self._recent[alert.device].values()
            cause = next((other for other in siblings if _broke_together(other, alert)), None)
        if cause is not None and cause.incident_id is not None:
            alert.incident_id = self._reopened(cause.incident_id).id
            return
        incident = Incident(began_at=alert.began_at, cause_id=alert.id)
        self._db.add(incident)
        self._db.flush()
        alert.incident_id = incident.id

    def _reopened(self, incident_id: int) -> Incident:
        """The incident, open: one whose cause has just ended may have its last symptom still to come."""
        incident = self._db.get_one(Incident, incident_id)
        if incident.merged_into_id is not None:
            return self._reopened(incident.merged_into_id)
        incident.ended_at = None
        return incident

    def _move(self, alert: Alert, cause: Alert) -> None:
        """Its incident was a symptom of another; what is left of it has another cause."""
        assert alert.incident_id is not None
        assert cause.incident_id is not None
        left = self._db.get_one(Incident, alert.incident_id)
        alert.incident_id = cause.incident_id
        self._db.flush()
        staying = incident_rows.alerts_of(self._db, [left.id]).get(left.id, [])
        joined = self._db.get_one(Incident, cause.incident_id)
        joined.began_at = min(joined.began_at, alert.began_at)
        if staying:
            left.cause_id = staying[0].id
        else:
            left.ended_at, left.merged_into_id = self._now, joined.id


def _broke_together(other: Alert, alert: Alert) -> bool:
    """Of one device: at the same time, or two things wrong with the same value."""
    assert alert.fired_at is not None
    if other.id == alert.id or other.ended_at is not None or other.incident_id is None:
        return False
    assert other.fired_at is not None  # it is in an incident
    return other.metric == alert.metric or abs(alert.fired_at - other.fired_at) <= TOGETHER
