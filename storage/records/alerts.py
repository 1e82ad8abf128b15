"""Alerts and their transitions."""

from collections.abc import Collection, Iterable

from sqlalchemy import ForeignKey, Index, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.vocabulary.alerts import AlertState
from core.vocabulary.severity import Severity
from storage.records.audit import Audit
from storage.records.base import ROW_KEY, Base


class Alert(Base):
    """One thing wrong on one component of one device, from its first sign to its end.

    At most one is open (no `ended_at`) per device, component and rule. One that never got past
    `pending` is deleted when it comes to nothing.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "alerts_one_open",
            "device",
            "component",
            "rule",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index("alerts_by_time", "began_at"),
        Index("alerts_by_end", "ended_at"),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    device: Mapped[str]
    component: Mapped[str]
    rule: Mapped[str]
    title: Mapped[str]
    severity: Mapped[Severity]
    metric: Mapped[str]
    state: Mapped[AlertState]
    began_at: Mapped[int]  # of the first reading that was wrong
    value: Mapped[float | None] = mapped_column(default=None)  # the worst so far
    limit: Mapped[float | None] = mapped_column("limit_value", default=None)  # when it began
    fired_at: Mapped[int | None] = mapped_column(default=None)
    fired_value: Mapped[float | None] = mapped_column(default=None)  # that made it fire
    cleared_at: Mapped[int | None] = mapped_column(default=None)  # right again since, if `clearing`
    ended_at: Mapped[int | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")  # if no reading ended it
    acknowledged_at: Mapped[int | None] = mapped_column(default=None)
    acknowledged_by: Mapped[str] = mapped_column(default="")
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incidents.id"), index=True, default=None
    )  # of what has fired
    suppressed_by: Mapped[str] = mapped_column(default="")  # a device, or `window 12`; not told
    silenced_until: Mapped[int | None] = mapped_column(default=None)
    unknown_since: Mapped[int | None] = mapped_column(default=None)  # nobody can tell any more
    transitions: Mapped[list["Transition"]] = relationship(
        back_populates="alert", cascade="all, delete-orphan", default_factory=list
    )


class Transition(Base):
    """An alert went from one state to another. Never changed afterwards."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    alert: Mapped[Alert] = relationship(back_populates="transitions")
    before: Mapped[AlertState]
    after: Mapped[AlertState]
    at: Mapped[int]
    value: Mapped[float | None] = mapped_column(default=None)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True, init=False)


def acknowledge(alert: Alert, *, by: str, now: int) -> None:
    """Note who has seen the alert and when, once: what was noted before stays."""
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, by


def open_alerts(db: Session) -> dict[tuple[str, str, str], Alert]:
    """Every alert that has not ended, by device, component and rule."""
    alerts = db.scalars(select(Alert).where(Alert.ended_at.is_(None)))
    return {(alert.device, alert.component, alert.rule): alert for alert in alerts}


def alerts_since(db: Session, since: int, device: str | None = None) -> list[Alert]:
    """Alerts that are open or ended after `since`, newest first."""
    query = select(Alert).where(or_(Alert.ended_at.is_(None), Alert.ended_at >= since))
    if device is not None:
        query = query.where(Alert.device == device)
    return list(db.scalars(query.order_by(Alert.began_at.desc(), Alert.id.desc())))


def alerts_between(db: Session, devices: Collection[str], start: int, end: int) -> list[Alert]:
    """Alerts that were open at some time of [start, end), oldest first."""
    query = select(Alert).where(
        Alert.device.in_(devices),
        Alert.began_at < end,
        or_(Alert.ended_at.is_(None), Alert.ended_at >= start),
    )
    return list(db.scalars(query.order_by(Alert.began_at, Alert.id)))


def firing_between(db: Session, start: int, end: int) -> list[Alert]:
    """Alerts that fired before `end` and had not ended before `start` (UTC ms), as they fired."""
    query = select(Alert).where(
        Alert.fired_at < end, or_(Alert.ended_at.is_(None), Alert.ended_at >= start)
    )
    return list(db.scalars(query.order_by(Alert.fired_at, Alert.id)))


def transitions_after(db: Session, cursor: int, limit: int) -> list[tuple[Transition, Alert]]:
    """Transitions with an `id` above `cursor`, with their alerts, in the order in which they were written."""
    rows = db.execute(
        select(Transition, Alert)
        .join(Alert, Transition.alert_id == Alert.id)
        .where(Transition.id > cursor)
        .order_by(Transition.id)
        .limit(limit)
    )
    return [(transition, alert) for transition, alert in rows]


def fired_and_acknowledged(
    db: Session, device: str, start: int, end: int
) -> list[tuple[int, int | None]]:
    """When each alert that fired in [start, end) did so, and was first acknowledged, UTC ms."""
    query = select(Alert).where(
        Alert.device == device, Alert.fired_at >= start, Alert.fired_at < end
    )
    alerts = list(db.scalars(query.order_by(Alert.fired_at)))
    first = _first_acknowledged(db, [alert.id for alert in alerts if alert.acknowledged_at])
    return [
        (alert.fired_at, first.get(alert.id, alert.acknowledged_at))
        for alert in alerts
        if alert.fired_at is not None
    ]


def _first_acknowledged(db: Session, alerts: Collection[int]) -> dict[int, int]:
    """When each was acknowledged for the first time: the row has the last, the audit has them all."""
    query = select(Audit.row_id, Audit.after).where(
        Audit.what == "alerts", Audit.row_id.in_([str(alert) for alert in alerts])
    )
    first: dict[int, int] = {}
    for row_id, after in db.execute(query.order_by(Audit.id)):
        at = (after or {}).get("acknowledged_at")
        if isinstance(at, int):
            first.setdefault(int(row_id), at)
    return first


def times_fired(db: Session, alert: Alert, since: int) -> int:
    """How often a rule began to fire on its component at or after `since` (UTC ms), this alert too."""
    query = (
        select(func.count(Transition.id))
        .join(Alert, Transition.alert_id == Alert.id)
        .where(
            Alert.device == alert.device,
            Alert.component == alert.component,
            Alert.rule == alert.rule,
            or_(Alert.ended_at.is_(None), Alert.ended_at >= since),
            Transition.after == "firing",
            Transition.at >= since,
        )
    )
    return db.scalars(query).one()


def firing_at(db: Session, devices: Iterable[str], at: int) -> list[Alert]:
    """Alerts that were firing on any of these devices at that moment, the oldest first."""
    query = select(Alert).where(
        Alert.device.in_(list(devices)),
        Alert.fired_at <= at,
        or_(Alert.ended_at.is_(None), Alert.ended_at >= at),
    )
    return list(db.scalars(query.order_by(Alert.began_at, Alert.id)))


def last_closed_at(db: Session, device: str, component: str, rule: str, until: int) -> int:
    """When an alert of a rule last ended up to `until` though no reading ended it, UTC ms; 0 if never."""
    query = select(func.max(Alert.ended_at)).where(
        Alert.device == device,
        Alert.component == component,
        Alert.rule == rule,
        Alert.end_reason != "",
        Alert.ended_at <= until,
    )
    return db.scalar(query) or 0


def last_transition(db: Session, alert: int, after: AlertState) -> Transition | None:
    """When it last came to that state; None if it never did."""
    query = select(Transition).where(Transition.alert_id == alert, Transition.after == after)
    return db.scalars(query.order_by(Transition.id.desc()).limit(1)).first()


def alerts_by_id(db: Session, ids: Collection[int]) -> list[Alert]:
    """Those of these that there are, in the order of their numbers."""
    return list(db.scalars(select(Alert).where(Alert.id.in_(list(ids))).order_by(Alert.id)))
