"""Rounds: the numbers that a person reads from panels, one device after another, on a phone."""

from html import escape

import streamlit as st

from core import number_input
from dashboard import forms
from dashboard.components.shared.list_row import empty, section, title
from dashboard.components.shared.number_box import Box, check, number_box
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.work import rounds
from dashboard.work.rounds import Line

Values = list[tuple[str, str, float]]


def asked(device: str, line: Line, boxes: list[Box[float]]) -> float | None:
    """One number, with its limits and what was read last; outside it is said at once."""
    key = f"{forms.once(f'round-{device}')}-{line.key}"
    limits = fmt.limits(line.low, line.high, line.metric.unit)
    label = t_data(line.metric.title) + (f" ({line.component})" if line.component else "")
    value: float | None
    if line.metric.states:
        value = st.selectbox(
            fmt.plain(label), list(line.metric.states), None, key=key,
            persist_state="session", format_func=lambda state: t_data(line.metric.states[state]), placeholder="",
        )  # fmt: skip
    else:
        unit = f", {t_data(line.metric.unit)}" if line.metric.unit else ""
        box = number_box(label + unit, number_input.number, key=key, is_kept=True)
        box.tell()
        boxes.append(box)
        value = box.value
    told = [t("rounds.limits", limits=limits)] if limits else []
    if line.last is not None:
        last = fmt.with_unit(line.last.value, line.metric)
        told.append(t("rounds.last", value=last, age=fmt.age(line.last.at, stores.now())))
    st.html(f'<p class="sw-hint">{escape(" · ".join(told))}</p>' if told else "<span></span>")
    if value is not None and line.is_outside(float(value)):
        st.html(f'<p class="sw-out sw-error-text">{escape(t("rounds.outside", limits=limits))}</p>')
    if value is not None and line.has_fallen(float(value)):
        st.html(f'<p class="sw-out sw-error-text">{escape(t("rounds.fallen"))}</p>')
    return None if value is None else float(value)


def entered(device: str, values: Values, boxes: list[Box[float]], at: int) -> str:
    """Do it, and say how many."""
    check(boxes)
    return t("rounds.saved", count=rounds.save(device, values, at))


title(t("rounds.title"))
devices = {one.id: one for one in rounds.devices()}
if not devices:
    empty(t("rounds.none"))
    st.stop()
wanted = st.query_params.get("device", "")
if wanted in devices and "round-device" not in st.session_state:
    st.session_state["round-device"] = wanted
device_id = st.selectbox(
    t("orders.device"), list(devices), format_func=lambda one: devices[one].name,
    key="round-device", width=340,
    on_change=lambda: st.query_params.update(device=st.session_state["round-device"]),
)  # fmt: skip
name = f"round-{device_id}"
lines = forms.read(lambda: rounds.lines(devices[device_id])) or []
values: Values = []
boxes: list[Box[float]] = []
with st.container(key="round"):
    for line in lines:
        with st.container(key=f"line-{line.name}-{line.component}"):
            said = asked(device_id, line, boxes)
        if said is not None:
            values.append((line.name, line.component, said))
with st.container(key="round-save", horizontal=True, vertical_alignment="bottom"):
    at = forms.moment(t("rounds.at"), f"{forms.once(name)}-at", None, stores.site())
    pressed = st.button(
        t("rounds.save", count=len(values)) if values else t("rounds.save_none"), type="primary", key=f"{forms.once(name)}-save"
    )  # fmt: skip
if pressed:
    forms.do(name, lambda: entered(device_id, values, boxes, stores.now() if at is None else at))
section(t("rounds.newest"))
newest = forms.read(lambda: rounds.newest(device_id, 12)) or []
metrics = devices[device_id].profile.metrics
told = "".join(
    f'<li><span class="sw-when">{escape(fmt.moment(one.at, stores.now(), stores.site()))}</span>'
    f"<span>{escape(t_data(metrics[one.metric].title))} <b>"
    f"{escape(fmt.with_unit(one.value, metrics[one.metric]))}</b> "
    f'<span class="sw-hint">{escape(one.who)}</span></span></li>'
    for one in newest
    if one.metric in metrics
)
if told:
    st.html(f'<ul class="sw-steps">{told}</ul>')
else:
    empty(t("rounds.nothing_yet"))
