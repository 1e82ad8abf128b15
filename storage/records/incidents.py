"""Incidents: what broke together, with the cause that explains it, and the notices given of each."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.alerts import NoticeKind
from core.vocabulary.severity import Severity
from storage.records.alerts import Alert
from storage.records.base import ROW_KEY, Base


class Incident(Base):
    """What broke together: one cause, its alerts, from the first that fired to the end of the last."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "incidents_open",
            "began_at",
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    began_at: Mapped[int]
    # The alert that explains the others; no foreign key, for alerts point here.
    cause_id: Mapped[int]
    ended_at: Mapped[int | None] = mapped_column(default=None)
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("incidents.id"), default=None
    )  # its cause was found to be another's


class Notice(Base):
    """Somebody shall be told of an incident: why, and how bad it was then. Never changed afterwards."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[NoticeKind]
    at: Mapped[int]  # the engine's own time
    severity: Mapped[Severity]  # of its worst alert that was to be told
    level: Mapped[int] = mapped_column(default=0)  # of an escalation
    plan: Mapped[str] = mapped_column(default="")  # the fingerprint of the power plan that it has


def open_incidents(db: Session) -> list[Incident]:
    """Those that have not ended, the oldest first."""
    query = select(Incident).where(Incident.ended_at.is_(None))
    return list(db.scalars(query.order_by(Incident.began_at, Incident.id)))


def incidents_by_id(db: Session, ids: Iterable[int]) -> list[Incident]:
    """Those of these numbers, the oldest first."""
    query = select(Incident).where(Incident.id.in_(list(ids)))
    return list(db.scalars(query.order_by(Incident.began_at, Incident.id)))


def alerts_of(db: Session, incidents: Iterable[int]) -> dict[int, list[Alert]]:
    """The alerts of each incident, in the order in which they fired."""
    query = select(Alert).where(Alert.incident_id.in_(list(incidents)))
    alerts: dict[int, list[Alert]] = {}
    for alert in db.scalars(query.order_by(Alert.fired_at, Alert.id)):
        assert alert.incident_id is not None  # the query
        alerts.setdefault(alert.incident_id, []).append(alert)
    return alerts


def alerts_of_open(db: Session) -> dict[int, list[Alert]]:
    """The alerts of each incident that has not ended, in the order in which they fired."""
    query = select(Alert).join(Incident, Alert.incident_id == Incident.id)
    query = query.where(Incident.ended_at.is_(None)).order_by(Alert.fired_at, Alert.id)
    alerts: dict[int, list[Alert]] = {}
    for alert in db.scalars(query):
        assert alert.incident_id is not None  # the query
        alerts.setdefault(alert.incident_id, []).append(alert)
    return alerts


def notices_of(db: Session, incidents: Iterable[int]) -> dict[int, Sequence[Notice]]:
    """The notices given of each incident, the oldest first; those without one are absent."""
    query = select(Notice).where(Notice.incident_id.in_(list(incidents)))
    notices: dict[int, list[Notice]] = {}
    for notice in db.scalars(query.order_by(Notice.id)):
        notices.setdefault(notice.incident_id, []).append(notice)
    return dict(notices)


def merged_into(db: Session, incidents: Iterable[int]) -> dict[int, list[int]]:
    """By incident, those that turned out to be part of it, and those that were part of these."""
    parts: dict[int, list[int]] = {root: [] for root in incidents}
    roots = {root: root for root in parts}
    ahead = list(parts)
    while ahead:
        query = select(Incident.id, Incident.merged_into_id)
        rows = db.execute(query.where(Incident.merged_into_id.in_(ahead))).all()
        ahead = [part for part, _ in rows if part not in roots]
        for part, whole in rows:
            if whole is not None and part not in roots:
                roots[part] = roots[whole]
                parts[roots[part]].append(part)
    return parts


def unfinished_incidents(db: Session) -> set[int]:
    """Those that a notice was given of and whose end was not: with what they were merged into."""
    newest = select(func.max(Notice.id)).group_by(Notice.incident_id)
    query = select(Incident).join(Notice, Notice.incident_id == Incident.id)
    rows = list(db.scalars(query.where(Notice.id.in_(newest), Notice.kind != "over")))
    wholes: dict[int, Incident] = {}
    for row in rows:
        while row.merged_into_id is not None and row.merged_into_id not in wholes:
            wholes[row.id] = row
            row = db.get_one(Incident, row.merged_into_id)
        wholes[row.id] = row
    return {row.id for row in wholes.values() if row.merged_into_id is None}


def open_fingerprint(db: Session) -> tuple[object, ...]:
    """All of the open incidents and the newest notice on which it depends whether a notice is due."""
    incidents = select(Incident.id, Incident.cause_id).where(Incident.ended_at.is_(None))
    alerts = select(
        Alert.id,
        Alert.incident_id,
        Alert.state,
        Alert.severity,
        Alert.suppressed_by,
        Alert.silenced_until,
        Alert.acknowledged_at,
    ).where(Alert.ended_at.is_(None), Alert.incident_id.is_not(None))
    newest = db.scalar(select(func.max(Notice.id)))
    return newest, *map(tuple, db.execute(incidents)), *map(tuple, db.execute(alerts))


def all_notices(db: Session) -> list[tuple[Notice, Incident]]:
    """Every notice with its incident, the oldest first."""
    query = select(Notice, Incident).join(Incident, Notice.incident_id == Incident.id)
    return [(notice, incident) for notice, incident in db.execute(query.order_by(Notice.id))]
