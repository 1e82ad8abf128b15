"""What is asked of alerts and their deliveries."""

import random

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.time.clock import MINUTE, SECOND
from storage.records.base import Alert, Cursor, Delivery, Heard, Transition

# Longer than any channel may take; after a crash the delivery is taken up again when it runs out.
LEASE = 2 * MINUTE
FIRST_PAUSE = 10 * SECOND
LONGEST_PAUSE = 15 * MINUTE


def pause(attempts: int) -> int:
    """Milliseconds until the next try: doubling from 10 s to 15 min, a fifth of it by chance."""
    longest = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return int(longest * random.uniform(0.8, 1.0))  # noqa: S311  spreads tries, hides nothing


def open_alerts(db: Session) -> dict[tuple[str, str, str], Alert]:
    """Every alert that has not ended, by device, component and rule."""
    alerts = db.scalars(select(Alert).where(Alert.ended_at.is_(None)))
    return {(alert.device, alert.component, alert.rule): alert for alert in alerts}


def alerts_since(db: Session, since: int, device: str | None = None) -> list[Alert]:
    """Alerts that are open or ended after `since`, newest first."""
    asked = select(Alert).where(or_(Alert.ended_at.is_(None), Alert.ended_at >= since))
    if device is not None:
        asked = asked.where(Alert.device == device)
    return list(db.scalars(asked.order_by(Alert.began_at.desc(), Alert.id.desc())))


def heard(db: Session) -> dict[tuple[str, str, str], Heard]:
    """The newest judged reading of every watched series."""
    return {(row.device, row.metric, row.component): row for row in db.scalars(select(Heard))}


def cursor(db: Session, name: str) -> Cursor:
    """The cursor of that name, at the beginning if it is new."""
    found = db.get(Cursor, name)
    if found is None:
        found = Cursor(name=name, position=0)
        db.add(found)
    return found


def position(db: Session, name: str) -> int:
    """Where the cursor of that name stands."""
    found = db.get(Cursor, name)
    return 0 if found is None else found.position


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
