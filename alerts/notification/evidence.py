"""Reads what a message is written from: an alert with its detector's verdict, an incident with its alerts."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.evaluation.reason import NO_CURVE
from alerts.notification.alert_lines import AlertFacts
from alerts.notification.incident_message import IncidentEvidence
from alerts.notification.last_time import last_repair
from alerts.notification.power_cut import is_power_cut, power_plan
from alerts.power import power_phrases
from core.errors import StoreError
from core.readings import UP, Reading
from core.schema.site import Site
from core.vocabulary.alerts import AlertState, NoticeKind
from storage.records import Alert, Transition, Verdict
from storage.records import alerts as alert_rows
from storage.records import incidents as incident_rows
from storage.records import verdicts as verdict_rows
from storage.records.incidents import Incident, Notice
from storage.series import Curve

log = logging.getLogger(__name__)


class SeriesAtHand(NamedTuple):
    """What a message asks of the readings; by itself it knows none."""

    # The newest of each series of a device.
    latest: Callable[[str], Sequence[Reading]] = lambda device: ()
    # Of one series (device, metric, component) over [start, end), in about so many points.
    curve: Callable[[str, str, str, int, int, int], Curve] = lambda *series: NO_CURVE


def incident_evidence(
    site: Site, db: Session, notice: Notice, series: SeriesAtHand, now: int
) -> IncidentEvidence:
    """All of an incident as it is at `now` (UTC ms); of the one that it was merged into, if it was."""
    incident, alerts = incident_with_alerts(db, notice.incident_id)
    evidence = IncidentEvidence(notice, incident, alerts)
    after: AlertState = "ok" if notice.kind == "over" else "firing"
    facts = alert_facts(site, db, evidence.cause, after, series, now)
    is_cut = not evidence.is_over and is_power_cut(site, evidence.cause)
    plan = power_plan(site, now) if is_cut else None
    return replace(evidence, facts=facts, plan=power_phrases(plan, site) if plan else ())


def alert_evidence(
    site: Site, db: Session, transition: Transition, alert: Alert, series: SeriesAtHand, now: int
) -> IncidentEvidence:
    """An alert by itself, of before there were incidents, as if it were one."""
    kind: NoticeKind = "over" if transition.after == "ok" else "fired"
    notice = Notice(0, kind=kind, at=transition.at, severity=alert.severity)
    incident = Incident(began_at=alert.began_at, cause_id=alert.id)
    facts = alert_facts(site, db, alert, transition.after, series, now)
    return IncidentEvidence(notice, incident, [alert], facts)


def alert_facts(
    site: Site, db: Session, alert: Alert, after: AlertState, series: SeriesAtHand, now: int
) -> AlertFacts:
    """What is known of an alert that came to the state `after`, beside its row."""
    fired = alert_rows.last_transition(db, alert.id, "firing")
    ended = alert_rows.last_transition(db, alert.id, "ok") if after == "ok" else None
    last = ended if after == "ok" else fired
    fired_value = fired.value if fired is not None else None
    return AlertFacts(
        fired_value if alert.fired_value is None else alert.fired_value,
        None if ended is None else ended.value,
        None if last is None else verdict_behind(site, db, alert, last.at),
        _newest(alert, series, now),
        None if after == "ok" else last_repair(db, alert, now),
        partial(_curve, series, alert),
    )


def _newest(alert: Alert, series: SeriesAtHand, now: int) -> Reading | None:
    """The newest reading of what an alert is about; None if there is none, or it is ahead of now.

    A store that cannot be read costs the number, not the message.
    """
    try:
        readings = series.latest(alert.device)
    except StoreError as error:
        log.warning("messages go without the newest reading: %s", error)
        return None
    for reading in readings:
        if (reading.metric, reading.component) == (alert.metric, alert.component):
            return reading if reading.at <= now and reading.metric != UP else None
    return None


def _curve(series: SeriesAtHand, alert: Alert, start: int, end: int, points: int) -> Curve:
    """Of what an alert is about, over [start, end); empty where the store cannot be read."""
    try:
        return series.curve(alert.device, alert.metric, alert.component, start, end, points)
    except StoreError as error:
        log.warning("messages go without what the readings did: %s", error)
        return NO_CURVE


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
    rule = site.rule(alert.device, alert.rule)
    if rule is None or rule.detector_id is None:
        return None
    return alert.device, alert.component, rule.detector_id
