"""Deliveries of alerts and reports: the rows of an outbox."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import (
    Mapped,
    Session,
    mapped_column,
    relationship,
)

from core.vocabulary.severity import Severity
from storage.records.alerts import Alert, Transition
from storage.records.base import ROW_KEY, Base
from storage.records.fault_reports import FaultNotice
from storage.records.incidents import Notice
from storage.records.outbox import Outbox


class Delivery(Base):
    """One notice of an incident or of reported faults, or one report, that one channel must send.

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
    fault_notice_id: Mapped[int | None] = mapped_column(
        ForeignKey("fault_notices.id"), index=True, default=None
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


def addressees(db: Session, incidents: Iterable[int]) -> list[tuple[str, str]]:
    """Each person and channel that any notice of these incidents went to, in the order of the first."""
    query = (
        select(Delivery.person, Delivery.channel)
        .join(Notice, Delivery.notice_id == Notice.id)
        .where(Notice.incident_id.in_(list(incidents)))
        .order_by(Delivery.id)
    )
    return list(dict.fromkeys((person, channel) for person, channel in db.execute(query)))


def notice_of(db: Session, delivery_id: int) -> tuple[Delivery, Notice] | None:
    """A delivery with its notice; None if it is of a report, or of a transition."""
    row = db.execute(
        select(Delivery, Notice)
        .join(Notice, Delivery.notice_id == Notice.id)
        .where(Delivery.id == delivery_id)
    ).first()
    return None if row is None else (row[0], row[1])


def fault_notice_of(db: Session, delivery_id: int) -> tuple[Delivery, FaultNotice] | None:
    """A delivery with its notice of reported faults; None if it is of something else."""
    row = db.execute(
        select(Delivery, FaultNotice)
        .join(FaultNotice, Delivery.fault_notice_id == FaultNotice.id)
        .where(Delivery.id == delivery_id)
    ).first()
    return None if row is None else (row[0], row[1])


def notices_by_delivery(db: Session, deliveries: Iterable[int]) -> dict[int, Notice]:
    """The notice of each delivery that has one."""
    rows = db.execute(
        select(Delivery.id, Notice)
        .join(Notice, Delivery.notice_id == Notice.id)
        .where(Delivery.id.in_(list(deliveries)))
    )
    return {row_id: notice for row_id, notice in rows}


def channels_of(db: Session, notices: Iterable[int]) -> dict[int, list[str]]:
    """By notice, the channels that it goes to."""
    rows = db.execute(
        select(Delivery.notice_id, Delivery.channel)
        .where(Delivery.notice_id.in_(list(notices)))
        .order_by(Delivery.id)
    )
    channels: dict[int, list[str]] = {}
    for notice, channel in rows:
        if notice is not None:
            channels.setdefault(notice, []).append(channel)
    return channels


def alerts_waiting(db: Session, delivery: Delivery) -> list[tuple[Delivery, int]]:
    """That delivery and what waits behind it for its channel, reports apart; and since when, UTC ms."""
    rows = db.execute(
        select(Delivery, func.coalesce(Notice.at, FaultNotice.at, Transition.at))
        .join(Notice, Delivery.notice_id == Notice.id, isouter=True)
        .join(FaultNotice, Delivery.fault_notice_id == FaultNotice.id, isouter=True)
        .join(Transition, Delivery.transition_id == Transition.id, isouter=True)
        .where(
            OUTBOX.waiting,
            Delivery.channel == delivery.channel,
            Delivery.id >= delivery.id,
            Delivery.report_id.is_(None),
        )
        .order_by(Delivery.id)
    )
    return [(row, at) for row, at in rows]


def waiting_for_people(db: Session) -> dict[int, tuple[str, Severity]]:
    """By delivery that waits for somebody: for whom, and how bad what it is about was."""
    rows = db.execute(
        select(Delivery.id, Delivery.person, Notice.severity, FaultNotice.severity)
        .join(Notice, Delivery.notice_id == Notice.id, isouter=True)
        .join(FaultNotice, Delivery.fault_notice_id == FaultNotice.id, isouter=True)
        .where(OUTBOX.waiting, Delivery.person != "")
    )
    return {row_id: (person, of or fault) for row_id, person, of, fault in rows if of or fault}


def messages_since(db: Session, since: int, until: int) -> dict[str, int]:
    """How many messages have left for each person in (since, until]; a digest counts once."""
    rows = db.execute(
        select(Delivery.person, func.count())
        .where(
            Delivery.delivered_at > since,
            Delivery.delivered_at <= until,
            Delivery.person != "",
            Delivery.digest_id.is_(None),
        )
        .group_by(Delivery.person)
    )
    return {person: count for person, count in rows}
