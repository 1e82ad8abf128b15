"""Puts replies into their tickets: each once, in the transaction that notes how far was read."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import NamedTuple, Protocol

from core.errors import RefusedError, SourceError, StoreError
from core.schema.mail import ImapServer, Mail
from core.schema.site import Site
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.mail.parse import UNREADABLE, Received, parse, parse_beginning
from maintenance.tickets.twin.intake import receive_file, replies_in
from maintenance.work_orders import attachments
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
        """A mail, or its head with the beginning of its text."""


class MailPlace(NamedTuple):
    """Where a mail is."""

    mailbox: str
    validity: int  # UIDVALIDITY
    uid: int


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

    A mail without a ticket's token is unmatched: it is counted and left where it is. What of a mail
    cannot be kept is named in the message, and no mail holds up those behind it.
    """
    name = f"{server.user}@{server.host}/{server.mailbox}"
    with records.reading() as db:
        known = db.get(Mailbox, name)
        last_uid, validity = (known.uid, known.validity) if known else (0, 0)
    replies = 0
    with open_mailbox(server) as mailbox:
        for uid in mailbox.after(last_uid if mailbox.validity == validity else 0):
            place = MailPlace(name, mailbox.validity, uid)
            received = _read(mail, mailbox, uid)
            try:
                replies += _store(site, records, place, received, now())
            except (SourceError, StoreError):
                raise  # of the line or the disk: the mail waits where it is
            except Exception:
                log.exception("mail %s could not be kept whole", uid)
                replies += _store(site, records, place, _without_content(received), now())
    return replies


def _read(mail: Mail, mailbox: OpenMailbox, uid: int) -> Received:
    largest = mail.largest_mb * MEGABYTE
    size = mailbox.size(uid)
    if size <= 2 * largest:
        return parse(mailbox.read(uid), min(largest, attachments.LARGEST))
    text = f"(a mail of {size // MEGABYTE} MB, too large to keep: it is still in the mailbox)"
    return parse_beginning(mailbox.read(uid, head_only=True), text)


def _without_content(received: Received) -> Received:
    return replace(received, text=UNREADABLE, attachments=[])


def _store(site: Site, records: Records, place: MailPlace, received: Received, at: int) -> bool:
    """Whether it was a reply that is not in a ticket yet; now it is, and its place is noted.

    The reply file of an exported ticket may come as an attachment, whatever the mail's subject is.
    """
    files = [(file.name, file.data) for file in received.attachments if file.data]
    replies = replies_in(site, files)
    with records.writing(WHO, at) as db:
        # The message is its sender's; in the audit it is the mail loop that wrote it.
        tx = Transaction(db, site, received.sender, at)
        mailbox = mail_rows.mailbox(db, place.mailbox)
        mailbox.validity, mailbox.uid = place.validity, place.uid
        ticket = mail_rows.ticket_of(
            db, [*received.tokens, *(reply.stamp.token for reply in replies)]
        )
        if ticket is None:
            mailbox.unmatched += 1
            log.info(
                "a mail that belongs to no ticket was left alone (%s so far)", mailbox.unmatched
            )
            return False
        if mail_rows.is_known(db, received.mail_id):
            return False
        _add_reply(tx, ticket, received)
        for reply in replies:
            with suppress(RefusedError):  # its ticket is gone: it stays an attachment
                receive_file(tx, reply)
        mailbox.replies += 1
        return True


def _add_reply(tx: Transaction, ticket: Ticket, received: Received) -> None:
    message = tickets.receive_mail(
        tx, ticket.id, received.text, received.mail_id, is_automatic=received.is_automatic
    )
    outcome, reason = received.verdict
    if outcome == "failed":
        tickets.note_undelivered(tx, ticket.id, received.ours, reason)
        log.warning("a message of ticket %s did not arrive: %s", ticket.id, reason)
    for file in received.attachments:
        if file.data:
            attach(tx, "message", str(message.id), file.name, file.media_type, file.data)
