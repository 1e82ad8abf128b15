"""Cases with a vendor: their states, the thread of messages, and remote sessions."""

from sqlalchemy import ForeignKey, Index, and_, or_, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from storage.records.base import ROW_KEY, Base

_WAITING = "direction = 'out' and sent_at is null and failed_at is null"


class Ticket(Base):
    """One case with one vendor about one device."""

    __tablename__ = "tickets"
    __table_args__ = (Index("tickets_by_device", "device", "opened_at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    token: Mapped[str] = mapped_column(unique=True)  # in the subject of each mail; not guessable
    device: Mapped[str]
    vendor_id: Mapped[str] = mapped_column(ForeignKey("vendors.id"))
    subject: Mapped[str]
    opened_at: Mapped[int]
    opened_by: Mapped[str]
    state: Mapped[TicketState] = mapped_column(default="draft")
    text: Mapped[str] = mapped_column(default="")
    clinical_state: Mapped[ClinicalState] = mapped_column(default="working")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contracts.id"), default=None)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True, default=None)
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )
    vendor_case: Mapped[str] = mapped_column(default="")  # the number it has at the vendor
    # How often the links for who answers at the device were taken back; of those made before none leads here.
    answer_links_revoked: Mapped[int] = mapped_column(default=0)
    steps: Mapped[list["TicketStep"]] = relationship(
        back_populates="ticket", order_by="TicketStep.id", default_factory=list
    )
    messages: Mapped[list["TicketMessage"]] = relationship(
        back_populates="ticket", order_by="TicketMessage.id", default_factory=list
    )
    sessions: Mapped[list["RemoteSession"]] = relationship(
        back_populates="ticket", order_by="RemoteSession.id", default_factory=list
    )


class TicketStep(Base):
    """A ticket came into a state. Never changed afterwards: the SLA clock reads these rows."""

    __tablename__ = "ticket_steps"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    ticket: Mapped[Ticket] = relationship(back_populates="steps")
    state: Mapped[TicketState]
    at: Mapped[int]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True, init=False)


class TicketMessage(Base):
    """One message of a ticket's thread. What goes out is leased, as a delivery of an alert is."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        Index(
            "ticket_messages_waiting",
            "next_at",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    direction: Mapped[MessageDirection]
    at: Mapped[int]
    who: Mapped[str]
    text: Mapped[str]
    message_id: Mapped[str | None] = mapped_column(unique=True, default=None)  # of the mail
    next_at: Mapped[int] = mapped_column(default=0)  # not before this
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[int | None] = mapped_column(default=None)
    sent_at: Mapped[int | None] = mapped_column(default=None)
    failed_at: Mapped[int | None] = mapped_column(default=None)  # trying again will not help
    error: Mapped[str] = mapped_column(default="")
    # Of what came in: whether a machine wrote it, and when somebody here had read it.
    is_automatic: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[int | None] = mapped_column(default=None)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True, init=False)


class RemoteSession(Base):
    """Somebody at the vendor's was let into a device: who, when, by whose leave, and what was done.

    Scanward opens nothing: a VPN or a vendor's own tool is only noted.
    """

    __tablename__ = "remote_sessions"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    ticket: Mapped[Ticket] = relationship(back_populates="sessions")
    person: Mapped[str]
    allowed_by: Mapped[str]
    began_at: Mapped[int]
    ended_at: Mapped[int | None] = mapped_column(default=None)
    way: Mapped[str] = mapped_column(default="")  # VPN, modem, screen sharing
    done: Mapped[str] = mapped_column(default="")  # what was done and changed
    requested_by: Mapped[str] = mapped_column(default="")
    opened: Mapped[str] = mapped_column(default="")  # what they can reach: a console, a port
    planned_end: Mapped[int | None] = mapped_column(default=None)  # it ends itself then
    ended_by: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True, init=False)


UNREAD = and_(TicketMessage.direction == "in", TicketMessage.read_at.is_(None))


def tickets(db: Session, *, device: str | None = None, closed: bool = False) -> list[Ticket]:
    """Tickets, the newest first; without `closed` only those that wait for something.

    A closed one waits too while there is a message in it that nobody has read.
    """
    query = select(Ticket)
    if device is not None:
        query = query.where(Ticket.device == device)
    if not closed:
        query = query.where(or_(Ticket.state != "closed", Ticket.messages.any(UNREAD)))
    return list(db.scalars(query.order_by(Ticket.opened_at.desc(), Ticket.id.desc())))


def unread(db: Session, ticket: int) -> list[TicketMessage]:
    """What came in and nobody has read yet, in order."""
    query = select(TicketMessage).where(TicketMessage.ticket_id == ticket, UNREAD)
    return list(db.scalars(query.order_by(TicketMessage.id)))


def tickets_of(db: Session, *, order: int | None = None, alert: int | None = None) -> list[Ticket]:
    """The tickets that were opened from an order or an alert."""
    query = select(Ticket)
    if order is not None:
        query = query.where(Ticket.order_id == order)
    if alert is not None:
        query = query.where(Ticket.alert_id == alert)
    return list(db.scalars(query.order_by(Ticket.id)))


def open_sessions(db: Session) -> list[RemoteSession]:
    """Who is in at this moment, by whichever ticket, the first one first; each with its ticket."""
    query = select(RemoteSession).where(RemoteSession.ended_at.is_(None))
    query = query.options(joinedload(RemoteSession.ticket))
    return list(db.scalars(query.order_by(RemoteSession.began_at, RemoteSession.id)))


def sessions_of_device(db: Session, device: str, before: int) -> list[RemoteSession]:
    """Who was let into a device before then, the last one first."""
    query = select(RemoteSession).join(Ticket).where(Ticket.device == device)
    query = query.where(RemoteSession.began_at < before)
    return list(db.scalars(query.order_by(RemoteSession.id.desc())))


def ticket_steps(db: Session, ticket: int) -> list[TicketStep]:
    """The states that a ticket has been in, in order."""
    query = select(TicketStep).where(TicketStep.ticket_id == ticket)
    return list(db.scalars(query.order_by(TicketStep.id)))
