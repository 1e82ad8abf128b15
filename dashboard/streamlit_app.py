"""Where Streamlit begins. Started by `dashboard.http.server`, which says which site it is."""

from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import forms, i18n
from dashboard.components.shared.auto_refresh import is_own_run
from dashboard.components.shared.backfill_banner import backfill_banner
from dashboard.components.shared.site_banner import site_banner
from dashboard.components.shared.streamlit_words import streamlit_words
from dashboard.i18n import t
from dashboard.menu import FIRST, ONLY_OF_WHOLE_PAST, PAGES, MenuPage, landing_of, menu_of
from dashboard.queries import identity, stores
from dashboard.queries.backfill import backfill
from dashboard.queries.menu import menu_counts

site = stores.site()
i18n.use(site.file.language, site.file.calendar)
principal = identity.here()
if principal is None:  # the session ended while the page was open
    st.error(f"{t('login.signed_out')} [{t('login.title')}](login)")
    st.stop()
i18n.use_here(principal.language)
if not is_own_run():
    forms.note_presence(principal)


listed = menu_of(principal.roles)
counts = menu_counts()


def counted(entry: MenuPage) -> str:
    """Its title, and how many things wait behind it."""
    title, count = t(entry.title), counts.get(entry.name, 0)
    return t("app.counted", title=title, count=count) if count else title


def page_of(entry: MenuPage) -> StreamlitPage:
    """A page, in the menu if it is for this person's roles; the others are reached by links."""
    return st.Page(
        f"app_pages/{entry.name}.py",
        title=counted(entry),
        url_path="" if entry.name == FIRST else entry.name,
        default=entry.name == FIRST,
        visibility="visible" if entry.name in listed else "hidden",
    )


pages = {entry.name: page_of(entry) for entry in PAGES}
page = st.navigation(list(pages.values()), position="top")
shown = next(entry for entry in PAGES if entry.name == (page.url_path or FIRST))
has_landed = st.session_state.get("has-landed", False)
st.session_state["has-landed"] = True  # in this tab; from then on `/` is the fleet for everybody
landing = landing_of(principal.roles)
if not has_landed and not page.url_path and landing != FIRST:
    st.switch_page(pages[landing])
st.set_page_config(t("app.title", page=t(shown.title), site=site.file.name), layout="wide")
st.html(Path(__file__).parent / "look.css")
who = f'<a href="account" target="_self">{escape(principal.full_name)}</a>'
st.html(f'<div class="sw-who-is-here">{who}</div>')
st.html(f"<style>{streamlit_words()}</style>")
forms.finish(page.url_path or "fleet")
is_past_whole = backfill() is None
if not is_past_whole:
    backfill_banner()
site_banner()
# Of half a past every figure would be wrong.
if is_past_whole or page.url_path not in ONLY_OF_WHOLE_PAST:
    page.run()
