"""Live values for the holder of a link: opened for an hour, closed, and who did that when."""

from html import escape

import streamlit as st

from access import live_values
from core.schema.site import Site
from core.vocabulary.tickets import LiveEnd
from dashboard import forms
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t
from dashboard.queries import tickets as ticket_queries
from dashboard.text import format as fmt
from storage.records import LiveWindow, VendorLink

ENDS: dict[LiveEnd, str] = {
    "time": "live.time",
    "hand": "live.hand",
    "link": "live.link",
    "ticket": "live.ticket",
    "restart": "live.restart",
    "clock": "live.clock",
}


def live_section(link: VendorLink, now: int, site: Site, *, is_closed: bool) -> None:
    """The hours of a link, and a button for the next; none where the link or the case is over."""
    windows = ticket_queries.live_windows(link.id)
    if windows:
        lines = "".join(_line(window, now, site) for window in windows)
        st.html(f'<ul class="sw-steps">{lines}</ul>')
    if any(window.is_open(now) for window in windows):
        forms.button(
            f"live-close-{link.id}",
            t("live.close"),
            lambda: _closed(link.id),
            right="let a supplier in",
        )
    elif link.revoked_at is None and now < link.expires_at and not is_closed:
        forms.button(
            f"live-open-{link.id}",
            t("live.open"),
            lambda: _opened(link.id),
            right="let a supplier in",
        )


def _opened(link_id: int) -> str:
    with forms.writing() as tx:
        live_values.open_live_values(tx, link_id)
    return t("live.opened")


def _closed(link_id: int) -> str:
    with forms.writing() as tx:
        live_values.close_live_values(tx, link_id)
    return t("live.closed")


def _line(window: LiveWindow, now: int, site: Site) -> str:
    """Who opened it when, whether it was looked at, and how it ended."""
    began, until = (fmt.moment(at, now, site) for at in (window.opened_at, window.until))
    parts = [t("live.by", who=window.opened_by, when=began)]
    if window.watched_at is not None:
        parts.append(t("live.watched", when=fmt.moment(window.watched_at, now, site)))
    if window.is_open(now):
        state = chip(t("live.until", when=until), "warning")
    else:
        state = ""
        ended = fmt.moment(window.ended_at or window.until, now, site)
        parts.append(t("live.ended", when=ended, why=t(ENDS[window.reason or "time"])))
    return (
        f"<li><b>{escape(t('live.title'))}</b> {state} "
        f'<span class="sw-hint">{escape(joined(parts))}</span></li>'
    )
