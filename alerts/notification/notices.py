"""Gives the notices that are due: compares the open incidents with the notices given of them.

A notice and its deliveries are written in one transaction. One that nobody is reachable for now (the
hours of the routes) stays due until somebody is.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.notification.due import (
    DueNotice,
    NoticeClock,
    NoticePolicy,
    audible_alerts,
    due_notice,
    worst_severity,
)
from alerts.notification.power_cut import is_power_cut, is_update_due, power_plan
from alerts.notification.quiet_times import quiet_until
from alerts.notification.recipients import Recipient, escalations, recipients
from alerts.power import PowerPlan, fingerprint
from core.schema.site import Site
from core.time.clock import SECOND
from storage.records import Alert, Delivery, Records
from storage.records import deliveries as delivery_rows
from storage.records import incidents as incident_rows
from storage.records.incidents import Incident, Notice

WHO = "notices"  # in the audit

# Without a change of the records it is looked so often whether time has made a notice due.
LOOK_EVERY = 5 * SECOND
PLAN_EVERY = 30 * SECOND  # the plan of a power cut asks the store much
SAME_PEOPLE = ("over", "update")  # they go to whoever has been told of it


class IncidentRecord(NamedTuple):
    """An incident with its alerts in the order in which they fired, and its notices."""

    incident: Incident
    alerts: Sequence[Alert]
    notices: Sequence[Notice]
    parts: Sequence[int]  # incidents that turned out to be part of it


class NoticeGiver:
    """The step that gives notices. All it keeps saves work, or time that a clock ahead has noted."""

    def __init__(self, site: Site, records: Records) -> None:
        self._site = site
        self._records = records
        self._clock = NoticeClock(0)
        self._unfinished: set[int] | None = None  # open, or whose end may be due
        self._fingerprint: tuple[object, ...] = ()
        self._looked_at: int | None = None
        self._planned_at: int | None = None
        self._plan: PowerPlan | None = None
        self._dependents = frozenset(
            device.id for device in site.devices.values() if device.depends_on
        )

    def give_notices(self, now: int) -> int:
        """Give each notice that is due at that moment (UTC ms); how many."""
        with self._records.reading() as db:
            fingerprint = incident_rows.open_fingerprint(db)
            is_same = fingerprint == self._fingerprint and self._looked_at is not None
            if is_same and 0 <= now - (self._looked_at or 0) < LOOK_EVERY:
                return 0
            self._clock.turn(now)
            are_due = bool(self._due(db))
        self._fingerprint, self._looked_at = fingerprint, now
        if not are_due:
            return 0
        with self._records.writing(WHO, now) as db:
            given = [self._give(db, record, due) for record, due in self._due(db)]
        self._looked_at = None  # another may be due
        return sum(given)

    def _due(self, db: Session) -> list[tuple[IncidentRecord, DueNotice]]:
        """Every incident with a notice that is due and, unless it is over, somebody to notify."""
        records = self._watched(db)
        alerts = [alert for record in records for alert in record.alerts if alert.ended_at is None]
        ends = quiet_until(db, self._site, alerts, self._clock.now)
        pairs = [(record, self._due_of(record, ends)) for record in records]
        due = [(record, notice) for record, notice in pairs if notice is not None]
        remaining = [record for record, notice in pairs if notice or not record.incident.ended_at]
        self._unfinished = {record.incident.id for record in remaining}
        return due

    def _due_of(self, record: IncidentRecord, ends: Mapping[int, int]) -> DueNotice | None:
        incident, alerts, notices, _ = record
        policy = self._policy(alerts)
        due = due_notice(incident, alerts, notices, self._clock, policy, ends)
        due = due or self._update_due(record)
        if due is None or due.kind in SAME_PEOPLE:
            return due
        return due if self._recipients(alerts, due) else None

    def _give(self, db: Session, record: IncidentRecord, due: DueNotice) -> bool:
        now = self._clock.now
        incident = record.incident
        notice = Notice(incident.id, kind=due.kind, at=now, severity=due.severity, level=due.level)
        plan = self._power_plan() if self._is_power_cut(record) else None
        notice.plan = "" if plan is None else fingerprint(plan)
        db.add(notice)
        db.flush()
        if due.kind in SAME_PEOPLE:
            channels = {channel.id for channel in self._site.file.channels}
            pairs = delivery_rows.addressees(db, [incident.id, *record.parts])
            chosen = [Recipient(*pair) for pair in pairs if pair[1] in channels]
        else:
            chosen = self._recipients(record.alerts, due)
        for person, channel in chosen:
            delivery = Delivery(
                transition=None, channel=channel, next_at=now, notice_id=notice.id, person=person
            )
            db.add(delivery)
        return True

    def _update_due(self, record: IncidentRecord) -> DueNotice | None:
        """What is to be done in a power cut is no longer what people were told."""
        audible = audible_alerts(record.alerts, self._clock.now)
        if not audible or not record.notices or not self._is_power_cut(record):
            return None
        is_due = is_update_due(self._power_plan(), record.notices, self._clock.now)
        return DueNotice("update", worst_severity(audible)) if is_due else None

    def _is_power_cut(self, record: IncidentRecord) -> bool:
        return any(
            alert.id == record.incident.cause_id and is_power_cut(self._site, alert)
            for alert in record.alerts
        )

    def _power_plan(self) -> PowerPlan | None:
        """How it stands now, or stood a moment ago."""
        now = self._clock.now
        if self._planned_at is None or not 0 <= now - self._planned_at < PLAN_EVERY:
            self._planned_at, self._plan = now, power_plan(self._site, now)
        return self._plan

    def _recipients(self, alerts: Iterable[Alert], due: DueNotice) -> list[Recipient]:
        now = self._clock.now
        devices = {alert.device for alert in audible_alerts(alerts, now)}
        return recipients(self._site, devices, due.severity, due.kind, due.level, now)

    def _policy(self, alerts: Iterable[Alert]) -> NoticePolicy:
        now, settings = self._clock.now, self._site.file.notices
        audible = audible_alerts(alerts, now)
        levels: Mapping[int, int] = {}
        if audible:
            devices = {alert.device for alert in audible}
            levels = escalations(self._site, devices, worst_severity(audible), now)
        return NoticePolicy(
            settings.group_wait, settings.acknowledged_for, self._dependents, levels
        )

    def _watched(self, db: Session) -> list[IncidentRecord]:
        """The open incidents, and those that have ended since they were looked at."""
        if self._unfinished is None:
            self._unfinished = incident_rows.unfinished_incidents(db)
        incidents = incident_rows.open_incidents(db)
        opened = {incident.id for incident in incidents}
        incidents += incident_rows.incidents_by_id(db, self._unfinished - opened)
        ids = [incident.id for incident in incidents]
        parts = incident_rows.merged_into(db, [id_ for id_ in ids if id_ not in opened])
        alerts = incident_rows.alerts_of(db, ids)
        notices = incident_rows.notices_of(db, [*ids, *chain.from_iterable(parts.values())])
        return [
            IncidentRecord(
                incident,
                alerts.get(incident.id, []),
                _in_order(notices, [incident.id, *parts.get(incident.id, ())]),
                parts.get(incident.id, ()),
            )
            for incident in incidents
        ]


def _in_order(notices: Mapping[int, Sequence[Notice]], incidents: Iterable[int]) -> list[Notice]:
    """All of theirs, the oldest first."""
    return sorted(
        chain.from_iterable(notices.get(incident, ()) for incident in incidents),
        key=lambda notice: notice.id,
    )
