"""The checklist of an order: words to tap, numbers to type, and at once what is out of limits."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from core import number_input
from core.vocabulary.work_orders import PlainAnswer
from dashboard import forms
from dashboard.components.orders.ending import ending
from dashboard.components.orders.proofs import (
    confirm_button,
    proof_hint,
    seen_proof,
    shown_proofs,
    why_no_proof,
)
from dashboard.components.shared.accepted import limit_hints, warn_outside
from dashboard.components.shared.list_row import section
from dashboard.components.shared.number_box import Box, check, number_box
from dashboard.i18n import joined, t, t_data, translate
from dashboard.queries import rounds as round_queries
from dashboard.queries.orders import OrderDetails
from dashboard.queries.proofs import ShownProofs
from dashboard.text import format as fmt
from maintenance.rounds.accepted import Accepted
from maintenance.rounds.manual_entry import EnteredValue
from maintenance.work_orders.answers import ItemEntry, answer_items
from storage.records import OrderItem, WorkOrder

ANSWERS: dict[PlainAnswer, str] = {
    "ok": "answered.ok",
    "not_ok": "answered.not_ok",
    "not_applicable": "answered.not_applicable",
}


def checklist(details: OrderDetails) -> None:
    """Items to be answered, and the end of the work; or what was answered."""
    order = details.order
    if "done" not in details.may_become:
        if order.items:
            section(t("order.checklist"))
            st.html(f'<ul class="sw-steps">{"".join(_answered(item) for item in order.items)}</ul>')
        return
    entries: list[ItemEntry] = []
    boxes: list[Box[float]] = []
    if order.items:
        section(t("order.checklist"))
        shown = shown_proofs(details)
        confirm_button(order, shown)
        with st.container(key="checklist"):
            lines = [_line(order, item, shown, boxes) for item in order.items]
        entries = [entry for entry in lines if entry is not None]
        name = f"answers-{order.id}"
        forms.button(
            name,
            t("order.save_answers"),
            lambda: _save(order.id, entries, boxes),
            right="work on an order",
        )
    ending(details, entries, boxes)


def _line(
    order: WorkOrder, item: OrderItem, shown: ShownProofs, boxes: list[Box[float]]
) -> ItemEntry | None:
    """One item with its proof; None while it is not answered, and where a source answers it."""
    with st.container(key=f"check-{order.id}-{item.item}"):
        if seen_proof(order, item, shown):
            return None
        entry = _entry(order, item, boxes)
        why_no_proof(shown.verdicts.get(item.item))
        return entry


def _entry(order: WorkOrder, item: OrderItem, boxes: list[Box[float]]) -> ItemEntry | None:
    """What a person answers, kept by `save` or when the work is done; None while it is nothing."""
    key = f"item-{order.id}-{item.item}"
    rules = _rules(order, item)
    entry = _number(key, item, rules, boxes) if item.metric else _word(key, item)
    if entry is not None and entry.value not in (None, item.value):
        entry = _confirmed(key, order.device, item, entry)
    value = None if entry is None else entry.value
    is_bad = entry is not None and (entry.plain == "not_ok" or _is_outside(item, rules, value))
    if is_bad and value is not None:
        limits = _limits(item, rules)
        warn_outside(t("order.outside", limits=limits), rules, value)
    elif is_bad:
        st.html(_warning(t("order.fails")))
    if not is_bad and not item.note:
        return entry
    note = st.text_input(
        t("order.item_note"), item.note, key=f"{key}-note", placeholder=t("order.item_note"),
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return None if entry is None else replace(entry, note=note)


def _confirmed(key: str, device: str, item: OrderItem, entry: ItemEntry) -> ItemEntry:
    """A running number that can hardly be right is asked about; a tick says that it is."""
    value = EnteredValue(item.metric, entry.value or 0.0, item.component)
    [question] = forms.read(lambda: round_queries.doubts(device, [value], None)) or [None]
    if question is None:
        return entry
    st.html(_warning(translate(question)))
    return replace(entry, sure=st.checkbox(t("rounds.sure"), key=f"{key}-sure-{value.value}"))


def _rules(order: WorkOrder, item: OrderItem) -> Accepted:
    """What is accepted now: the same that makes an alert of its reading."""
    if not item.metric:
        return Accepted()
    known = forms.read(lambda: round_queries.accepted_of(order.device, item.metric, item.component))
    return known or Accepted()


def _limits(item: OrderItem, rules: Accepted) -> str:
    """Of what no rule limits any more, those that the item had when its order was opened."""
    ends = (rules.low, rules.high) if rules.is_limited else (item.low, item.high)
    return fmt.limits(*ends, item.unit)


def _number(
    key: str, item: OrderItem, rules: Accepted, boxes: list[Box[float]]
) -> ItemEntry | None:
    text = t_data(item.text)
    label = f"{text}, {t_data(item.unit)}" if item.unit else text
    limits = _limits(item, rules)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        known = "" if item.value is None else number_input.written(item.value)
        box = number_box(
            label, number_input.number, known, key=f"{key}-value", width=320, hint=limits or None, is_persistent=True
        )  # fmt: skip
        skipped = st.checkbox(
            t("answered.not_applicable"),
            item.answer == "not_applicable",
            key=f"{key}-none",
            persist_state="session",
        )
    hints = limit_hints(rules, item.unit)
    if limits and not rules.is_limited:
        hints = [t("rounds.limits", limits=limits)]
    if hints:
        st.html(f'<p class="sw-hint">{escape(joined(hints))}</p>')
    if skipped:
        return ItemEntry(item.item, plain="not_applicable")
    box.show_mistake()
    boxes.append(box)
    return None if box.value is None else ItemEntry(item.item, value=box.value)


def _word(key: str, item: OrderItem) -> ItemEntry | None:
    known = item.answer if item.answer in ANSWERS else None
    chosen: PlainAnswer | None = st.segmented_control(
        fmt.plain(item.text), list(ANSWERS), default=known, key=f"{key}-answer", persist_state="session",
        format_func=lambda plain: t(ANSWERS[plain]),
    )  # fmt: skip
    return None if chosen is None else ItemEntry(item.item, plain=chosen)


def _is_outside(item: OrderItem, rules: Accepted, value: float | None) -> bool:
    if value is None or rules.is_limited:
        return value is not None and rules.broken_by(value) is not None
    below = item.low is not None and value < item.low
    return below or (item.high is not None and value > item.high)


def _warning(text: str) -> str:
    return f'<p class="sw-out sw-error-text">{escape(text)}</p>'


def _save(order_id: int, entries: Sequence[ItemEntry], boxes: Sequence[Box[float]]) -> str:
    check(boxes)
    with forms.writing() as tx:
        count = answer_items(tx, order_id, entries)
    return t("order.answers_saved", count=count)


def _answered(item: OrderItem) -> str:
    answer = t(ANSWERS[item.answer]) if item.answer in ANSWERS else ""
    if item.value is not None:
        answer = f"{fmt.number(item.value)} {item.unit}".strip()
    tone = "error" if item.answer == "not_ok" or item.within is False else "ok"
    limits = fmt.limits(item.low, item.high, item.unit)
    beside = joined(text for text in (limits, item.note) if text)
    return (
        f'<li><span class="sw-when sw-{tone}-text">{escape(answer)}</span>'
        f'<span>{escape(item.text)} <span class="sw-hint">{escape(beside)}</span>'
        f"{proof_hint(item)}</span></li>"
    )
