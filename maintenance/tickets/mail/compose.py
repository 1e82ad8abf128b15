"""A ticket's message as mail, so that the reply finds its way back. Pure.

The ticket's token, 64 bits that nobody can guess, stands in the subject, in the Message-ID (which a
reply names in References) and, with `plus_address`, in the address to reply to. One is enough.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from core.schema.mail import Mail
from core.text.numbers import PLAIN
from core.time.clock import from_ms
from storage.records import File, Ticket, TicketMessage

MEGABYTE = 1_000_000
FOOT = (
    "-- \nTicket {number} of {site}. Please leave [SCW-{token}] in the subject when you answer.\n"
)


def compose(
    mail: Mail,
    site_name: str,
    ticket: Ticket,
    message: TicketMessage,
    earlier: Sequence[str],
    to: str,
    files: Sequence[tuple[File, bytes]],
) -> EmailMessage:
    """The mail of one outgoing message; the same message always gives the same Message-ID.

    `earlier` are the Message-IDs of the thread so far, oldest first.
    """
    composed = EmailMessage(policy=SMTP)
    composed["From"] = mail.sender
    composed["To"] = to
    composed["Subject"] = f"[SCW-{ticket.token}] {_one_line(ticket.subject)}"
    composed["Date"] = format_datetime(from_ms(message.at))
    composed["Message-ID"] = mail_id(mail, ticket, message.id)
    if mail.plus_address:
        name, _, host = mail.sender.partition("@")
        composed["Reply-To"] = f"{name}+{ticket.token}@{host}"
    if earlier:
        composed["In-Reply-To"] = earlier[-1]
        composed["References"] = " ".join(earlier[-20:])
    foot = FOOT.format(number=ticket.id, site=_one_line(site_name), token=ticket.token)
    most = mail.largest_mb * MEGABYTE
    told = "".join(
        f"[{file.name}, {PLAIN.fixed(file.size / MEGABYTE, 1)} MB, is too large for mail]\n"
        for file, _ in files
        if file.size > most
    )
    composed.set_content(f"{message.text.rstrip()}\n{told}\n{foot}")
    for file, data in files:
        if file.size > most:
            continue
        main, _, sub = file.media_type.partition("/")
        composed.add_attachment(
            data, maintype=main or "application", subtype=sub or "octet-stream", filename=file.name
        )
    return composed


def mail_id(mail: Mail, ticket: Ticket, message: int) -> str:
    """The Message-ID of a message with this number."""
    return f"<{ticket.token}.{message}@{mail.sender.partition('@')[2]}>"


def _one_line(text: str) -> str:
    """A line end in a header would begin another header."""
    return " ".join(text.split())
