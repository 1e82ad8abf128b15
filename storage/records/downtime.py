"""When devices could not be used, and why."""

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from storage.records.base import ROW_KEY, Base


class Downtime(Base):
    """A device could not be used, or only in part, from `began_at` on.

    Each alert that means "out of service" has its own, so they may overlap; the figures count an
    hour once. When the cause changes, one ends where the next begins: that is still one failure. A
    loop only ever sets an end that is missing, so what a person has corrected stays.
    """

    __tablename__ = "downtimes"
    __table_args__ = (
        Index("downtimes_by_device", "device", "began_at"),
        Index("downtimes_by_alert", "alert_id", "began_at", unique=True),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    device: Mapped[str]
    began_at: Mapped[int]
    cause: Mapped[DowntimeCause]
    extent: Mapped[DowntimeExtent]
    opened_by: Mapped[str]
    ended_at: Mapped[int | None] = mapped_column(default=None)
    closed_by: Mapped[str] = mapped_column(default="")
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), default=None)
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )
    corrected_at: Mapped[int | None] = mapped_column(default=None)
    corrected_by: Mapped[str] = mapped_column(default="")
    cases_lost: Mapped[int | None] = mapped_column(default=None)  # not done later either
    recovery_cents: Mapped[int] = mapped_column(default=0)  # spent to catch up
    note: Mapped[str] = mapped_column(default="")


def open_downtimes(db: Session, device: str | None = None) -> list[Downtime]:
    """What is out of service now, the oldest first."""
    query = select(Downtime).where(Downtime.ended_at.is_(None))
    if device is not None:
        query = query.where(Downtime.device == device)
    return list(db.scalars(query.order_by(Downtime.began_at, Downtime.id)))


def downtimes(db: Session, start: int, end: int, device: str | None = None) -> list[Downtime]:
    """Downtime that touches [start, end), the oldest first."""
    query = select(Downtime).where(
        Downtime.began_at < end, or_(Downtime.ended_at.is_(None), Downtime.ended_at > start)
    )
    if device is not None:
        query = query.where(Downtime.device == device)
    return list(db.scalars(query.order_by(Downtime.began_at, Downtime.id)))


def downtimes_of_alert(db: Session, alert: int) -> list[Downtime]:
    """The downtime that an alert means, in the pieces that its causes make of it."""
    query = select(Downtime).where(Downtime.alert_id == alert)
    return list(db.scalars(query.order_by(Downtime.began_at)))


def downtimes_of_order(db: Session, order: int) -> list[Downtime]:
    """The downtime that an order ends or makes."""
    query = select(Downtime).where(Downtime.order_id == order)
    return list(db.scalars(query.order_by(Downtime.began_at)))
