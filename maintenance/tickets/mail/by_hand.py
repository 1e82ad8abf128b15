"""What a person sends to the vendor by their own mail program, or by any other way. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from core.text.plain import single_line, without_controls
from maintenance.tickets.mail.compose import FOOT
from storage.records import File, Ticket

# Characters of a mailto: link; Windows hands on no more than about 2,000, and a longer one opens nothing.
LONGEST_LINK = 1_900


class HandMail(NamedTuple):
    """The messages of a ticket that have not left, as one mail. `to` is empty if no address is known."""

    to: str
    subject: str
    body: str
    files: Sequence[str]  # names of what should go along

    @property
    def link(self) -> str:
        """Opens a mail program with it; without the body if that is too long for a link. Empty without `to`."""
        if not self.to:
            return ""
        start = f"mailto:{quote(self.to, safe='@+')}?subject={quote(self.subject, safe='')}"
        body = self.body.replace("\n", "\r\n")  # RFC 6068
        whole = f"{start}&body={quote(body, safe='')}"
        return whole if len(whole) <= LONGEST_LINK else start

    @property
    def holds_body(self) -> bool:
        """Is the text in the link too?"""
        return "&body=" in self.link


def mail_by_hand(
    site_name: str, ticket: Ticket, address: str, files: Iterable[File]
) -> HandMail | None:
    """None if every message to the vendor has left. A reply to it finds its ticket as any other does."""
    unsent = [m for m in ticket.messages if m.direction == "out" and m.sent_at is None]
    if not unsent:
        return None
    texts = [without_controls(m.text.replace("\r\n", "\n")).rstrip() for m in unsent]
    foot = FOOT.format(number=ticket.id, site=single_line(site_name), token=ticket.token)
    subject = f"[SCW-{ticket.token}] {single_line(ticket.subject)}"
    names = [single_line(file.name) for file in files if file.at >= ticket.opened_at]
    return HandMail(address, subject, "\n\n".join([*texts, foot]), names)
