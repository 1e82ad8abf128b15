"""Sends what the outbox of tickets holds, each ticket's messages in order.

With the line down everything waits and the oldest is tried with growing pauses. A second copy of a
mail, after a crash between sending and noting it, has the same Message-ID: mail programs show one.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import DeliveryError, StoreError
from core.schema.mail import Mail
from core.schema.site import Site
from core.text.plain import single_line
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail.compose import compose, mail_id
from maintenance.tickets.uploads import writer
from storage.files import attachments
from storage.records import File, Records, Ticket, TicketMessage, Vendor, outbox
from storage.records import files as file_rows
from storage.records.mail import OUTBOX
from storage.records.transaction import Transaction

log = logging.getLogger(__name__)

WHO = "mail"  # in the audit

Send = Callable[[EmailMessage], None]


def send_due(site: Site, mail: Mail, records: Records, send: Send, now: Callable[[], int]) -> int:
    """Try each message that is due, until the line fails; how many left."""
    sent = 0
    for row_id, _ticket_id in outbox.claim_due(records, OUTBOX, WHO, now, set()):
        try:
            with _of_this_mail():
                composed = _composed(site, mail, records, row_id)
        except DeliveryError as error:
            _postpone(records, row_id, error, now())
            continue  # it is this ticket's trouble only
        try:
            with _of_this_mail():
                send(composed)
        except DeliveryError as error:
            _postpone(records, row_id, error, now())
            if not error.permanent:
                break  # what comes next would wait for the same line
        else:
            _sent(site, mail, records, row_id, now())
            sent += 1
    return sent


@contextmanager
def _of_this_mail() -> Iterator[None]:
    """What nobody foresaw is this mail's, which is given up with its words: the others go on."""
    try:
        yield
    except (DeliveryError, StoreError):
        raise
    except Exception as error:
        log.exception("a mail could not be made")
        text = single_line(str(error))[:200] or type(error).__name__
        raise DeliveryError(f"it cannot be sent: {text}", permanent=True) from error


def _composed(site: Site, mail: Mail, records: Records, row_id: int) -> EmailMessage:
    with records.reading() as db:
        message = db.get_one(TicketMessage, row_id)
        ticket = message.ticket
        vendor = db.get_one(Vendor, ticket.vendor_id)
        if not vendor.email:
            raise DeliveryError(f"vendor {vendor.id} has no e-mail address")
        earlier = [
            previous.message_id
            for previous in ticket.messages
            if previous.message_id and previous.id < row_id
        ]
        folder = site.file.storage.folder
        files = [
            (file, _content(folder, file))
            for file in _files(db, ticket, message)
            if file.who != writer(vendor)  # they have it
        ]
        return compose(mail, site.file.name, ticket, message, earlier, vendor.email, files)


def _content(folder: Path, file: File) -> bytes | None:
    """The bytes of a file; None if they are gone or damaged, which the mail says."""
    try:
        return attachments.read(folder, file.sha256)
    except StoreError as error:
        log.warning("%s is left out of a mail: %s", file.name, error)
        return None


def _files(db: Session, ticket: Ticket, message: TicketMessage) -> list[File]:
    """What goes with a message: its own files, and those put to the ticket since the last that arrived."""
    out = [m for m in ticket.messages if m.direction == "out" and m.id < message.id]
    sent = [m.at for m in out if m.failed_at is None]
    since = max(sent, default=0)
    put = file_rows.files(db, "ticket", str(ticket.id))
    fresh = [file for file in put if since < file.at <= message.at]
    return [*file_rows.files(db, "message", str(message.id)), *fresh]


def _sent(site: Site, mail: Mail, records: Records, row_id: int, now: int) -> None:
    with records.writing(WHO, now) as db:
        message = outbox.delivered(db, OUTBOX, row_id, now)
        message.message_id = mail_id(mail, message.ticket, row_id)
        if message.ticket.state in ("draft", "to_send"):
            tx = Transaction(db, site, message.who, now)
            tickets.move(tx, message.ticket_id, "sent", note="by e-mail")


def _postpone(records: Records, row_id: int, error: DeliveryError, now: int) -> None:
    with records.writing(WHO, now) as db:
        message = outbox.postpone(db, OUTBOX, row_id, error, now)
        if outbox.is_news(message, error):
            log.warning("ticket %s, message %s: %s", message.ticket_id, row_id, error)
