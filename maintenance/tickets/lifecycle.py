"""Cases with a vendor: opened here, moved through their states, and their clock.

Sending and receiving is not here: an outgoing message is a row of `ticket_messages` that waits to
be sent. The caller's transaction and `by`: see orders.py.
"""

import re
import secrets
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.time.clock import from_ms
from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from storage.records import Contract, RemoteSession, Ticket, TicketMessage, TicketStep, Vendor
from storage.records import assets as asset_rows

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")  # whether somebody lives there only a mail can say

_WITH_VENDOR: tuple[TicketState, ...] = (
    "acknowledged",
    "waiting_us",
    "remote_session",
    "waiting_part",
    "solved",
)
NEXT: dict[TicketState, tuple[TicketState, ...]] = {
    "draft": ("sent", "closed"),
    "sent": (*_WITH_VENDOR, "closed"),
    **{state: tuple(s for s in (*_WITH_VENDOR, "closed") if s != state) for state in _WITH_VENDOR},
    "closed": ("sent",),  # the fault is back
}


def add_vendor(db: Session, vendor: str, name: str, *, email: str = "", phone: str = "") -> Vendor:
    """One more vendor, by hand; `vendor` is its id, as the asset workbook names it."""
    if not ID.fullmatch(vendor) or not name.strip():
        raise RefusedError("a vendor needs a name, and an id of small letters, digits and -")
    if db.get(Vendor, vendor) is not None:
        raise RefusedError("there is a vendor {vendor!r} already", vendor=vendor)
    if (address := email.strip()) and not EMAIL.fullmatch(address):
        raise RefusedError("{address!r} is no e-mail address", address=address)
    row = Vendor(id=vendor, name=name.strip(), email=address, phone=phone.strip())
    db.add(row)
    db.flush()
    return row


def open_ticket(
    db: Session,
    *,
    device: str,
    vendor: str,
    subject: str,
    text: str,
    by: str,
    now: int,
    clinical_state: ClinicalState = "working",
    alert_id: int | None = None,
    order_id: int | None = None,
    zone: ZoneInfo | None = None,
) -> Ticket:
    """A draft, under the contract on the device's sheet if it is this vendor's and in force.

    `zone` is where the contract's days begin unless it names its own; None is UTC.
    """
    if db.get(Vendor, vendor) is None:
        raise RefusedError("there is no vendor {vendor!r}", vendor=vendor)
    if not subject.strip():
        raise RefusedError("a ticket needs a subject")
    contract = asset_rows.contract_of(db, device)
    if contract is not None and not _holds(contract, vendor, now, zone):
        contract = None
    ticket = Ticket(
        token=secrets.token_hex(8),
        device=device,
        vendor_id=vendor,
        subject=subject.strip(),
        opened_at=now,
        opened_by=by,
        text=text,
        clinical_state=clinical_state,
        contract_id=contract.id if contract else None,
        alert_id=alert_id,
        order_id=order_id,
    )
    db.add(ticket)
    db.add(TicketStep(ticket=ticket, state="draft", at=now, who=by))
    db.flush()
    return ticket


def move(
    db: Session, ticket_id: int, state: TicketState, *, by: str, now: int, note: str = ""
) -> Ticket:
    """Bring it into another state. RefusedError if that one cannot follow."""
    ticket = get(db, ticket_id)
    if state not in NEXT[ticket.state]:
        raise RefusedError(
            "ticket {ticket} is {state}: it cannot become {wanted}",
            ticket=ticket_id,
            state=ticket.state,
            wanted=state,
        )
    ticket.state = state
    db.add(TicketStep(ticket=ticket, state=state, at=now, who=by, note=note))
    return ticket


def write(
    db: Session,
    ticket_id: int,
    text: str,
    *,
    direction: MessageDirection,
    by: str,
    now: int,
    message_id: str | None = None,
) -> TicketMessage:
    """One more message of the thread. What goes out waits to be sent; a note stays in the house."""
    if not text.strip():
        raise RefusedError("the message is empty")
    message = TicketMessage(
        ticket=get(db, ticket_id),
        direction=direction,
        at=now,
        who=by,
        text=text,
        message_id=message_id,
        next_at=now,
    )
    db.add(message)
    db.flush()
    return message


def begin_session(
    db: Session, ticket_id: int, *, person: str, allowed_by: str, now: int, way: str = ""
) -> RemoteSession:
    """Somebody of the vendor is let in, by somebody's leave."""
    if not person.strip() or not allowed_by.strip():
        raise RefusedError("say who comes in, and who allows it")
    ticket = get(db, ticket_id)
    if ticket.state != "remote_session":
        move(db, ticket_id, "remote_session", by=allowed_by, now=now, note=person)
    session = RemoteSession(
        ticket=ticket, person=person, allowed_by=allowed_by, began_at=now, way=way
    )
    db.add(session)
    db.flush()
    return session


def end_session(db: Session, session_id: int, *, by: str, now: int, done: str) -> RemoteSession:
    """They are out again; `done` says what they did and changed."""
    session = db.get(RemoteSession, session_id)
    if session is None or session.ended_at is not None:
        raise RefusedError("there is no open remote session {session}", session=session_id)
    session.ended_at, session.done = now, done
    if session.ticket.state == "remote_session":
        move(db, session.ticket.id, "acknowledged", by=by, now=now, note="remote session ended")
    return session


def get(db: Session, ticket_id: int) -> Ticket:
    """The ticket. RefusedError if there is none."""
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        raise RefusedError("there is no ticket {ticket}", ticket=ticket_id)
    return ticket


def _holds(contract: Contract, vendor: str, now: int, zone: ZoneInfo | None) -> bool:
    day = from_ms(now, ZoneInfo(contract.zone) if contract.zone else zone).date().isoformat()
    return contract.vendor_id == vendor and contract.starts_on <= day <= contract.ends_on
