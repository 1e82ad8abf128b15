"""Where Streamlit begins. Started by `dashboard.http.server`, which says which site it is."""

import json
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import forms, i18n
from dashboard.i18n import t
from dashboard.menu import FIRST, PAGES, MenuPage, landing_of, menu_of
from dashboard.queries import identity, stores

site = stores.site()
i18n.use(site.file.language)
principal = identity.here()
if principal is None:  # the session ended while the page was open
    st.error(f"{t('login.signed_out')} [{t('login.title')}](login)")
    st.stop()
i18n.use_here(principal.language)
forms.note_presence(principal)


listed = menu_of(principal.roles)


def page_of(entry: MenuPage) -> StreamlitPage:
    """A page, in the menu if it is for this person's roles; the others are reached by links."""
    return st.Page(
        f"app_pages/{entry.name}.py",
        title=t(entry.title),
        url_path="" if entry.name == FIRST else entry.name,
        default=entry.name == FIRST,
        visibility="visible" if entry.name in listed else "hidden",
    )


pages = {entry.name: page_of(entry) for entry in PAGES}
page = st.navigation(list(pages.values()), position="top")
has_landed = st.session_state.get("has-landed", False)
st.session_state["has-landed"] = True  # in this tab; from then on `/` is the fleet for everybody
landing = landing_of(principal.roles)
if not has_landed and not page.url_path and landing != FIRST:
    st.switch_page(pages[landing])
st.set_page_config(t("app.title", page=page.title, site=site.file.name), layout="wide")
st.html(Path(__file__).parent / "look.css")
# On a phone the pages are behind a sign that says little by itself.
menu = json.dumps(t("app.menu"))
who = f'<a href="account" target="_self">{escape(principal.full_name)}</a>'
st.html(f'<div class="sw-who-is-here">{who}</div>')
st.html(f'<style>[data-testid="stExpandSidebarButton"]::after {{ content: {menu}; }}</style>')
forms.finish(page.url_path or "fleet")
page.run()
