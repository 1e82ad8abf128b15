"""The checklist of an order: words to tap, numbers to type, and at once what is out of limits."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core import number_input
from dashboard import forms
from dashboard.components.shared.list_row import section
from dashboard.components.shared.number_box import Box, check, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.work import orders
from dashboard.work.orders import Answer, OrderSheet
from maintenance.work_orders.checklist import Plain
from storage.records import OrderItem, WorkOrder

ANSWERS: dict[Plain, str] = {
    "ok": "answered.ok",
    "not_ok": "answered.not_ok",
    "not_applicable": "answered.not_applicable",
}


def checklist(sheet: OrderSheet) -> None:
    """Items to be answered, and the end of the work; or what was answered."""
    order = sheet.order
    if "done" not in sheet.may_become:
        if order.items:
            section(t("order.checklist"))
            st.html(f'<ul class="sw-steps">{"".join(_answered(item) for item in order.items)}</ul>')
        return
    answers: list[Answer] = []
    boxes: list[Box[float]] = []
    if order.items:
        section(t("order.checklist"))
        with st.container(key="checklist"):
            answers = [one for item in order.items if (one := _asked(order, item, boxes))]
        name = f"answers-{order.id}"
        forms.button(name, t("order.save_answers"), lambda: _save(order.id, answers, boxes))
    _end(order, answers, boxes)


def _asked(order: WorkOrder, item: OrderItem, boxes: list[Box[float]]) -> Answer | None:
    """One item; None while it is not answered. It is kept by `save`, or when the work is done."""
    key = f"item-{order.id}-{item.item}"
    with st.container(key=f"check-{order.id}-{item.item}"):
        given = _number(key, item, boxes) if item.metric else _word(key, item)
        is_bad = given is not None and (given.plain == "not_ok" or _is_outside(item, given.value))
        if is_bad and given is not None and given.value is not None:
            limits = fmt.limits(item.low, item.high, item.unit)
            st.html(_warning(t("order.outside", limits=limits)))
        elif is_bad:
            st.html(_warning(t("order.fails")))
        if not is_bad and not item.note:
            return given
        note = st.text_input(
            t("order.item_note"), item.note, key=f"{key}-note", placeholder=t("order.item_note"),
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        return None if given is None else Answer(given.item, given.plain, given.value, note)


def _number(key: str, item: OrderItem, boxes: list[Box[float]]) -> Answer | None:
    label = f"{item.text}, {item.unit}" if item.unit else item.text
    limits = fmt.limits(item.low, item.high, item.unit)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        known = "" if item.value is None else number_input.written(item.value)
        box = number_box(
            label, number_input.number, known, key=f"{key}-value", width=320, hint=limits or None, is_kept=True
        )  # fmt: skip
        skipped = st.checkbox(
            t("answered.not_applicable"),
            item.answer == "not_applicable",
            key=f"{key}-none",
            persist_state="session",
        )
    if limits:
        st.html(f'<p class="sw-hint">{escape(t("order.accepted", limits=limits))}</p>')
    if skipped:
        return Answer(item.item, plain="not_applicable")
    box.tell()
    boxes.append(box)
    return None if box.value is None else Answer(item.item, value=box.value)


def _word(key: str, item: OrderItem) -> Answer | None:
    known = item.answer if item.answer in ANSWERS else None
    said: Plain | None = st.segmented_control(
        fmt.plain(item.text), list(ANSWERS), default=known, key=f"{key}-answer", persist_state="session",
        format_func=lambda plain: t(ANSWERS[plain]),
    )  # fmt: skip
    return None if said is None else Answer(item.item, plain=said)


def _is_outside(item: OrderItem, value: float | None) -> bool:
    if value is None:
        return False
    below = item.low is not None and value < item.low
    return below or (item.high is not None and value > item.high)


def _warning(text: str) -> str:
    return f'<p class="sw-out sw-error-text">{escape(text)}</p>'


def _save(order_id: int, answers: Sequence[Answer], boxes: Sequence[Box[float]]) -> str:
    check(boxes)
    return t("order.answers_saved", count=orders.answer(order_id, answers))


def _end(order: WorkOrder, answers: Sequence[Answer], boxes: Sequence[Box[float]]) -> None:
    name = f"complete-{order.id}"
    section(t("order.end"))
    with st.form(forms.once(name)):
        result = st.text_area(t("order.result"), height=80)
        at = forms.moment(t("order.done_at"), f"{forms.once(name)}-at", None, stores.site())
        if st.form_submit_button(t("order.complete"), type="primary"):
            forms.do(name, lambda: _complete(order.id, answers, boxes, result, at))


def _complete(
    order_id: int,
    answers: Sequence[Answer],
    boxes: Sequence[Box[float]],
    result: str,
    at: int | None,
) -> str:
    check(boxes)
    found = orders.complete(order_id, answers, result, stores.now() if at is None else at)
    if not found:
        return t("order.completed")
    told = ", ".join(t("order.heading", number=number, title=title) for number, title in found)
    return t("order.completed_but", orders=told)


def _answered(item: OrderItem) -> str:
    said = t(ANSWERS[item.answer]) if item.answer in ANSWERS else ""
    if item.value is not None:
        said = f"{fmt.number(item.value)} {item.unit}".strip()
    tone = "error" if item.answer == "not_ok" or item.within is False else "ok"
    limits = fmt.limits(item.low, item.high, item.unit)
    beside = " · ".join(text for text in (limits, item.note) if text)
    return (
        f'<li><span class="sw-when sw-{tone}-text">{escape(said)}</span>'
        f'<span>{escape(item.text)} <span class="sw-hint">{escape(beside)}</span></span></li>'
    )
