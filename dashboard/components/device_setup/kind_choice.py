"""The choice of what a device is: a list to type into, in both languages."""

import streamlit as st

from core.schema.profile import Profile
from core.schema.sources.registry import entry_model
from dashboard.i18n import catalogue, t, t_data
from dashboard.text.labels import DEVICE_KINDS


def kind_choice(key: str, profiles: dict[str, Profile]) -> str | None:
    """The name of the chosen profile."""
    labels = {name: _label(name, profile) for name, profile in profiles.items()}
    return st.selectbox(
        t("add_device.kind"),
        sorted(labels, key=lambda name: labels[name].casefold()),
        None,
        format_func=lambda name: labels[name],
        placeholder=t("add_device.kind_hint"),
        key=key,
    )


def _label(name: str, profile: Profile) -> str:
    """`Hologic DXA · bone density · تراکم استخوان · Log file, MQTT · hologic-dxa`: what is searched is what stands there."""
    kind = DEVICE_KINDS.get(profile.kind, "")
    words = [catalogue(language).find(kind) for language in ("en", "fa")] if kind else []
    sources = [entry_model(kind).title for kind, own in profile.maps.items() if not own.is_empty]
    title = t_data(profile.title) or name
    parts = [title, *(word for word in words if word and word != title), ", ".join(sources), name]
    return " · ".join(dict.fromkeys(part for part in parts if part))
