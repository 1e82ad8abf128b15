"""A limit of one device: changed only after the past has been replayed with it."""

import streamlit as st

from dashboard import forms
from dashboard.components.settings.limit import changeable_limits, limit_form, trial
from dashboard.components.shared.list_row import empty, hint, title
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.text import format as fmt

device = stores.site().devices.get(st.query_params.get("device", ""))
title(t("limit_page.title"))
if why := forms.why_not("change the site file"):
    empty(why)
    st.stop()
if device is None:
    st.error(fmt.plain(t("device.unknown", name=st.query_params.get("device", ""))))
    st.stop()
st.page_link(
    "app_pages/device.py",
    label=fmt.plain(device.name),
    icon=":material/arrow_back:",
    query_params={"device": device.id},
)
st.html(hint(t("limit_page.about")))
limits = {limit.id: limit for limit in changeable_limits(device)}
in_address = st.query_params.get("rule", "")
name = st.selectbox(
    t("limit_page.which"),
    list(limits),
    [*limits].index(in_address) if in_address in limits else None,
    format_func=lambda rule: (
        f"{t_data(limits[rule].title)} ({t('state.' + limits[rule].severity)})"
    ),
    key="limit-rule",
    placeholder="",
)
if name is not None:
    limit_form(device, limits[name])
    trial(device, limits[name])
