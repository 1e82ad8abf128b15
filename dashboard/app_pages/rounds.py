"""Rounds: the numbers that a person reads from panels, one device after another, on a phone."""

from html import escape

import streamlit as st

from dashboard import forms
from dashboard.components.rounds.readings import (
    confirmed,
    correction_form,
    newest_list,
    reading_box,
    save_round,
)
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import empty, section, title
from dashboard.components.shared.number_box import Box
from dashboard.i18n import t
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from maintenance.rounds.manual_entry import EnteredValue

title(t("rounds.title"))
st.html(f'<p><a href="round" target="_self">{escape(t("round.walk"))}</a></p>')
devices = {device.id: device for device in round_queries.devices()}
if not devices:
    empty(t("rounds.none"))
    st.stop()
address = st.query_params.get("device", "")
if address in devices and "round-device" not in st.session_state:
    st.session_state["round-device"] = address
device_id = st.selectbox(
    t("orders.device"), list(devices), format_func=lambda device: devices[device].name,
    key="round-device", width=340,
    on_change=lambda: st.query_params.update(device=st.session_state["round-device"]),
)  # fmt: skip
name = f"round-{device_id}"
lines = forms.read(lambda: round_queries.lines(devices[device_id])) or []
values: list[EnteredValue] = []
boxes: list[Box[float]] = []
with st.container(key="round"):
    for line in lines:
        with st.container(key=f"line-{line.name}-{line.component}"):
            value = reading_box(device_id, line, boxes)
        if value is not None:
            values.append(EnteredValue(line.name, value, line.component))
questions = st.container(key="round-asked")
with st.container(key="round-save", horizontal=True, vertical_alignment="bottom"):
    when = moment_box(t("rounds.at"), f"{forms.once(name)}-at", None, stores.site())
    why = forms.why_not("enter readings")
    pressed = st.button(
        t("rounds.save", count=len(values)) if values else t("rounds.save_none"), type="primary", key=f"{forms.once(name)}-save",
        disabled=bool(why), help=why,
    )  # fmt: skip
with questions:
    values = [*confirmed(device_id, values, when.value)]
if pressed:
    forms.do(name, lambda: save_round(device_id, values, boxes, when.given()))
section(t("rounds.newest"))
newest = forms.read(lambda: round_queries.newest(device_id, 12)) or []
newest_list(newest, devices[device_id].profile.metrics)
correction_form(newest, devices[device_id].profile.metrics)
