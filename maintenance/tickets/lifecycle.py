"""Cases with a vendor: opened here, moved through their states, their messages and remote sessions.

Sending and receiving is in mail/: an outgoing message is a row of `ticket_messages` that waits to be
sent.
"""

import itertools
import re
import secrets
from collections.abc import Collection
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.time.clock import from_ms
from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from maintenance.assets.columns import EMAIL
from storage.records import Contract, Ticket, TicketMessage, TicketStep, Vendor
from storage.records import assets as asset_rows
from storage.records import live_windows as live_rows
from storage.records import tickets as ticket_rows
from storage.records.transaction import Transaction, needs

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
LONGEST_ID = 40  # characters, of one that is made

UNANSWERED: tuple[TicketState, ...] = ("to_send", "sent")
_WITH_VENDOR: tuple[TicketState, ...] = (
    "acknowledged",
    "waiting_us",
    "remote_session",
    "waiting_part",
    "solved",
)
NEXT: dict[TicketState, tuple[TicketState, ...]] = {
    "draft": ("sent", "to_send", "closed"),
    "to_send": ("sent", *_WITH_VENDOR, "closed"),
    "sent": (*_WITH_VENDOR, "closed"),
    **{state: tuple(s for s in (*_WITH_VENDOR, "closed") if s != state) for state in _WITH_VENDOR},
    "closed": ("sent", "to_send"),  # the fault is back
}


@needs("add a supplier")
def add_vendor(
    tx: Transaction, vendor_id: str, name: str, *, address: str = "", phone: str = ""
) -> Vendor:
    """One more vendor, by hand; `vendor_id` as the asset workbook names it, `address` for e-mail.

    Without an id it has that of its name, `vendor-3` if the name has no Latin letters.
    """
    name, address = name.strip(), address.strip()
    vendor_id = vendor_id.strip() or _free_id(tx.db, name)
    if not ID.fullmatch(vendor_id) or not name:
        raise RefusedError("a vendor needs a name, and an id of small letters, digits and -")
    if tx.db.get(Vendor, vendor_id) is not None:
        raise RefusedError("there is a vendor {vendor!r} already", vendor=vendor_id)
    if address and not EMAIL.fullmatch(address):
        raise RefusedError("{address!r} is no e-mail address", address=address)
    vendor = Vendor(id=vendor_id, name=name, email=address, phone=phone.strip())
    tx.db.add(vendor)
    tx.db.flush()
    return vendor


def _free_id(db: Session, name: str) -> str:
    """An id of the name's letters that no vendor has."""
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID].strip("-")
    ids = {vendor.id for vendor in asset_rows.vendors(db)}
    free = itertools.chain(
        [letters] if letters else [], (f"{letters or 'vendor'}-{n}" for n in itertools.count(2))
    )
    return next(each for each in free if each not in ids)


@needs("work on a ticket")
def open_ticket(
    tx: Transaction,
    device: str,
    vendor: str,
    subject: str,
    text: str = "",
    *,
    clinical_state: ClinicalState = "working",
    alert_id: int | None = None,
    order_id: int | None = None,
) -> Ticket:
    """A draft, under the contract on the device's sheet if it is this vendor's and in force."""
    tx.device(device)
    if tx.db.get(Vendor, vendor) is None:
        raise RefusedError("there is no vendor {vendor!r}", vendor=vendor)
    if not subject.strip():
        raise RefusedError("a ticket needs a subject")
    ticket = Ticket(
        token=secrets.token_hex(8),
        device=device,
        vendor_id=vendor,
        subject=subject.strip(),
        opened_at=tx.now,
        opened_by=tx.by,
        text=text,
        clinical_state=clinical_state,
        contract_id=_contract_in_force(tx, device, vendor),
        alert_id=alert_id,
        order_id=order_id,
    )
    tx.db.add(ticket)
    tx.db.add(TicketStep(ticket=ticket, state="draft", at=tx.now, who=tx.by))
    tx.db.flush()
    return ticket


@needs("work on a ticket")
def move(tx: Transaction, ticket_id: int, state: TicketState, note: str = "") -> Ticket:
    """Bring it into another state. RefusedError if that one cannot follow."""
    ticket = find(tx.db, ticket_id)
    if state not in NEXT[ticket.state]:
        raise RefusedError(
            "ticket {ticket} is {state}: it cannot become {wanted}",
            ticket=ticket_id,
            state=ticket.state,
            wanted=state,
        )
    ticket.state = state
    if state == "closed":
        _mark_read(tx, ticket_id)
        for window in live_rows.unended_windows(tx.db, ticket_id):
            window.finish("ticket", tx.by, tx.now)
    tx.db.add(TicketStep(ticket=ticket, state=state, at=tx.now, who=tx.by, note=note))
    return ticket


@needs("work on a ticket")
def set_vendor_case(tx: Transaction, ticket_id: int, number: str) -> Ticket:
    """The number that the case has at the vendor."""
    ticket = find(tx.db, ticket_id)
    ticket.vendor_case = number.strip()
    return ticket


@needs("work on a ticket")
def write(tx: Transaction, ticket_id: int, text: str, direction: MessageDirection) -> TicketMessage:
    """One more message of the thread. What goes out waits to be sent; a note stays in the house.

    The first that goes out sends the ticket, or opens it again: it is sent where mail takes it, and else
    waits for a person. What comes in acknowledges it. Whoever writes has read what came before.
    """
    message = _add_message(tx, ticket_id, text, direction)
    _mark_read(tx, ticket_id)
    state = message.ticket.state
    if direction == "out" and state in ("draft", "closed"):
        move(tx, ticket_id, "sent" if _has_mail(tx, message.ticket) else "to_send")
    if direction == "in" and state in UNANSWERED:
        move(tx, ticket_id, "acknowledged")
    return message


@needs("work on a ticket")
def confirm_sent(tx: Transaction, ticket_id: int) -> Ticket:
    """A person has sent what waits by another way than Scanward's mail: the vendor's clock begins now.

    RefusedError if nothing waits, or if e-mail takes it.
    """
    ticket = find(tx.db, ticket_id)
    unsent = [m for m in ticket.messages if m.direction == "out" and m.sent_at is None]
    if not unsent:
        raise RefusedError("ticket {ticket} has no message that waits to be sent", ticket=ticket_id)
    if _has_mail(tx, ticket) and unsent[-1].failed_at is None:
        raise RefusedError(
            "ticket {ticket} is sent by e-mail, as soon as the line allows", ticket=ticket_id
        )
    for message in unsent:
        message.sent_at, message.failed_at, message.error = tx.now, None, ""
    if ticket.state in UNANSWERED:
        ticket.state = "sent"
        tx.db.add(TicketStep(ticket=ticket, state="sent", at=tx.now, who=tx.by, note="by hand"))
    return ticket


def _has_mail(tx: Transaction, ticket: Ticket) -> bool:
    """Scanward sends its messages by e-mail."""
    return tx.site.file.mail is not None and bool(tx.db.get_one(Vendor, ticket.vendor_id).email)


def receive_mail(
    tx: Transaction, ticket_id: int, text: str, mail_id: str, *, is_automatic: bool
) -> TicketMessage:
    """A reply by e-mail. A person's acknowledges the ticket; a machine's does not.

    Nobody here has read it: a closed ticket stays closed, and is shown among the open ones until then.
    """
    message = _add_message(tx, ticket_id, text, "in", mail_id)
    message.is_automatic = is_automatic
    if message.ticket.state in UNANSWERED and not is_automatic:
        move(tx, ticket_id, "acknowledged", note="by e-mail")
    return message


@needs("work on a ticket")
def receive_reply(tx: Transaction, ticket_id: int, text: str) -> TicketMessage:
    """What a supplier wrote on the page of their link; as a mail, it acknowledges the ticket.

    Sent again over a bad line, the same words are the same message.
    """
    came_in = [m for m in find(tx.db, ticket_id).messages if m.direction == "in"]
    if came_in and (came_in[-1].text, came_in[-1].who) == (text.strip(), tx.by):
        return came_in[-1]
    message = _add_message(tx, ticket_id, text.strip(), "in")
    if message.ticket.state in UNANSWERED:
        move(tx, ticket_id, "acknowledged", note="by link")
    return message


def send_answer(tx: Transaction, ticket_id: int, text: str) -> TicketMessage:
    """What somebody at the device answers the supplier. Who answers has not read what came in before."""
    message = _add_message(tx, ticket_id, text, "out")
    if message.ticket.state == "draft":
        move(tx, ticket_id, "sent")
    return message


def note_undelivered(
    tx: Transaction, ticket_id: int, messages: Collection[int], reason: str
) -> TicketMessage | None:
    """A mail server says that a message did not arrive: the last of those it names, or that left.

    The ticket stays in its state, and its clock runs on. None if there is no message that went out.
    """
    out = [m for m in find(tx.db, ticket_id).messages if m.direction == "out"]
    named = [m for m in out if m.id in messages]
    sent = [m for m in out if m.sent_at is not None]
    for message in (named or sent or out)[-1:]:
        message.failed_at, message.error = tx.now, f"it came back: {reason}"
        return message
    return None


@needs("work on a ticket")
def mark_read(tx: Transaction, ticket_id: int) -> Ticket:
    """Somebody has read what came in. A closed ticket is then out of the list again."""
    ticket = find(tx.db, ticket_id)
    if not _mark_read(tx, ticket_id):
        raise RefusedError("ticket {ticket} has no message that nobody has read", ticket=ticket_id)
    return ticket


def _mark_read(tx: Transaction, ticket_id: int) -> int:
    """How many messages were not read before."""
    messages = ticket_rows.unread(tx.db, ticket_id)
    for message in messages:
        message.read_at = tx.now
    return len(messages)


def find(db: Session, ticket_id: int) -> Ticket:
    """The ticket. RefusedError if there is none."""
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        raise RefusedError("there is no ticket {ticket}", ticket=ticket_id)
    return ticket


def _add_message(
    tx: Transaction,
    ticket_id: int,
    text: str,
    direction: MessageDirection,
    mail_id: str | None = None,
) -> TicketMessage:
    if not text.strip():
        raise RefusedError("the message is empty")
    message = TicketMessage(
        ticket=find(tx.db, ticket_id),
        direction=direction,
        at=tx.now,
        who=tx.by,
        text=text,
        message_id=mail_id,
        next_at=tx.now,
    )
    tx.db.add(message)
    tx.db.flush()
    return message


def _contract_in_force(tx: Transaction, device: str, vendor: str) -> int | None:
    """The contract on the device's sheet, by id, if it is this vendor's and today is in its term."""
    contract = asset_rows.contract_of(tx.db, device)
    if contract is None or contract.vendor_id != vendor:
        return None
    return contract.id if contract.starts_on <= _day_of(contract, tx) <= contract.ends_on else None


def _day_of(contract: Contract, tx: Transaction) -> str:
    """Today where the contract's days begin: in its own zone, or the site's."""
    zone = ZoneInfo(contract.zone) if contract.zone else tx.site.zone
    return from_ms(tx.now, zone).date().isoformat()
