"""How the newest message to the vendor fared, for whoever reads "sent" and waits for an answer. Pure."""

from typing import Literal

from storage.records import Ticket

# no_mail: the site sends none, so a person must call or write. failed: it was refused, or came back.
Delivery = Literal["sent", "waiting", "no_mail", "failed"]


def delivery_of(ticket: Ticket, *, has_mail: bool) -> Delivery | None:
    """None: no message to the vendor was written. `has_mail`: this site sends tickets by e-mail."""
    out = [message for message in ticket.messages if message.direction == "out"]
    if not out:
        return None
    newest = out[-1]
    if newest.failed_at is not None:
        return "failed"
    if newest.sent_at is not None:
        return "sent"
    return "waiting" if has_mail else "no_mail"


def unread_count(ticket: Ticket) -> int:
    """How many messages came in that nobody has read."""
    return sum(m.direction == "in" and m.read_at is None for m in ticket.messages)


def has_news(ticket: Ticket) -> bool:
    """Whether a message is unread, or the newest to the vendor did not arrive."""
    return unread_count(ticket) > 0 or delivery_of(ticket, has_mail=True) == "failed"
