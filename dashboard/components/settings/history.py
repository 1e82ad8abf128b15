"""Who changed the site file, when, why and what; and the way back."""

from html import escape

import streamlit as st

from dashboard import forms
from dashboard.components.settings.draft import diff_html, shown_anew
from dashboard.components.shared.list_row import empty, section
from dashboard.i18n import t
from dashboard.queries import settings as setting_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from maintenance.site_file.change import preview, take_back
from storage.records import SiteChange

KINDS = {
    "first": "settings.first",
    "change": "settings.changed",
    "taken back": "settings.taken_back",
    "by hand": "settings.by_hand",
}


def history() -> None:
    """The newest first."""
    section(t("settings.history"))
    rows = forms.read(setting_queries.changes) or []
    if not rows:
        empty(t("settings.no_history"))
    for row in rows:
        with st.expander(fmt.plain(_title(row)), key=f"site-change-{row.id}"):
            if row.reason:
                st.html(f"<p>{escape(row.reason)}</p>")
            st.html(diff_html(row.diff))
            if row.kind != "first":
                _way_back(row)


def _title(row: SiteChange) -> str:
    when = fmt.moment(row.at, stores.now(), stores.site())
    return " · ".join(text for text in (str(row.id), when, t(KINDS[row.kind]), row.who) if text)


def _way_back(row: SiteChange) -> None:
    name = f"site-back-{row.id}"
    with st.form(forms.once(name), border=False):
        reason = st.text_input(t("settings.why"), key=f"{forms.once(name)}-why", max_chars=2000)
        if forms.submit(t("settings.take_back"), "change the site file", primary=False):
            forms.do(name, lambda: _reversed(row.id, reason))


def _reversed(number: int, reason: str) -> str:
    with forms.writing() as tx:
        take_back(tx, stores.site_path(), number, reason)
    return shown_anew(preview(stores.site_path(), []))
