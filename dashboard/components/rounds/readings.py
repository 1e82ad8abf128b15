"""The numbers of a round: a box for each, and those that were entered last."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core import number_input
from core.schema.metric import Metric
from dashboard import forms
from dashboard.components.shared.list_row import empty, hint
from dashboard.components.shared.number_box import Box, check, number_box
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.queries.rounds import RoundLine
from dashboard.text import format as fmt
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records import ManualReading


def reading_box(device: str, line: RoundLine, boxes: list[Box[float]]) -> float | None:
    """One number, with its limits and what was read last; outside them it is marked at once."""
    limits = fmt.limits(line.low, line.high, line.metric.unit)
    value = _value(device, line, boxes)
    hints = [t("rounds.limits", limits=limits)] if limits else []
    if line.last is not None:
        last = fmt.with_unit(line.last.value, line.metric)
        hints.append(t("rounds.last", value=last, age=fmt.age(line.last.at, stores.now())))
    st.html(f'<p class="sw-hint">{escape(" · ".join(hints))}</p>' if hints else "<span></span>")
    if value is not None and line.is_outside(value):
        st.html(_warning(t("rounds.outside", limits=limits)))
    if value is not None and line.has_fallen(value):
        st.html(_warning(t("rounds.fallen")))
    return value


def _value(device: str, line: RoundLine, boxes: list[Box[float]]) -> float | None:
    """What was chosen of a state's words, or typed as a number."""
    key = f"{forms.once(f'round-{device}')}-{line.key}"
    label = t_data(line.metric.title) + (f" ({line.component})" if line.component else "")
    if line.metric.states:
        state: float | None = st.selectbox(
            fmt.plain(label), list(line.metric.states), None, key=key,
            persist_state="session", format_func=lambda state: t_data(line.metric.states[state]), placeholder="",
        )  # fmt: skip
        return None if state is None else float(state)
    unit = f", {t_data(line.metric.unit)}" if line.metric.unit else ""
    box = number_box(label + unit, number_input.number, key=key, is_persistent=True)
    box.show_mistake()
    boxes.append(box)
    return box.value


def save_round(
    device: str, values: Sequence[EnteredValue], boxes: Sequence[Box[float]], at: int | None
) -> str:
    """Enter the numbers; the words for how many there were. Without `at` they were read now."""
    check(boxes)
    with forms.writing() as tx:
        readings = enter_readings(tx, device, values, tx.now if at is None else at)
    return t("rounds.saved", count=len(readings))


def newest_list(readings: Sequence[ManualReading], metrics: Mapping[str, Metric]) -> None:
    """What was entered last: when, which, how much, by whom."""
    now, site = stores.now(), stores.site()
    lines = "".join(
        f'<li><span class="sw-when">{escape(fmt.moment(reading.at, now, site))}</span>'
        f"<span>{escape(t_data(metrics[reading.metric].title))} <b>"
        f"{escape(fmt.with_unit(reading.value, metrics[reading.metric]))}</b> "
        f"{hint(reading.who)}</span></li>"
        for reading in readings
        if reading.metric in metrics
    )
    if lines:
        st.html(f'<ul class="sw-steps">{lines}</ul>')
    else:
        empty(t("rounds.nothing_yet"))


def _warning(text: str) -> str:
    return f'<p class="sw-out sw-error-text">{escape(text)}</p>'
