"""The mail of tickets: which messages must still go out, and how far each mailbox was read."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import Base
from storage.records.outbox import Outbox
from storage.records.tickets import Ticket, TicketMessage

OUTBOX = Outbox(
    TicketMessage,
    done_at=TicketMessage.sent_at,
    run=TicketMessage.ticket_id,
    only=TicketMessage.direction == "out",
)


class Mailbox(Base):
    """How far a mailbox has been read. Not audited: nobody decided anything here."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(primary_key=True)  # user@host/mailbox
    validity: Mapped[int] = mapped_column(
        default=0
    )  # UIDVALIDITY: with another one, UIDs begin anew
    uid: Mapped[int] = mapped_column(default=0)  # the last one that was read
    replies: Mapped[int] = mapped_column(default=0)  # mails that belonged to a ticket
    unmatched: Mapped[int] = mapped_column("strangers", default=0)  # that did not: left alone


def mailbox(db: Session, name: str) -> Mailbox:
    """The mailbox of that name, unread if it is new."""
    row = db.get(Mailbox, name)
    if row is None:
        row = Mailbox(name=name)
        db.add(row)
    return row


def ticket_of(db: Session, tokens: Collection[str]) -> Ticket | None:
    """The ticket that one of the tokens belongs to, the first of them that is one."""
    for token in tokens:
        ticket = db.scalars(select(Ticket).where(Ticket.token == token)).first()
        if ticket is not None:
            return ticket
    return None


def is_known(db: Session, mail_id: str) -> bool:
    """Is there a message, sent or received, with this Message-ID already?"""
    query = select(TicketMessage.id).where(TicketMessage.message_id == mail_id)
    return db.scalars(query).first() is not None
