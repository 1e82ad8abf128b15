"""Deliveries of alerts and reports: the rows of an outbox."""

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import (
    Mapped,
    Session,
    mapped_column,
    relationship,
)

from storage.records.alerts import Alert, Transition
from storage.records.base import ROW_KEY, Base
from storage.records.outbox import Outbox


class Delivery(Base):
    """One notice of an incident, or one report, that one channel must send.

    Before there were incidents each transition of an alert was sent by itself.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "deliveries_waiting",
            "next_at",
            sqlite_where=text("delivered_at is null and failed_at is null"),
            postgresql_where=text("delivered_at is null and failed_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    transition: Mapped[Transition | None] = relationship()
    channel: Mapped[str]
    next_at: Mapped[int]  # not before this
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[int | None] = mapped_column(default=None)
    delivered_at: Mapped[int | None] = mapped_column(default=None)
    failed_at: Mapped[int | None] = mapped_column(default=None)  # trying again will not help
    error: Mapped[str] = mapped_column(default="")
    transition_id: Mapped[int | None] = mapped_column(
        ForeignKey("transitions.id"), index=True, init=False
    )
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("reports.id"), index=True, default=None
    )
    notice_id: Mapped[int | None] = mapped_column(
        ForeignKey("notices.id"), index=True, default=None
    )
    person: Mapped[str] = mapped_column(default="")  # to whom; empty: whoever reads the channel
    digest_id: Mapped[int | None] = mapped_column(default=None)  # it left in that delivery


OUTBOX = Outbox(Delivery, done_at=Delivery.delivered_at, run=Delivery.channel)


def delivery(db: Session, delivery_id: int) -> tuple[Delivery, Transition, Alert]:
    """A delivery with its transition and alert."""
    row = db.execute(
        select(Delivery, Transition, Alert)
        .join(Transition, Delivery.transition_id == Transition.id)
        .join(Alert, Transition.alert_id == Alert.id)
        .where(Delivery.id == delivery_id)
    ).one()
    return row[0], row[1], row[2]
