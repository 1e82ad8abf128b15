"""A new device: what it is, where it answers, what it answers now; then it is written to the site file.

With `?device=ID` the same for one that is there: changed, or taken out.
"""

from collections.abc import Sequence

import streamlit as st

from core.errors import RefusedError
from core.schema.editing.change import Change
from core.schema.site import Device
from dashboard import forms
from dashboard.components.device_setup.device_form import known_device, new_device
from dashboard.components.device_setup.kind_choice import kind_choice
from dashboard.components.device_setup.source_forms import source_forms
from dashboard.components.shared.list_row import empty, hint, section, title
from dashboard.forms import Done
from dashboard.i18n import t
from dashboard.queries import device_setup as setup_queries
from dashboard.queries import stores
from maintenance.site_file.change import change_site
from maintenance.site_file.device_draft import DeviceDraft, removal

FORM, REMOVAL = "device-draft", "device-removal"


def write(changes: Sequence[Change], reason: str, done: str) -> Done:
    """Change the site file; the processes begin to use it by themselves."""
    with forms.writing() as tx:
        change_site(tx, setup_queries.site_path(), changes, reason)
    return Done(done, "app_pages/fleet.py")


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
        lambda: write(_added(draft), reason, t("add_device.added", name=draft.name)),
        right="change the site file",
        primary=True,
    )


def _added(draft: DeviceDraft) -> list[Change]:
    _refuse_no_topic(draft)
    return setup_queries.changes_to_add(draft)


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
        lambda: write(
            _changed(draft, before, removed), reason, t("add_device.changed", name=draft.name)
        ),
        right="change the site file",
        primary=True,
    )
    section(t("add_device.remove"))
    st.html(hint(t("add_device.remove_about")))
    why = st.text_input(t("add_device.reason"), key=f"{key}-why")
    forms.button(
        REMOVAL,
        t("add_device.remove_now", name=device.name),
        lambda: write(removal(device.id), why, t("add_device.removed", name=device.name)),
        right="change the site file",
    )


def _changed(draft: DeviceDraft, before: DeviceDraft, removed: list[int]) -> list[Change]:
    _refuse_no_topic(draft)
    return setup_queries.changes_of(draft, before, removed)


def _refuse_no_topic(draft: DeviceDraft) -> None:
    if any(source.settings.get("topic") == "-" for source in draft.sources):
        raise RefusedError("choose or type the topic")


known = stores.site().devices.get(st.query_params.get("device", ""))
title(t("add_device.title") if known is None else t("add_device.title_change", name=known.name))
if why_not := forms.why_not("change the site file"):
    empty(why_not)
    st.stop()
if known is None:
    add()
else:
    change(known)
