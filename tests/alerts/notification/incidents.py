"""Incidents written by hand: what the engine would have made of readings, and what notices come of it."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from alerts.channels import Notification, Sender
from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from core.errors import DeliveryError
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import MINUTE, SECOND
from core.vocabulary.severity import Severity
from storage.records import Alert, Notice, Records, Transition
from storage.records.incidents import Incident
from tests.storage.tables import empty_records

T0 = 1_795_867_200_000  # Saturday 2026-11-28 12:00 UTC, 16:30 in Kabul

PROFILE = """
title: Magnet
metrics: {helium_level_pct: {title: Helium, unit: "%"}}
rules:
  - {id: helium_low, title: Helium is low, metric: helium_level_pct, below: 60, severity: critical,
     basis: engineering}
"""

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {{folder: {folder}}}
channels: [{{id: log, kind: log}}, {{id: phone, kind: log}}, {{id: mail, kind: log}}, {{id: sms, kind: log}}]
{more}
devices:
  - {{id: ups-1, name: UPS, profile: magnet}}
  - {{id: mri-2, name: MRI, room: Magnet room, profile: magnet, depends_on: [ups-1]}}
  - {{id: ct-1, name: CT, profile: magnet}}
"""
ROUTES = "routes: [{severities: [info, warning, error, critical], channels: [phone]}]"


class Line:
    """A channel whose line can be cut."""

    def __init__(self) -> None:
        self.messages: list[Notification] = []
        self.is_down = False

    def send(self, notification: Notification) -> None:
        if self.is_down:
            raise DeliveryError("no line")
        self.messages.append(notification)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.messages]


class Ward:
    """A site with its records; incidents begin, change and end at minutes after T0."""

    def __init__(self, folder: Path, more: str = ROUTES, profile: str = PROFILE) -> None:
        (folder / "profiles").mkdir()
        (folder / "profiles" / "magnet.yaml").write_text(profile)
        (folder / "site.yaml").write_text(SITE.format(folder=folder, more=more))
        (folder / "records.db").write_bytes(empty_records())
        self.site: Site = load_site(folder / "site.yaml")
        self.records = Records(self.site.records_url)
        self.line = Line()
        self.restart()

    def restart(self) -> None:
        self.giver = NoticeGiver(self.site, self.records)

    def begin(
        self,
        minute: float,
        device: str = "ct-1",
        severity: Severity = "critical",
        *,
        rule: str = "helium_low",
        incident: int | None = None,
        suppressed_by: str = "",
    ) -> Alert:
        """An alert fires: the cause of a new incident, or a member of that one."""
        with self.records.writing("test", at(minute)) as db:
            alert = _fire(db, minute, device, severity, rule)
            alert.suppressed_by = suppressed_by
            alert.incident_id = incident or _incident(db, alert).id
            db.flush()
            db.expunge_all()
        return alert

    def begin_many(self, minute: float, rules: Sequence[str]) -> Sequence[Alert]:
        """A warning of each rule fires, each an incident by itself."""
        with self.records.writing("test", at(minute)) as db:
            alerts = [_fire(db, minute, "ct-1", "warning", rule) for rule in rules]
            for alert in alerts:
                alert.incident_id = _incident(db, alert).id
            db.flush()
            db.expunge_all()
        return alerts

    def change(self, alert: Alert, **values: object) -> None:
        with self.records.writing("test", T0) as db:
            row = db.get_one(Alert, alert.id)
            for name, value in values.items():
                setattr(row, name, value)

    def end(self, alert: Alert, minute: float) -> None:
        """The alert ends, and the incident with its last."""
        self.end_many([alert], minute)

    def end_many(self, alerts: Sequence[Alert], minute: float) -> None:
        with self.records.writing("test", at(minute)) as db:
            for alert in alerts:
                row = db.get_one(Alert, alert.id)
                row.state, row.ended_at = "ok", at(minute)
                db.add(Transition(row, before="firing", after="ok", at=at(minute), value=70.0))
                db.flush()
                rest = db.query(Alert).filter_by(incident_id=row.incident_id, ended_at=None)
                if rest.count() == 0:
                    db.get_one(Incident, row.incident_id).ended_at = at(minute)

    def give(self, minute: float) -> list[str]:
        """The kinds of the notices that are given at that minute."""
        before = len(self.notices())
        self.giver.give_notices(at(minute))
        return [notice.kind for notice in self.notices()[before:]]

    def notices(self) -> Sequence[Notice]:
        with self.records.reading() as db:
            return db.query(Notice).order_by(Notice.id).all()

    def send(self, minute: float, **channels: Sender) -> int:
        channels = channels or {"phone": self.line}
        return deliver_due(self.site, self.records, channels, lambda: at(minute))


def _fire(db: Session, minute: float, device: str, severity: Severity, rule: str) -> Alert:
    alert = Alert(
        device=device, component="", rule=rule, title="Helium is low", severity=severity,
        metric="helium_level_pct", state="firing", began_at=at(minute), fired_at=at(minute),
        value=58.0, limit=60.0,
    )  # fmt: skip
    db.add(alert)
    db.add(Transition(alert=alert, before="ok", after="firing", at=at(minute), value=58.0))
    db.flush()
    return alert


def _incident(db: Session, cause: Alert) -> Incident:
    assert cause.fired_at is not None
    row = Incident(began_at=cause.fired_at, cause_id=cause.id)
    db.add(row)
    db.flush()
    return row


def at(minute: float) -> int:
    return T0 + int(minute * MINUTE) // SECOND * SECOND
