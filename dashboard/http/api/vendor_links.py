"""Links by which suppliers come to one ticket, and the hour of live values: made, listed, ended."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from access import live_values
from access.vendor_links import (
    LONGEST,
    VALID_FOR,
    address_of_link,
    make_vendor_link,
    revoke_vendor_link,
)
from core.text.languages import Language
from core.time.clock import DAY
from dashboard.http.api.alert_writes import NothingBody
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import NumberQuery
from dashboard.http.api.problems import ProblemError
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from dashboard.queries import stores
from dashboard.queries import tickets as ticket_queries
from storage.records import LiveWindow, Ticket, VendorLink
from storage.records import live_windows as live_rows
from storage.records import vendor_links as link_rows
from storage.records.transaction import Transaction


class NewLinkBody(RequestBody):
    """For how many days, in how many browsers, and in which language its page is."""

    days: Annotated[int, Field(ge=1, le=LONGEST // DAY)] = VALID_FOR // DAY
    any_browser: bool = False
    language: Language = "en"


class LinkItem(ApiItem):
    """A link to a ticket, never the secret of it; `live_until` while live values are seen by it."""

    id: int
    ticket_id: int
    made_at: ApiTime
    made_by: str
    expires_at: ApiTime
    is_bound: bool
    language: str
    opened_at: ApiTime | None
    revoked_at: ApiTime | None
    live_until: ApiTime | None


class NewLinkItem(LinkItem):
    """A link that was made. Its address is shown once: it is null where the request is repeated."""

    address: str | None


def links(query: NumberQuery) -> list[LinkItem]:
    """The links to a ticket, the newest first."""
    if ticket_queries.ticket_details(query.number) is None:
        raise ProblemError(404, f"there is no ticket {query.number}")
    now = stores.now()
    return [
        LinkItem(**_fields(link, next(iter(ticket_queries.live_windows(link.id)), None), now))
        for link, _ in ticket_queries.links_to(query.number)
    ]


def make_link(tx: Transaction, query: NumberQuery, body: NewLinkBody) -> NewLinkItem:
    """One more."""
    existing(tx.db.get(Ticket, query.number), "ticket", query.number)
    secret = make_vendor_link(
        tx, query.number, body.days * DAY, is_bound=not body.any_browser, language=body.language
    )
    link = link_rows.vendor_links(tx.db, query.number)[0]
    return NewLinkItem(**_fields(link, None, tx.now), address=address_of_link(tx.site, secret))


def revoke_link(tx: Transaction, query: NumberQuery, _body: NothingBody) -> LinkItem:
    """It leads nowhere any more."""
    existing(tx.db.get(VendorLink, query.number), "link", query.number)
    revoke_vendor_link(tx, query.number)
    return _item(tx.db, query.number, tx.now)


def open_live(tx: Transaction, query: NumberQuery, _body: NothingBody) -> LinkItem:
    """Who has the link sees the live values for an hour."""
    existing(tx.db.get(VendorLink, query.number), "link", query.number)
    live_values.open_live_values(tx, query.number)
    return _item(tx.db, query.number, tx.now)


def close_live(tx: Transaction, query: NumberQuery, _body: NothingBody) -> LinkItem:
    """And no longer."""
    existing(tx.db.get(VendorLink, query.number), "link", query.number)
    live_values.close_live_values(tx, query.number)
    return _item(tx.db, query.number, tx.now)


def _item(db: Session, number: int, now: int) -> LinkItem:
    link, window = db.get_one(VendorLink, number), live_rows.unended_window(db, number)
    return LinkItem(**_fields(link, window, now))


def _fields(link: VendorLink, window: LiveWindow | None, now: int) -> dict[str, object]:
    own = LinkItem.model_fields.keys() - {"live_until"}
    fields: dict[str, object] = {name: getattr(link, name) for name in own}
    is_live = window is not None and window.is_open(now) and link.revoked_at is None
    return fields | {"live_until": window.until if window is not None and is_live else None}


def _without_address(item: NewLinkItem) -> NewLinkItem:
    return item.model_copy(update={"address": None})


READS = [
    ReadEndpoint(
        "/tickets/{number}/links", "Links to a case", NumberQuery, LinkItem, links, is_list=True
    ),
]
WRITES = [
    WriteEndpoint(
        "/tickets/{number}/links", "Make a link to a case for its supplier", "let a supplier in",
        NumberQuery, NewLinkBody, NewLinkItem, make_link, status=201, replayed=_without_address,
    ),
    WriteEndpoint(
        "/links/{number}/revocation", "Take a link back", "let a supplier in", NumberQuery,
        NothingBody, LinkItem, revoke_link,
    ),
    WriteEndpoint(
        "/links/{number}/live-values", "Open live values for an hour", "let a supplier in",
        NumberQuery, NothingBody, LinkItem, open_live,
    ),
    WriteEndpoint(
        "/links/{number}/live-values/end", "Close live values", "let a supplier in", NumberQuery,
        NothingBody, LinkItem, close_live,
    ),
]  # fmt: skip
