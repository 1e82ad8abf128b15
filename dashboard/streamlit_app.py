"""Where Streamlit begins. Started by `dashboard.http.server`, which says which site it is."""

import json
from pathlib import Path

import streamlit as st

from dashboard import forms, i18n
from dashboard.i18n import t
from dashboard.queries import identity, stores

site = stores.site()
i18n.use(site.file.language)
principal = identity.here()
if principal is None:  # the session ended while the page was open
    st.error(f"{t('login.signed_out')} [{t('login.title')}](login)")
    st.stop()
forms.note_presence(principal)
pages = [
    st.Page("app_pages/fleet.py", title=t("fleet.title"), default=True),
    st.Page("app_pages/today.py", title=t("today.title"), url_path="today"),
    st.Page("app_pages/orders.py", title=t("orders.title"), url_path="orders"),
    st.Page("app_pages/tickets.py", title=t("tickets.title"), url_path="tickets"),
    st.Page("app_pages/parts.py", title=t("parts.title"), url_path="parts"),
    st.Page("app_pages/assets.py", title=t("assets.title"), url_path="assets"),
    st.Page("app_pages/rounds.py", title=t("rounds.title"), url_path="rounds"),
    st.Page("app_pages/reports.py", title=t("reports.title"), url_path="reports"),
    # Reached from the others.
    st.Page("app_pages/device.py", title=t("device.title"), url_path="device", visibility="hidden"),
    st.Page("app_pages/asset.py", title=t("asset.title"), url_path="asset", visibility="hidden"),
    st.Page("app_pages/order.py", title=t("order.title"), url_path="order", visibility="hidden"),
    st.Page("app_pages/ticket.py", title=t("ticket.title"), url_path="ticket", visibility="hidden"),
]
page = st.navigation(pages, position="top")
st.set_page_config(t("app.title", page=page.title, site=site.file.name), layout="wide")
st.html(Path(__file__).parent / "look.css")
# On a phone the pages are behind a sign that says little by itself.
menu = json.dumps(t("app.menu"))
st.html(f'<style>[data-testid="stExpandSidebarButton"]::after {{ content: {menu}; }}</style>')
forms.finish(page.url_path or "fleet")
page.run()
