"""Links by which a supplier comes to one ticket: made, bound to a browser, noted down, taken back."""

import hmac

from sqlalchemy.orm import Session

from access.secret import hash_of, issue
from core.errors import RefusedError
from core.schema.site import Site
from core.text.languages import LANGUAGES
from core.time.clock import DAY, MINUTE
from core.vocabulary.tickets import VisitKind
from storage.records import Ticket, VendorLink, VendorVisit
from storage.records import live_windows as live_rows
from storage.records import vendor_links as link_rows
from storage.records.transaction import Transaction, needs

# Scanward's own: a case is seldom longer, and a link that lies in a mailbox ends by itself.
VALID_FOR, LONGEST = 14 * DAY, 90 * DAY
# A person on a slow line needs a tenth of it; a program that loads the page for ever fills no disk.
WINDOW, MOST_VISITS = 10 * MINUTE, 100


@needs("let a supplier in")
def make_vendor_link(
    tx: Transaction,
    ticket_id: int,
    valid_for: int = VALID_FOR,
    *,
    is_bound: bool = True,
    language: str = "en",
) -> str:
    """The secret of a new link, which nobody sees again; `valid_for` in ms."""
    if tx.db.get(Ticket, ticket_id) is None:
        raise RefusedError("there is no ticket {ticket}", ticket=ticket_id)
    if not 0 < valid_for <= LONGEST:
        raise RefusedError("a link is good for 1 to {most} days", most=LONGEST // DAY)
    if language not in LANGUAGES:
        raise RefusedError("there are no words in the language {language!r}", language=language)
    ends = tx.now + valid_for
    return issue(
        tx.db,
        lambda digest: VendorLink(digest, ticket_id, tx.now, tx.by, ends, is_bound, language),
    )


@needs("let a supplier in")
def revoke_vendor_link(tx: Transaction, link_id: int) -> VendorLink:
    """It leads nowhere from now on. Twice changes nothing."""
    link = tx.db.get(VendorLink, link_id)
    if link is None:
        raise RefusedError("there is no link {link}", link=link_id)
    link.revoked_at = link.revoked_at or tx.now
    window = live_rows.unended_window(tx.db, link_id)
    if window is not None:
        window.finish("link", tx.by, tx.now)
    return link


def address_of_link(site: Site, secret: str) -> str:
    """What the supplier opens."""
    http = site.file.http
    top = (http.public_url or f"http://{http.address}:{http.port}").rstrip("/")
    return f"{top}/vendor/{secret}"


def good_link(db: Session, secret: str, now: int, browser: str | None) -> VendorLink | None:
    """Where it leads in the browser of that cookie; None if it is over, taken back, another's or none."""
    link = link_rows.vendor_link(db, hash_of(secret))
    if link is None or link.revoked_at is not None or not link.made_at <= now < link.expires_at:
        return None
    if link.browser_hash and not hmac.compare_digest(link.browser_hash, hash_of(browser or "")):
        return None
    return link


@needs("work on a ticket")
def bind_browser(tx: Transaction, link_id: int, browser: str) -> None:
    """From now on the link is good in the browser of that cookie only. RefusedError if it is in another."""
    link = tx.db.get_one(VendorLink, link_id, with_for_update=True)
    if link.browser_hash not in ("", hash_of(browser)):
        raise RefusedError("this link was opened in another browser")
    link.browser_hash = hash_of(browser)


@needs("work on a ticket")
def note_visit(
    tx: Transaction, link_id: int, kind: VisitKind, address: str, about: str = ""
) -> None:
    """Write down what was done by a link. RefusedError if it is too much in a short time."""
    link = tx.db.get_one(VendorLink, link_id)
    if link_rows.count_visits(tx.db, link_id, tx.now - WINDOW) >= MOST_VISITS:
        raise RefusedError("this link was used very often just now: try again in ten minutes")
    link.opened_at = link.opened_at or tx.now
    tx.db.add(VendorVisit(link_id, tx.now, kind, address, about))
