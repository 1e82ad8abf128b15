"""What the mail of tickets has done and still must do: what waits, how far replies were read."""

from collections.abc import Collection

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import Base
from storage.records.deliveries import LEASE
from storage.records.tickets import Ticket, TicketMessage


class Mailbox(Base):
    """How far a mailbox has been read. Not audited: it tells the way, not what was decided."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(primary_key=True)  # user@host/mailbox
    validity: Mapped[int] = mapped_column(
        default=0
    )  # UIDVALIDITY: with another one, UIDs begin anew
    uid: Mapped[int] = mapped_column(default=0)  # the last one that was read
    replies: Mapped[int] = mapped_column(default=0)  # mails that belonged to a ticket
    strangers: Mapped[int] = mapped_column(default=0)  # mails that did not, and were left alone


def mailbox(db: Session, name: str) -> Mailbox:
    """The mailbox of that name, unread if it is new."""
    found = db.get(Mailbox, name)
    if found is None:
        found = Mailbox(name=name)
        db.add(found)
    return found


def waiting(db: Session, now: int) -> list[int]:
    """Outgoing messages that may be sent now, oldest first, and of each ticket in their order."""
    rows = db.execute(
        select(
            TicketMessage.id,
            TicketMessage.ticket_id,
            TicketMessage.next_at,
            TicketMessage.leased_until,
        )
        .where(
            TicketMessage.direction == "out",
            TicketMessage.sent_at.is_(None),
            TicketMessage.failed_at.is_(None),
        )
        .order_by(TicketMessage.id)
    )
    seen: set[int] = set()
    ready = []
    for number, ticket, next_at, leased_until in rows:
        if ticket not in seen and next_at <= now and (leased_until or 0) < now:
            ready.append(number)
        seen.add(ticket)
    return ready


def claim(db: Session, message_id: int, now: int) -> bool:
    """Lease one unsent message; True for exactly one caller."""
    claimed = db.execute(
        update(TicketMessage)
        .where(
            TicketMessage.id == message_id,
            TicketMessage.sent_at.is_(None),
            TicketMessage.failed_at.is_(None),
            or_(TicketMessage.leased_until.is_(None), TicketMessage.leased_until < now),
        )
        .values(leased_until=now + LEASE, attempts=TicketMessage.attempts + 1)
        .returning(TicketMessage.id)
        .execution_options(unaudited=True)  # a lease; see audit.py
    )
    return claimed.first() is not None


def ticket_of(db: Session, tokens: Collection[str]) -> Ticket | None:
    """The ticket that one of the tokens belongs to."""
    if not tokens:
        return None
    return db.scalars(select(Ticket).where(Ticket.token.in_(tokens)).order_by(Ticket.id)).first()


def is_known(db: Session, mail_id: str) -> bool:
    """Was a mail with this Message-ID sent or taken in before?"""
    query = select(TicketMessage.id).where(TicketMessage.message_id == mail_id)
    return db.scalars(query).first() is not None
