"""Puts replies into their tickets: each once, in the transaction that notes how far was read."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from core.schema.mail import ImapServer, Mail
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail.parse import Received, parse
from maintenance.work_orders import attachments
from storage.records import Mailbox, Records, Ticket
from storage.records import mail as mail_rows

log = logging.getLogger(__name__)

WHO = "mail"  # in the audit
MEGABYTE = 1_000_000


class Box(Protocol):
    """An open mailbox (imap.py)."""

    validity: int

    def after(self, uid: int) -> list[int]:
        """The UIDs above this one, rising."""

    def size(self, uid: int) -> int:
        """Bytes of a mail."""

    def read(self, uid: int, *, head_only: bool = False) -> bytes:
        """A mail, or only its headers."""


Open = Callable[[ImapServer], AbstractContextManager[Box]]


def take_in(
    mail: Mail,
    server: ImapServer,
    records: Records,
    folder: Path,
    open_box: Open,
    now: Callable[[], int],
) -> int:
    """Read what has come since the last time; the number of replies. SourceError from `open_box`.

    Attachments are kept in the storage `folder`.

    A mail without a ticket's token is a stranger's: it is counted and left where it is.
    """
    name = f"{server.user}@{server.host}/{server.mailbox}"
    with records.reading() as db:
        known = db.get(Mailbox, name)
        seen, validity = (known.uid, known.validity) if known else (0, 0)
    replies = 0
    with open_box(server) as box:
        for uid in box.after(seen if box.validity == validity else 0):
            received = _read(mail, box, uid)
            with records.writing(WHO, now()) as db:
                replies += _take(
                    db, folder, mail_rows.mailbox(db, name), box.validity, uid, received, now()
                )
    return replies


def _read(mail: Mail, box: Box, uid: int) -> Received:
    largest = mail.largest_mb * MEGABYTE
    size = box.size(uid)
    if size <= 2 * largest:
        return parse(box.read(uid), largest)
    head = parse(box.read(uid, head_only=True), largest)
    text = f"(a mail of {size // MEGABYTE} MB, too large to keep: it is still in the mailbox)"
    return Received(head.mail_id, head.sender, head.subject, head.tokens, text, head.is_automatic)


def _take(
    db: Session,
    folder: Path,
    mailbox: Mailbox,
    validity: int,
    uid: int,
    received: Received,
    now: int,
) -> bool:
    mailbox.validity, mailbox.uid = validity, uid
    ticket = mail_rows.ticket_of(db, received.tokens)
    if ticket is None:
        mailbox.strangers += 1
        log.info("a mail that belongs to no ticket was left alone (%s so far)", mailbox.strangers)
        return False
    if mail_rows.is_known(db, received.mail_id):
        return False
    _keep(db, folder, ticket, received, now)
    mailbox.replies += 1
    return True


def _keep(db: Session, folder: Path, ticket: Ticket, received: Received, now: int) -> None:
    message = tickets.write(
        db,
        ticket.id,
        received.text,
        direction="in",
        by=received.sender,
        now=now,
        message_id=received.mail_id,
    )
    for file in received.attachments:
        if file.data:
            attachments.attach(
                db,
                folder,
                "message",
                str(message.id),
                name=file.name,
                media_type=file.media_type,
                data=file.data,
                by=received.sender,
                now=now,
            )
    # The first answer of a person; an out-of-office note acknowledges nothing.
    if ticket.state == "sent" and not received.is_automatic:
        tickets.move(db, ticket.id, "acknowledged", by=received.sender, now=now, note="by e-mail")
