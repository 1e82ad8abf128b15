"""Deliveries of alerts and reports: leased rows, tried until they have left."""

import random

from sqlalchemy import ForeignKey, Index, or_, select, text, update
from sqlalchemy.orm import (
    Mapped,
    Session,
    mapped_column,
    relationship,
)

from core.time.clock import MINUTE, SECOND
from storage.records.alerts import Alert, Transition
from storage.records.base import ROW_KEY, Base

# Longer than any channel may take; after a crash the delivery is taken up again when it runs out.
LEASE = 2 * MINUTE


FIRST_PAUSE = 10 * SECOND


LONGEST_PAUSE = 15 * MINUTE


class Delivery(Base):
    """One transition, or one report, to be told by one channel: at least once, oldest first."""

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


def pause(attempts: int) -> int:
    """Milliseconds until the next try: doubling from 10 s to 15 min, a fifth of it by chance."""
    longest = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return int(longest * random.uniform(0.8, 1.0))  # noqa: S311  spreads tries, hides nothing


def waiting(db: Session, now: int) -> list[tuple[int, str]]:
    """Deliveries that may be tried now, oldest first: id and channel.

    Only the oldest of each channel's run is tried before its time is up, so order is kept.
    """
    rows = db.execute(
        select(Delivery.id, Delivery.channel, Delivery.next_at, Delivery.leased_until)
        .where(Delivery.delivered_at.is_(None), Delivery.failed_at.is_(None))
        .order_by(Delivery.id)
    )
    held: set[str] = set()
    ready = []
    for number, channel, next_at, leased_until in rows:
        if next_at > now or (leased_until or 0) >= now:
            held.add(channel)
        elif channel not in held:
            ready.append((number, channel))
    return ready


def claim(db: Session, delivery_id: int, now: int) -> bool:
    """Lease one undelivered row; True for exactly one caller."""
    claimed = db.execute(
        update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.delivered_at.is_(None),
            Delivery.failed_at.is_(None),
            or_(Delivery.leased_until.is_(None), Delivery.leased_until < now),
        )
        .values(leased_until=now + LEASE, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
        .execution_options(unaudited=True)  # a lease; see audit.py
    )
    return claimed.first() is not None


def delivery(db: Session, delivery_id: int) -> tuple[Delivery, Transition, Alert]:
    """A delivery of an alert with what it is about."""
    row = db.execute(
        select(Delivery, Transition, Alert)
        .join(Transition, Delivery.transition_id == Transition.id)
        .join(Alert, Transition.alert_id == Alert.id)
        .where(Delivery.id == delivery_id)
    ).one()
    return row[0], row[1], row[2]
