"""People's feedback on alerts and services of devices: detectors learn from both."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.errors import StoreError
from core.vocabulary.alerts import FeedbackOpinion
from storage.records.alerts import Alert
from storage.records.base import ROW_KEY, Base

LONGEST_NOTE = 500  # characters of the note of a feedback or a service


class Tally(NamedTuple):
    """How many alerts of one rule people called true and false."""

    true: int
    false: int


class OpenSpan(NamedTuple):
    """From when until when an alert was open; no end while it is."""

    start: int
    end: int | None


class AlertFeedback(Base):
    """An engineer's opinion whether an alert was right; the audit has earlier ones."""

    __tablename__ = "answers"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    opinion: Mapped[FeedbackOpinion]
    who: Mapped[str]
    at: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class ServiceEvent(Base):
    """Something was done to a device: what was normal before may not be any more."""

    __tablename__ = "services"
    __table_args__ = (Index("services_by_device", "device", "at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    device: Mapped[str]
    at: Mapped[int]
    who: Mapped[str]
    text: Mapped[str] = mapped_column(default="")


def give_feedback(
    db: Session, alert_id: int, opinion: FeedbackOpinion, who: str, at: int, note: str = ""
) -> None:
    """Store a person's opinion on an alert; the newest counts, the audit has the others.

    StoreError if there is no such alert, or the note is longer than LONGEST_NOTE.
    """
    if db.get(Alert, alert_id) is None:
        raise StoreError(f"there is no alert {alert_id}", permanent=True)
    _check_note(note)
    row = db.get(AlertFeedback, alert_id)
    if row is None:
        db.add(AlertFeedback(alert_id=alert_id, opinion=opinion, who=who, at=at, note=note))
    elif (row.opinion, row.note) != (opinion, note):
        row.opinion, row.who, row.at, row.note = opinion, who, at, note


def feedback_on(db: Session, alert_ids: Iterable[int]) -> dict[int, AlertFeedback]:
    """The feedback on these alerts, by alert; those without any are absent."""
    query = select(AlertFeedback).where(AlertFeedback.alert_id.in_(list(alert_ids)))
    return {feedback.alert_id: feedback for feedback in db.scalars(query)}


def tallies(db: Session) -> dict[str, Tally]:
    """How many alerts people called true and false over the whole site, by rule."""
    rows = db.execute(
        select(Alert.rule, AlertFeedback.opinion, func.count())
        .join(Alert, AlertFeedback.alert_id == Alert.id)
        .where(AlertFeedback.opinion != "unknown")
        .group_by(Alert.rule, AlertFeedback.opinion)
    )
    by_rule: dict[str, Tally] = {}
    for rule, opinion, count in rows:
        before = by_rule.get(rule, Tally(0, 0))
        by_rule[rule] = before._replace(**{opinion: count})
    return by_rule


def newest_opinions(
    db: Session, rules: Iterable[str]
) -> dict[tuple[str, str, str, FeedbackOpinion], int]:
    """When each opinion on the alerts of these rules was last given, by device, component and rule; UTC ms."""
    rows = db.execute(
        select(
            Alert.device,
            Alert.component,
            Alert.rule,
            AlertFeedback.opinion,
            func.max(AlertFeedback.at),
        )
        .join(Alert, AlertFeedback.alert_id == Alert.id)
        .where(Alert.rule.in_(list(rules)))
        .group_by(Alert.device, Alert.component, Alert.rule, AlertFeedback.opinion)
    )
    return {(device, part, rule, opinion): at for device, part, rule, opinion, at in rows}


def add_service_event(db: Session, device: str, at: int, who: str, text: str = "") -> ServiceEvent:
    """Note that something was done to a device at `at`. StoreError if the text is too long."""
    _check_note(text)
    service = ServiceEvent(device=device, at=at, who=who, text=text)
    db.add(service)
    return service


def service_events_after(db: Session, number: int) -> list[ServiceEvent]:
    """Services with an `id` above `number`, in the order in which they were noted."""
    return list(
        db.scalars(select(ServiceEvent).where(ServiceEvent.id > number).order_by(ServiceEvent.id))
    )


def service_events_between(db: Session, start: int, end: int) -> list[ServiceEvent]:
    """Services of all devices in [start, end), UTC ms, oldest first."""
    query = select(ServiceEvent).where(ServiceEvent.at >= start, ServiceEvent.at < end)
    return list(db.scalars(query.order_by(ServiceEvent.at, ServiceEvent.id)))


def last_service_by_device(db: Session) -> dict[str, int]:
    """When each device was last serviced, UTC ms."""
    rows = db.execute(
        select(ServiceEvent.device, func.max(ServiceEvent.at)).group_by(ServiceEvent.device)
    )
    return {device: at for device, at in rows}


def alert_spans(db: Session, since: int) -> dict[tuple[str, str, str], list[OpenSpan]]:
    """When alerts were open, by device, component and metric: not to be learned from.

    Without alerts that a person called false: there was no fault.
    """
    query = (
        select(Alert)
        .outerjoin(AlertFeedback, AlertFeedback.alert_id == Alert.id)
        .where(
            Alert.fired_at.is_not(None),
            or_(Alert.ended_at.is_(None), Alert.ended_at >= since),
            or_(AlertFeedback.opinion.is_(None), AlertFeedback.opinion != "false"),
        )
    )
    spans: dict[tuple[str, str, str], list[OpenSpan]] = {}
    for alert in db.scalars(query.order_by(Alert.began_at)):
        key = (alert.device, alert.component, alert.metric)
        spans.setdefault(key, []).append(OpenSpan(alert.began_at, alert.ended_at))
    return spans


def _check_note(text: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise StoreError(
            f"{len(text)} characters are too many; {LONGEST_NOTE} at most", permanent=True
        )


def service_events_before(db: Session, device: str, before: int, count: int) -> list[ServiceEvent]:
    """The newest services of a device before a moment, newest first."""
    query = select(ServiceEvent).where(ServiceEvent.device == device, ServiceEvent.at < before)
    return list(
        db.scalars(query.order_by(ServiceEvent.at.desc(), ServiceEvent.id.desc()).limit(count))
    )


def last_service(db: Session, device: str) -> int | None:
    """When a device was last serviced, UTC ms."""
    return db.scalar(select(func.max(ServiceEvent.at)).where(ServiceEvent.device == device))
