"""Puts replies into their tickets: each once, in the transaction that notes how far was read."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from core.schema.mail import ImapServer, Mail
from core.schema.site import Site
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail.parse import Received, parse
from maintenance.work_orders.attachments import attach
from storage.records import Mailbox, Records, Ticket
from storage.records import mail as mail_rows
from storage.records.transaction import Transaction

log = logging.getLogger(__name__)

WHO = "mail"  # in the audit
MEGABYTE = 1_000_000


class OpenMailbox(Protocol):
    """An open mailbox (imap.py)."""

    validity: int

    def after(self, uid: int) -> list[int]:
        """The UIDs above this one, rising."""

    def size(self, uid: int) -> int:
        """Bytes of a mail."""

    def read(self, uid: int, *, head_only: bool = False) -> bytes:
        """A mail, or only its headers."""


Open = Callable[[ImapServer], AbstractContextManager[OpenMailbox]]


def fetch_replies(
    site: Site,
    mail: Mail,
    server: ImapServer,
    records: Records,
    open_mailbox: Open,
    now: Callable[[], int],
) -> int:
    """Read what has come since the last time; the number of replies. SourceError from `open_mailbox`.

    A mail without a ticket's token is unmatched: it is counted and left where it is.
    """
    name = f"{server.user}@{server.host}/{server.mailbox}"
    with records.reading() as db:
        known = db.get(Mailbox, name)
        last_uid, validity = (known.uid, known.validity) if known else (0, 0)
    replies = 0
    with open_mailbox(server) as mailbox:
        for uid in mailbox.after(last_uid if mailbox.validity == validity else 0):
            received = _read(mail, mailbox, uid)
            at = now()
            with records.writing(WHO, at) as db:
                # The message is its sender's; in the audit it is the mail loop that wrote it.
                tx = Transaction(db, site, received.sender, at)
                row = mail_rows.mailbox(db, name)
                row.validity, row.uid = mailbox.validity, uid
                replies += _store(tx, row, received)
    return replies


def _read(mail: Mail, mailbox: OpenMailbox, uid: int) -> Received:
    largest = mail.largest_mb * MEGABYTE
    size = mailbox.size(uid)
    if size <= 2 * largest:
        return parse(mailbox.read(uid), largest)
    head = parse(mailbox.read(uid, head_only=True), largest)
    text = f"(a mail of {size // MEGABYTE} MB, too large to keep: it is still in the mailbox)"
    return Received(head.mail_id, head.sender, head.subject, head.tokens, text, head.is_automatic)


def _store(tx: Transaction, mailbox: Mailbox, received: Received) -> bool:
    """Whether it was a reply that is not in a ticket yet; now it is."""
    ticket = mail_rows.ticket_of(tx.db, received.tokens)
    if ticket is None:
        mailbox.unmatched += 1
        log.info("a mail that belongs to no ticket was left alone (%s so far)", mailbox.unmatched)
        return False
    if mail_rows.is_known(tx.db, received.mail_id):
        return False
    _add_reply(tx, ticket, received)
    mailbox.replies += 1
    return True


def _add_reply(tx: Transaction, ticket: Ticket, received: Received) -> None:
    message = tickets.receive_mail(
        tx, ticket.id, received.text, received.mail_id, is_automatic=received.is_automatic
    )
    for file in received.attachments:
        if file.data:
            attach(tx, "message", str(message.id), file.name, file.media_type, file.data)
