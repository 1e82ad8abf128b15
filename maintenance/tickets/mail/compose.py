"""A ticket's message as mail, so that the reply finds its way back. Pure.

The ticket's token, 64 bits that nobody can guess, stands in the subject, in the Message-ID (which a
reply names in References) and, with `plus_address`, in the address to reply to. One is enough.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from core.schema.mail import Mail
from core.text.numbers import PLAIN
from core.text.plain import single_line, without_controls
from core.time.clock import from_ms
from storage.records import File, Ticket, TicketMessage

MEGABYTE = 1_000_000
BYTES = "application/octet-stream"
# A part that is made of parts, or a mail, cannot be made of bytes.
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9]+/[a-z0-9!#$&^_.+-]+")
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
    files: Sequence[tuple[File, bytes | None]],
) -> EmailMessage:
    """The mail of one outgoing message; the same message always gives the same Message-ID.

    `earlier` are the Message-IDs of the thread so far, oldest first. Of a file without its bytes, and
    of one that is too large, the mail has only the name.
    """
    composed = EmailMessage(policy=SMTP)
    composed["From"] = mail.sender
    composed["To"] = to
    composed["Subject"] = f"[SCW-{ticket.token}] {single_line(ticket.subject)}"
    composed["Date"] = format_datetime(from_ms(message.at))
    composed["Message-ID"] = mail_id(mail, ticket, message.id)
    if mail.plus_address:
        name, _, host = mail.sender.partition("@")
        composed["Reply-To"] = f"{name}+{ticket.token}@{host}"
    if earlier:
        composed["In-Reply-To"] = earlier[-1]
        composed["References"] = " ".join(earlier[-20:])
    largest = mail.largest_mb * MEGABYTE
    composed.set_content(_body(site_name, ticket, message, _left_out(files, largest)))
    for file, content in files:
        if content is not None and file.size <= largest:
            _attach(composed, file, content)
    return composed


def _left_out(files: Sequence[tuple[File, bytes | None]], largest: int) -> Iterator[str]:
    for file, content in files:
        name = single_line(file.name)
        if content is None:
            yield f"[{name} cannot be read any more, so it is not with this mail]\n"
        elif file.size > largest:
            size = PLAIN.fixed(file.size / MEGABYTE, 1)
            yield f"[{name}, {size} MB, is too large for mail]\n"


def _body(site_name: str, ticket: Ticket, message: TicketMessage, left_out: Iterable[str]) -> str:
    """The message, the files that are not with it, by name, and how to answer."""
    foot = FOOT.format(number=ticket.id, site=single_line(site_name), token=ticket.token)
    text = without_controls(message.text.replace("\r\n", "\n")).rstrip()
    return f"{text}\n{''.join(left_out)}\n{foot}"


def _attach(composed: EmailMessage, file: File, content: bytes) -> None:
    media_type = file.media_type.lower()
    main, _, sub = (media_type if _MEDIA_TYPE.fullmatch(media_type) else BYTES).partition("/")
    composed.add_attachment(content, maintype=main, subtype=sub, filename=single_line(file.name))


def mail_id(mail: Mail, ticket: Ticket, message: int) -> str:
    """The Message-ID of a message with this number."""
    return f"<{ticket.token}.{message}@{mail.sender.partition('@')[2]}>"
