"""The banner for who keeps the site file while it has mistakes and therefore changes nothing."""

from html import escape

import streamlit as st

from dashboard import forms
from dashboard.components.fleet.badge import icon
from dashboard.i18n import t
from dashboard.queries import identity, stores


def site_banner() -> None:
    """What is wrong first; nothing while the file is well."""
    mistakes = stores.site_mistakes()
    if not mistakes or not identity.may("change the site file"):
        return
    title = t("banner.site_file")
    text = t("banner.site_file_wrong", why=forms.wrong(mistakes[0]), count=len(mistakes))
    st.html(
        f'<div class="sw-banner sw-quiet" role="status">{icon("warning")}'
        f"<p><b>{escape(title)}</b><br>{escape(text)}</p></div>"
    )
