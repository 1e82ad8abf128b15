"""The numbers of a round: a box for each, and those that were entered last."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core import number_input
from core.schema.metric import Metric
from dashboard import forms
from dashboard.components.device.alert import alert_buttons
from dashboard.components.shared.accepted import limit_hints, warn_outside
from dashboard.components.shared.list_row import empty, hint
from dashboard.components.shared.number_box import Box, check, number_box
from dashboard.i18n import t, t_data, translate
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from dashboard.queries.rounds import RoundLine
from dashboard.text import format as fmt
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records import ManualReading


def reading_box(device: str, line: RoundLine, boxes: list[Box[float]]) -> float | None:
    """One number, with its limits and what was read last; red if it, or else the last, is outside them."""
    rules, unit = line.accepted, line.metric.unit
    value = _value(device, line, boxes)
    hints = limit_hints(rules, unit)
    if line.last is not None:
        last = fmt.with_unit(line.last.value, line.metric)
        hints.append(t("rounds.last", value=last, age=fmt.age(line.last.at, stores.now())))
    st.html(f'<p class="sw-hint">{escape(" · ".join(hints))}</p>' if hints else "<span></span>")
    limits = fmt.limits(rules.low, rules.high, unit)
    if value is not None and rules.broken_by(value) is not None:
        warn_outside(t("rounds.outside", limits=limits), rules, value)
    elif value is None and line.last is not None and rules.broken_by(line.last.value) is not None:
        words = {"value": fmt.with_unit(line.last.value, line.metric), "limits": limits}
        stands = t("rounds.stands", **words)
        text = t("rounds.last_outside", **words) if line.alert is None else stands
        warn_outside(text, rules, line.last.value)
        if line.alert is not None:
            with st.container(key=f"deeds-{line.name}-{line.component}", horizontal=True):
                alert_buttons(line.alert, line.order, stores.now())
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


def confirmed(
    device: str, values: Sequence[EnteredValue], at: int | None
) -> Sequence[EnteredValue]:
    """The values; one that can hardly be right is asked about, and a tick says that it is."""
    doubts = forms.read(lambda: round_queries.doubts(device, values, at)) or []
    answers = list[EnteredValue]()
    for entered, question in zip(values, doubts, strict=False):
        is_sure = False
        if question is not None:
            st.html(_warning(translate(question)))
            # Another number is another question.
            key = f"{forms.once(f'round-{device}')}-sure-{entered.metric}-{entered.component}"
            is_sure = st.checkbox(t("rounds.sure"), key=f"{key}-{entered.value}-{at}")
        answers.append(entered._replace(sure=is_sure))
    return answers or values


def save_round(
    device: str, values: Sequence[EnteredValue], boxes: Sequence[Box[float]], at: int | None
) -> str:
    """Enter the numbers; the words for how many there were. Without `at` they were read now."""
    check(boxes)
    with forms.writing() as tx:
        readings = enter_readings(tx, device, values, tx.now if at is None else at)
    return t("rounds.saved", count=len(readings))


def correction_form(readings: Sequence[ManualReading], metrics: Mapping[str, Metric]) -> None:
    """Put one of them right, or take it back, with a reason."""
    known = {row.id: row for row in readings if row.metric in metrics}
    if not known:
        return
    with forms.popover("correction", t("rounds.correct"), ":material/edit:"):
        name = forms.once("correction")
        now, site = stores.now(), stores.site()
        number = st.selectbox(
            t("rounds.which"), list(known), key=f"{name}-which",
            format_func=lambda row_id: (
                f"{t_data(metrics[known[row_id].metric].title)} "
                f"{_shown(known[row_id], metrics)}, {fmt.moment(known[row_id].at, now, site)}"
            ),
        )  # fmt: skip
        box = number_box(t("rounds.right_value"), number_input.number, key=f"{name}-value")
        reason = st.text_input(t("rounds.reason"), key=f"{name}-reason")
        sure = st.checkbox(t("rounds.sure"), key=f"{name}-sure")
        why = forms.why_not("correct a reading")
        if st.button(
            t("rounds.correct_save"),
            type="primary",
            key=f"{name}-save",
            disabled=bool(why),
            help=why,
        ):
            forms.do("correction", lambda: save_correction(number, box, reason, sure=sure))
        if st.button(t("rounds.withdraw"), key=f"{name}-withdraw", disabled=bool(why), help=why):
            forms.do("correction", lambda: save_withdrawal(number, reason))


def save_correction(number: int, box: Box[float], reason: str, *, sure: bool = False) -> str:
    """Enter what the reading should have been."""
    value = box.needed()
    with forms.writing() as tx:
        correct_reading(tx, number, value, reason, sure=sure)
    return t("rounds.corrected")


def save_withdrawal(number: int, reason: str) -> str:
    """There was no such reading."""
    with forms.writing() as tx:
        withdraw_reading(tx, number, reason)
    return t("rounds.withdrawn")


def _shown(reading: ManualReading, metrics: Mapping[str, Metric]) -> str:
    """Its value; of a correction also what it was before."""
    metric = metrics[reading.metric]
    value = t("rounds.none_left") if reading.is_withdrawn else fmt.with_unit(reading.value, metric)
    if reading.old_value is None:
        return value
    return t("rounds.instead", value=value, old=fmt.with_unit(reading.old_value, metric))


def _by(reading: ManualReading) -> str:
    """Who entered it, whether they were asked, and why it was corrected."""
    words = [reading.who, t("rounds.confirmed") if reading.confirmed_by else "", reading.reason]
    return " · ".join(word for word in words if word)


def newest_list(readings: Sequence[ManualReading], metrics: Mapping[str, Metric]) -> None:
    """What was entered last: when, which, how much, by whom."""
    now, site = stores.now(), stores.site()
    lines = "".join(
        f'<li><span class="sw-when">{escape(fmt.moment(reading.at, now, site))}</span>'
        f"<span>{escape(t_data(metrics[reading.metric].title))} <b>"
        f"{escape(_shown(reading, metrics))}</b> "
        f"{hint(_by(reading))}</span></li>"
        for reading in readings
        if reading.metric in metrics
    )
    if lines:
        st.html(f'<ul class="sw-steps">{lines}</ul>')
    else:
        empty(t("rounds.nothing_yet"))


def _warning(text: str) -> str:
    return f'<p class="sw-out sw-error-text">{escape(text)}</p>'
