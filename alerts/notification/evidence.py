"""Reads what a message is written from: an alert with its detector's verdict, an incident with its alerts."""

from sqlalchemy.orm import Session

from alerts.notification.incident_message import IncidentEvidence
from core.schema.site import Site
from core.vocabulary.alerts import AlertState
from storage.records import Alert, Verdict
from storage.records import alerts as alert_rows
from storage.records import incidents as incident_rows
from storage.records import verdicts as verdict_rows
from storage.records.incidents import Incident, Notice


def incident_evidence(site: Site, db: Session, notice: Notice) -> IncidentEvidence:
    """All of an incident as it is now; of the one that it was merged into, if it was."""
    incident, alerts = incident_with_alerts(db, notice.incident_id)
    evidence = IncidentEvidence(notice, incident, alerts)
    after: AlertState = "ok" if notice.kind == "over" else "firing"
    transition = alert_rows.last_transition(db, evidence.cause.id, after)
    if transition is None:
        return evidence
    verdict = verdict_behind(site, db, evidence.cause, transition.at)
    return IncidentEvidence(notice, incident, evidence.alerts, transition.value, verdict)


def incident_with_alerts(db: Session, incident_id: int) -> tuple[Incident, list[Alert]]:
    """The incident, or the one that it turned out to be part of, and its alerts."""
    incident = whole_incident(db, incident_id)
    alerts = incident_rows.alerts_of(db, [incident.id]).get(incident.id)
    return incident, alerts or [db.get_one(Alert, incident.cause_id)]


def whole_incident(db: Session, incident_id: int) -> Incident:
    """The incident, or the one that it turned out to be part of."""
    incident = db.get_one(Incident, incident_id)
    passed: set[int] = set()
    while incident.merged_into_id is not None and incident.id not in passed:
        passed.add(incident.id)
        incident = db.get_one(Incident, incident.merged_into_id)
    return incident


def verdict_behind(site: Site, db: Session, alert: Alert, at: int) -> Verdict | None:
    """The verdict with which a detector made the alert come to its state at that moment."""
    detector = _detector_of(site, alert)
    return verdict_rows.verdict_at(db, detector, at) if detector else None


def _detector_of(site: Site, alert: Alert) -> verdict_rows.DetectorKey | None:
    """The detector behind an alert; None if a reading alone made it."""
    device = site.devices.get(alert.device)
    for rule in device.profile.rules if device else ():
        if rule.id == alert.rule and rule.detector_id is not None:
            return alert.device, alert.component, rule.detector_id
    return None
