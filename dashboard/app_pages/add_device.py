"""A new device: what it is, where it answers, what it answers now; then it is written to the site file.

With `?device=ID` the same for one that is there: changed, or taken out.
"""

import streamlit as st

from core.schema.site import Device
from dashboard import forms
from dashboard.components.device_setup.device_form import known_device, new_device
from dashboard.components.device_setup.kind_choice import kind_choice
from dashboard.components.device_setup.saving import added, changed, removed_now
from dashboard.components.device_setup.source_forms import source_forms
from dashboard.components.shared.list_row import empty, hint, section, title
from dashboard.i18n import t
from dashboard.queries import device_setup as setup_queries
from dashboard.queries import stores
from dashboard.text import format as fmt

FORM, REMOVAL = "device-draft", "device-removal"


def add() -> None:
    """A device that is not there yet."""
    key = forms.once(FORM)
    profiles = setup_queries.kinds()
    kind = kind_choice(f"{key}-kind", profiles)
    if kind is None:
        empty(t("add_device.begin"))
        return
    draft = new_device(key, kind, profiles[kind], stores.site())
    draft = source_forms(f"{key}-{kind}", profiles[kind], draft, is_new=True)
    if not draft.sources:
        st.html(hint(t("add_device.by_hand")))
    reason = t("add_device.reason_add", name=draft.name)
    forms.button(
        FORM,
        t("add_device.save"),
        lambda: added(draft, reason),
        right="change the site file",
        primary=True,
    )


def change(device: Device) -> None:
    """A device that is there."""
    key = f"{forms.once(FORM)}-{device.id}"
    before, draft, removed = known_device(key, device, stores.site())
    section(t("add_device.more_sources"))
    draft = source_forms(key, device.profile, draft, is_new=False)
    reason = st.text_input(t("add_device.reason"), key=f"{key}-reason")
    forms.button(
        FORM,
        t("add_device.save_changed"),
        lambda: changed(draft, before, removed, reason),
        right="change the site file",
        primary=True,
    )
    section(t("add_device.remove"))
    st.html(hint(t("add_device.remove_about")))
    why = st.text_input(t("add_device.reason"), key=f"{key}-why")
    forms.button(
        REMOVAL,
        t("add_device.remove_now", name=fmt.plain(device.name)),
        lambda: removed_now(device, why),
        right="change the site file",
    )


known = stores.site().devices.get(st.query_params.get("device", ""))
title(t("add_device.title") if known is None else t("add_device.title_change", name=known.name))
if why_not := forms.why_not("change the site file"):
    empty(why_not)
    st.stop()
if known is None:
    add()
else:
    change(known)
