"""Incidents: what broke together, with the cause that explains it, and the notices given of each."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ForeignKey, Index, select, text
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


def open_incidents(db: Session) -> list[Incident]:
    """Those that have not ended, the oldest first."""
    query = select(Incident).where(Incident.ended_at.is_(None))
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
