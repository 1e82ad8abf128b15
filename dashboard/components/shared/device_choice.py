"""The choice of one device, or of all, above a list."""

import streamlit as st

from dashboard.i18n import t
from dashboard.queries import stores


def device_choice(key: str) -> str | None:
    """The id of the chosen device, at first that of the address; None for every device."""
    devices = stores.site().devices
    address = st.query_params.get("device", "")
    chosen = st.selectbox(
        t("orders.device"),
        ["", *devices],
        list(devices).index(address) + 1 if address in devices else 0,
        format_func=lambda name: devices[name].name if name else t("orders.every_device"),
        label_visibility="collapsed",
        width=260,
        key=key,
        bind="query-params",
    )
    return chosen or None
