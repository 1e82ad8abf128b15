"""Where Streamlit begins. Started by `dashboard.server`, which says which site it is."""

from pathlib import Path

import streamlit as st

from dashboard import i18n, queries
from dashboard.i18n import t

site = queries.site()
i18n.use(site.file.language)
pages = [
    st.Page("app_pages/fleet.py", title=t("fleet.title"), default=True),
    st.Page("app_pages/device.py", title=t("device.title"), url_path="device"),
]
page = st.navigation(pages, position="hidden")  # tiles and the list of devices lead everywhere
st.set_page_config(t("app.title", page=page.title, site=site.file.name), layout="wide")
st.html(Path(__file__).parent / "look.css")
page.run()
