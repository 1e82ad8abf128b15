"""Puts a supplier's reply file into its ticket: once, whatever came how often and by which way."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from core.errors import RefusedError
from core.schema.site import Site
from maintenance.tickets.lifecycle import UNANSWERED, move
from maintenance.tickets.twin.reply_file import ReplyFile, read_reply
from maintenance.work_orders.attachments import attach
from storage.records import Ticket, TicketMessage, Vendor
from storage.records import mail as mail_rows
from storage.records.transaction import Transaction, needs

ONLY_FILES = "(no text)"
MOST_IN_MAIL = 3  # attachments that are looked into: strangers write mail, and a ZIP takes time
_ENDINGS = (".txt", ".zip")


class ReplyIntake(NamedTuple):
    """Where a reply is now."""

    ticket: int
    is_new: bool  # False: it was there already
    is_closed: bool  # the ticket; it stays so, and stands among the open ones until somebody has read the reply


@needs("work on a ticket")
def receive_file(tx: Transaction, reply: ReplyFile) -> ReplyIntake:
    """A message of the vendor with its files, as unread as a mail. The same reply again changes nothing."""
    ticket = mail_rows.ticket_of(tx.db, [reply.stamp.token])
    if ticket is None:
        raise RefusedError(
            "ticket {ticket}, to which this reply belongs, is not here any more",
            ticket=reply.stamp.number,
        )
    name = f"<{reply.digest}@reply.invalid>"  # formed as the Message-ID of a mail
    is_new = not mail_rows.is_known(tx.db, name)
    if is_new:
        _add(tx, ticket, reply, name)
    return ReplyIntake(ticket.id, is_new, ticket.state == "closed")


def replies_in(site: Site, attachments: Iterable[tuple[str, bytes]]) -> list[ReplyFile]:
    """The replies among named attachments of a mail; one that is wrong is an attachment like any other."""
    candidates = (content for name, content in attachments if name.lower().endswith(_ENDINGS))
    replies = []
    for content in islice(candidates, MOST_IN_MAIL):
        with suppress(RefusedError):
            replies.append(read_reply(site, content))
    return replies


def _add(tx: Transaction, ticket: Ticket, reply: ReplyFile, name: str) -> None:
    """In the vendor's name; the audit has who took it in."""
    vendor = tx.db.get_one(Vendor, ticket.vendor_id)
    theirs = replace(tx, by=f"file: {vendor.name}")  # with a colon, so that no person is called so
    message = TicketMessage(
        ticket=ticket,
        direction="in",
        at=tx.now,
        who=theirs.by,
        text=reply.text or ONLY_FILES,
        message_id=name,
        next_at=tx.now,
    )
    tx.db.add(message)
    tx.db.flush()
    for file in reply.files:
        attach(theirs, "message", str(message.id), file.name, file.media_type, file.content)
    if ticket.state in UNANSWERED:
        move(tx, ticket.id, "acknowledged", note="by file")
