"""The site as it stands, and changing it: each change is shown as a diff first, and can be taken back."""

import streamlit as st

from dashboard import forms
from dashboard.components.settings.centre import centre_settings, storage_settings
from dashboard.components.settings.draft import review
from dashboard.components.settings.history import history
from dashboard.components.settings.told import channel_settings, people_settings, route_settings
from dashboard.components.shared.list_row import empty, hint, title
from dashboard.i18n import t

title(t("settings.title"))
if why := forms.why_not("change the site file"):
    empty(why)
    st.stop()
st.html(hint(t("settings.about")))
review()
messages, centre, storage, past = st.tabs(
    [t("settings.told"), t("settings.centre_tab"), t("settings.kept"), t("settings.history")]
)
with messages:
    channel_settings()
    route_settings()
    people_settings()
with centre:
    centre_settings()
with storage:
    storage_settings()
with past:
    history()
