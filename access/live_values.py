"""Live values of a ticket's device for the holder of one link: opened for an hour, and over by itself.

It is over at its time, by hand, with the link, with the ticket, when the dashboard begins anew, and when the clock was
set; then somebody must open it again.
"""

from core.errors import RefusedError
from core.time.clock import HOUR
from core.vocabulary.tickets import LiveEnd
from storage.records import LiveWindow, Ticket, VendorLink
from storage.records import live_windows as live_rows
from storage.records.transaction import Transaction, needs

OPEN_FOR = HOUR  # the issue's


@needs("let a supplier in")
def open_live_values(tx: Transaction, link_id: int) -> LiveWindow:
    """From now on for an hour, at most until the link ends. Twice changes nothing."""
    link = _link(tx, link_id)
    if link.revoked_at is not None or not link.made_at <= tx.now < link.expires_at:
        raise RefusedError("link {link} is over: make a new one", link=link_id)
    if tx.db.get_one(Ticket, link.ticket_id).state == "closed":
        raise RefusedError("ticket {ticket} is closed", ticket=link.ticket_id)
    before = live_rows.unended_window(tx.db, link_id)
    if before is not None and before.is_open(tx.now):
        return before
    if before is not None:
        before.finish("time", tx.by, tx.now)
    window = LiveWindow(link_id, tx.now, tx.by, min(tx.now + OPEN_FOR, link.expires_at))
    tx.db.add(window)
    tx.db.flush()
    return window


@needs("let a supplier in")
def close_live_values(tx: Transaction, link_id: int) -> None:
    """They are not seen by this link any more. Twice changes nothing."""
    _link(tx, link_id)
    window = live_rows.unended_window(tx.db, link_id)
    if window is not None:
        window.finish("hand", tx.by, tx.now)


@needs("let a supplier in")
def end_all_live_values(tx: Transaction, reason: LiveEnd) -> int:
    """How many were open: by no link are they seen any more."""
    windows = live_rows.unended_windows(tx.db)
    for window in windows:
        is_over = tx.now >= window.until
        window.finish("time" if is_over else reason, tx.by, tx.now)
    return len(windows)


@needs("work on a ticket")
def note_live_end(tx: Transaction, window_id: int, reason: LiveEnd) -> None:
    """A look by the link has shown that it is over."""
    tx.db.get_one(LiveWindow, window_id).finish(reason, tx.by, tx.now)


@needs("work on a ticket")
def note_first_look(tx: Transaction, window_id: int) -> None:
    """The holder of the link has looked: the time of the first."""
    window = tx.db.get_one(LiveWindow, window_id)
    window.watched_at = window.watched_at or tx.now


def _link(tx: Transaction, link_id: int) -> VendorLink:
    link = tx.db.get(VendorLink, link_id, with_for_update=True)
    if link is None:
        raise RefusedError("there is no link {link}", link=link_id)
    return link
