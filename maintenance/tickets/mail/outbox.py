"""Empties the outbox of tickets: leased rows, at least once, in order, tried until they leave.

With the line down everything waits and the oldest is tried with growing pauses. A second copy of a
mail, after a crash between sending and noting it, has the same Message-ID: mail programs show one.
"""

import logging
from collections.abc import Callable
from email.message import EmailMessage

from sqlalchemy.orm import Session

from core.errors import DeliveryError
from core.schema.mail import Mail
from core.schema.site import Site
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail.compose import compose, mail_id
from storage.files import attachments
from storage.records import File, Records, Ticket, TicketMessage, Vendor
from storage.records import files as file_rows
from storage.records import mail as mail_rows
from storage.records.deliveries import pause

log = logging.getLogger(__name__)

WHO = "mail"  # in the audit

Send = Callable[[EmailMessage], None]


def send_due(site: Site, mail: Mail, records: Records, send: Send, now: Callable[[], int]) -> int:
    """Try each message that is due, until the line fails; the number that left."""
    with records.reading() as db:
        ready = mail_rows.waiting(db, now())
    left = 0
    for number in ready:
        with records.writing(WHO, now()) as db:
            is_ours = mail_rows.claim(db, number, now())
        if not is_ours:
            continue
        try:
            send(_composed(site, mail, records, number))
        except DeliveryError as error:
            _postpone(records, number, error, now())
            if not error.permanent:
                break  # what comes next would wait for the same line
        else:
            _sent(mail, records, number, now())
            left += 1
    return left


def _composed(site: Site, mail: Mail, records: Records, number: int) -> EmailMessage:
    with records.reading() as db:
        message = db.get_one(TicketMessage, number)
        ticket = message.ticket
        vendor = db.get_one(Vendor, ticket.vendor_id)
        if not vendor.email:
            raise DeliveryError(f"vendor {vendor.id} has no e-mail address")
        earlier = [one.message_id for one in ticket.messages if one.message_id and one.id < number]
        files = [
            (file, attachments.read(site.file.storage.folder, file.sha256))
            for file in _files(db, ticket, message)
        ]
        return compose(mail, site.file.name, ticket, message, earlier, vendor.email, files)


def _files(db: Session, ticket: Ticket, message: TicketMessage) -> list[File]:
    """What goes with a message: its own files, and those put to the ticket since the last one."""
    sent = [m.at for m in ticket.messages if m.direction == "out" and m.id < message.id]
    since = max(sent, default=0)
    put = file_rows.files(db, "ticket", str(ticket.id))
    fresh = [file for file in put if since < file.at <= message.at]
    return [*file_rows.files(db, "message", str(message.id)), *fresh]


def _sent(mail: Mail, records: Records, number: int, now: int) -> None:
    with records.writing(WHO, now) as db:
        message = db.get_one(TicketMessage, number)
        message.sent_at, message.error, message.leased_until = now, "", None
        message.message_id = mail_id(mail, message.ticket, number)
        if message.ticket.state == "draft":
            tickets.move(db, message.ticket_id, "sent", by=message.who, now=now, note="by e-mail")


def _postpone(records: Records, number: int, error: DeliveryError, now: int) -> None:
    with records.writing(WHO, now) as db:
        message = db.get_one(TicketMessage, number)
        if message.attempts == 1 or error.permanent:  # once when lost, not at each try
            log.warning("ticket %s, message %s: %s", message.ticket_id, number, error)
        message.error, message.leased_until = str(error), None
        if error.permanent:
            message.failed_at = now
        else:
            message.next_at = now + pause(message.attempts)
