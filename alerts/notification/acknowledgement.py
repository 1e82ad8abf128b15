"""Somebody takes care of an incident: all of it that fires is acknowledged, until it is worse or for a day."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from alerts.notification.due import NoticeClock, NoticePolicy, acknowledged_until
from alerts.notification.evidence import whole_incident
from core.errors import RefusedError
from core.schema.site import Site
from storage.records import Alert, Incident
from storage.records import alerts as alert_rows
from storage.records import incidents as incident_rows
from storage.records.transaction import Transaction, needs


@needs("acknowledge an alert")
def acknowledge_incident(tx: Transaction, incident_id: int) -> Incident:
    """Note who takes care of all that fires of it, or of what it turned out to be part of.

    What was acknowledged before and still is stays as it was. RefusedError if it has ended, or there
    is none.
    """
    if tx.db.get(Incident, incident_id) is None:
        raise RefusedError("there is no incident {incident}", incident=incident_id)
    incident = whole_incident(tx.db, incident_id)
    if incident.ended_at is not None:
        raise RefusedError("the alert has ended: there is nothing to acknowledge any more")
    alerts = incident_rows.alerts_of(tx.db, [incident.id]).get(incident.id, [])
    acknowledge_all(tx, [alert for alert in alerts if alert.ended_at is None])
    return incident


def acknowledge_all(tx: Transaction, alerts: Sequence[Alert]) -> None:
    """Note who has seen them; anew where an acknowledgement has lapsed, or it got worse after."""
    valid = acknowledged(tx.db, tx.site, alerts, tx.now)
    for alert in alerts:
        if alert.id not in valid:
            alert.acknowledged_at = None
        alert_rows.acknowledge(alert, by=tx.by, now=tx.now)


def acknowledged(db: Session, site: Site, alerts: Sequence[Alert], now: int) -> set[int]:
    """Those whose acknowledgement still holds at that moment (UTC ms)."""
    incidents = {alert.incident_id or 0 for alert in alerts if alert.acknowledged_at is not None}
    notices = incident_rows.notices_of(db, incidents)
    policy = NoticePolicy(acknowledged_for=site.file.notices.acknowledged_for)
    clock = NoticeClock(now)
    valid = set()
    for alert in alerts:
        until = acknowledged_until(alert, notices.get(alert.incident_id or 0, ()), clock, policy)
        if until is not None and until > now:
            valid.add(alert.id)
    return valid
