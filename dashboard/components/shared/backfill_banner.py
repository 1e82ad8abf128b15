"""The banner of every page while the past of the site is being written: how far it is."""

from html import escape

import streamlit as st

from dashboard import i18n
from dashboard.components.fleet.badge import icon
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.backfill import backfill
from dashboard.text import format as fmt


@st.fragment(run_every="2s")
@i18n.kept
def backfill_banner() -> None:
    """It asks again by itself; when the past is whole the page is made anew."""
    title, text = banner_words()
    if not title:
        st.rerun()
    st.html(
        f'<div class="sw-banner sw-quiet" role="status">{icon("info")}'
        f"<p><b>{escape(title)}</b><br>{escape(text)}</p></div>"
    )


def banner_words() -> tuple[str, str]:
    """Title and text; empty when all of the past is there."""
    note, site = backfill(), stores.site()
    if note is None:
        return "", ""
    if not note.at:
        return t("banner.filling"), t("banner.filling_unclear")
    span = {
        name: fmt.short_day(at, site)
        for name, at in (("reached", note.reached), ("start", note.start), ("end", note.end))
    }
    if note.is_left(stores.now()):
        return t("banner.filling_left"), t("banner.filling_left_at", **span)
    share = fmt.number(int(note.share * 100))
    return t("banner.filling"), t("banner.filling_until", share=share, **span)
