"""What the centre is called and where it is, backups, and how long values are kept."""

from collections.abc import Collection

import streamlit as st

from core.schema.site import SiteFile
from core.schema.storage import Backup, Retention
from core.schema.strict_model import Strict
from dashboard import forms
from dashboard.components.settings.entered_changes import RawMap, propose_values, raw_site
from dashboard.components.settings.fields import Entered, model_fields
from dashboard.components.settings.words import HEADINGS
from dashboard.components.shared.list_row import hint, section
from dashboard.i18n import t

CENTRE = ("name", "zone", "language", "calendar", "currency")


def centre_settings() -> None:
    """Name, zone, language, calendar and currency."""
    section(t("settings.centre"))
    st.html(hint(t("settings.zone_warning")))
    before: RawMap = {key: value for key, value in raw_site().items() if key in CENTRE}
    _settings("site-centre", "", SiteFile, before, only=CENTRE)


def storage_settings() -> None:
    """Where copies go, and how long values are kept."""
    for key, model in (("backup", Backup), ("retention", Retention)):
        heading, about = HEADINGS[key]
        section(t(heading))
        st.html(hint(t(about)))
        before = raw_site().get(key)
        needed = "folder" if model is Backup else ""
        now = before if isinstance(before, dict) else {}
        _settings(f"site-{key}", key, model, now, needed=needed)


def _settings(
    name: str,
    address: str,
    model: type[Strict],
    before: RawMap,
    *,
    only: Collection[str] = (),
    needed: str = "",
) -> None:
    with st.form(forms.once(name), border=False):
        entered: Entered = model_fields(model, before, forms.once(name), {}, only=only)
        if forms.submit(t("settings.preview"), "change the site file", primary=False):
            forms.do(name, lambda: propose_values(address, before, entered, needed))
