"""What waits to leave, and what was given up, by the channel that it leaves by."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, case, func, or_, select, true
from sqlalchemy.orm import Session

from storage.records import deliveries, mail
from storage.records.alerts import Transition
from storage.records.assets import Vendor
from storage.records.deliveries import Delivery
from storage.records.fault_reports import FaultNotice
from storage.records.incidents import Notice
from storage.records.reports import MadeReport
from storage.records.tickets import Ticket, TicketMessage

# Beside the site's channels, none of which is called so by Scanward.
TICKET_MAIL, BY_HAND = (
    "tickets",
    "tickets by hand",
)  # by mail, and by a person: nothing is wrong with these


class QueueState(NamedTuple):
    """One channel; times are UTC ms. `oldest_at` is when the oldest that waits came to be."""

    channel: str
    waiting: int
    oldest_at: int | None
    failed: int  # given up since the moment that was asked for
    error: str  # of the newest that waits or was given up; empty if none says why
    left_at: int | None = None  # when anything last left by it; None: nothing ever did


def queue_states(db: Session, since: int, *, has_mail: bool) -> list[QueueState]:
    """Each channel that anything was ever meant for; the messages of tickets last.

    `has_mail`: Scanward sends these, but to a vendor without an address.
    """
    created = func.coalesce(Notice.at, FaultNotice.at, Transition.at, MadeReport.made_at)
    alerts = (
        select(Delivery.channel, Delivery.failed_at, Delivery.error, created)
        .join(Notice, Delivery.notice_id == Notice.id, isouter=True)
        .join(FaultNotice, Delivery.fault_notice_id == FaultNotice.id, isouter=True)
        .join(Transition, Delivery.transition_id == Transition.id, isouter=True)
        .join(MadeReport, Delivery.report_id == MadeReport.id, isouter=True)
        .where(or_(deliveries.OUTBOX.waiting, _given_up(Delivery, since)))
        .order_by(Delivery.id)
    )
    messages = (
        select(
            case((Vendor.email == "" if has_mail else true(), BY_HAND), else_=TICKET_MAIL),
            TicketMessage.failed_at,
            TicketMessage.error,
            TicketMessage.at,
        )
        .join(Ticket, TicketMessage.ticket_id == Ticket.id)
        .join(Vendor, Ticket.vendor_id == Vendor.id)
        .where(or_(mail.OUTBOX.waiting, _given_up(TicketMessage, since)))
        .order_by(TicketMessage.id)
    )
    left = select(Delivery.channel, func.max(Delivery.delivered_at)).group_by(Delivery.channel)
    sent = select(func.max(TicketMessage.sent_at)).where(TicketMessage.direction == "out")
    mail_left = [(TICKET_MAIL, at) for at in db.scalars(sent) if at is not None]
    return [
        *_states(db, alerts, {row[0]: row[1] for row in db.execute(left)}),
        *_states(db, messages, dict(mail_left)),
    ]


def _given_up(table: Any, since: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.failed_at >= since
    return condition


def _states(
    db: Session, query: Executable, left_at: Mapping[str, int | None]
) -> Iterator[QueueState]:
    rows: dict[str, list[Any]] = {channel: [] for channel in left_at}
    for row in db.execute(query):
        rows.setdefault(row[0], []).append(row)
    for channel, own in sorted(rows.items()):
        waiting = [created for _, failed_at, _, created in own if failed_at is None]
        errors = [error for _, _, error, _ in own if error]
        oldest_at = min((at for at in waiting if at is not None), default=None)
        yield QueueState(
            channel,
            len(waiting),
            oldest_at,
            len(own) - len(waiting),
            errors[-1] if errors else "",
            left_at.get(channel),
        )
