"""Links by which the vendor comes to this ticket: made, looked at, taken back."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from access import vendor_links
from core.schema.site import Site
from core.text.languages import LANGUAGES, name_of
from core.time.clock import DAY
from dashboard import forms
from dashboard.components.shared.list_row import chip
from dashboard.components.tickets.live_values import live_section
from dashboard.i18n import joined, t
from dashboard.queries import tickets as ticket_queries
from dashboard.text import format as fmt
from storage.records import Ticket, VendorLink, VendorVisit

_DONE = {
    "opened": "supplier.opened",
    "replied": "supplier.replied",
    "downloaded": "supplier.downloaded",
    "uploaded": "supplier.uploaded",
    "asked": "supplier.asked",
    "watched": "supplier.watched",
}


def links_section(ticket: Ticket, now: int, site: Site) -> None:
    """The links of a ticket, and a form for another."""
    ticket_id = ticket.id
    for link, visits in ticket_queries.links_to(ticket_id):
        st.html(_link(link, visits, now, site))
        live_section(link, now, site, is_closed=ticket.state == "closed")
        if link.revoked_at is None and now < link.expires_at:
            _revoke(link.id)
    secrets: list[str] = st.session_state.setdefault(f"vendor-links-{ticket_id}", [])
    for secret in secrets:
        st.caption(t("supplier.once"))
        st.code(vendor_links.address_of_link(site, secret), language=None)
    name = f"vendor-link-{ticket_id}"
    with forms.popover(name, t("supplier.make")), st.form(forms.once(name), border=False):
        days = st.number_input(
            t("supplier.days"), 1, vendor_links.LONGEST // DAY, vendor_links.VALID_FOR // DAY
        )
        is_bound = st.checkbox(t("supplier.one_browser"), value=True)
        language = st.selectbox(t("supplier.language"), LANGUAGES, format_func=name_of)
        if forms.submit(t("supplier.make"), "let a supplier in"):
            forms.do(
                name,
                lambda: _made(secrets, ticket_id, int(days), is_bound=is_bound, language=language),
            )


def _made(secrets: list[str], ticket_id: int, days: int, *, is_bound: bool, language: str) -> str:
    """`secrets` are shown until the page is left."""
    with forms.writing() as tx:
        secret = vendor_links.make_vendor_link(
            tx, ticket_id, days * DAY, is_bound=is_bound, language=language
        )
    secrets.append(secret)
    return t("supplier.made")


def _revoke(link_id: int) -> None:
    forms.button(
        f"revoke-link-{link_id}",
        t("supplier.revoke"),
        lambda: _revoked(link_id),
        right="let a supplier in",
    )


def _revoked(link_id: int) -> str:
    with forms.writing() as tx:
        vendor_links.revoke_vendor_link(tx, link_id)
    return t("supplier.revoked")


def _link(link: VendorLink, visits: Sequence[VendorVisit], now: int, site: Site) -> str:
    about = t("supplier.until", when=fmt.moment(link.expires_at, now, site), who=link.made_by)
    state = ""
    if link.revoked_at is not None:
        state = chip(t("supplier.was_revoked"), "unknown")
    elif now >= link.expires_at:
        state = chip(t("supplier.over"), "unknown")
    elif link.opened_at is None:
        state = chip(t("supplier.unopened"), "info")
    lines = "".join(
        f"<li><b>{escape(t(_DONE[visit.kind]))}</b> "
        f'<span class="sw-hint">{escape(_visit(visit, now, site))}</span></li>'
        for visit in visits
    )
    return f'<p><span class="sw-hint">{escape(about)}</span> {state}</p><ul class="sw-steps">{lines}</ul>'


def _visit(visit: VendorVisit, now: int, site: Site) -> str:
    where = t("supplier.visit", when=fmt.moment(visit.at, now, site), address=visit.address)
    return joined(text for text in (where, visit.about) if text)
