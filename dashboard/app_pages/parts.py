"""Parts: what is in stock, what must be ordered, what came and went."""

from datetime import timedelta

import streamlit as st

from dashboard import forms
from dashboard.components.assets.stock_table import moves_list, stock_table
from dashboard.components.shared.list_row import empty, section, title
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import orders as order_queries
from dashboard.queries import parts as part_queries
from dashboard.queries import stores
from dashboard.text.labels import MOVES
from maintenance.assets.columns import money, whole
from maintenance.parts import stock

MOST_MOVES = 50


def move(names: dict[str, str]) -> None:
    """Parts came or went."""
    name = "stock-move"
    with st.form(forms.once(name), border=False):
        part = st.selectbox(t("parts.part"), list(names), format_func=lambda part: names[part])
        kind = st.selectbox(t("parts.kind"), list(MOVES), format_func=lambda kind: t(MOVES[kind]))
        count = number_box(t("parts.quantity"), whole(0, 100_000), "1")
        waiting = forms.read(lambda: order_queries.orders(None, None, ended=False)) or []
        titles = {order.id: order.title for order in waiting}
        order = st.selectbox(
            t("parts.order"), [0, *titles],
            format_func=lambda order: t("order.heading", number=order, title=titles[order]) if order else "",
        )  # fmt: skip
        note = st.text_input(t("parts.note"))
        if forms.submit(t("parts.move"), "take parts"):
            forms.do(name, lambda: moved(part, kind, count, order, note))


def moved(part: str, kind: str, count: Box[int], order: int, note: str) -> str:
    """Do it, and say how many there are."""
    move_kind = next(known for known in MOVES if known == kind)
    with forms.writing() as tx:
        stock.move(tx, part, move_kind, count.needed(), order_id=order or None, note=note)
        return t("parts.moved", count=stock.in_stock(tx.db, part))


def add() -> None:
    """One more kind of part; the rest of it is in the asset workbook."""
    name, devices = "part-new", stores.site().devices
    with st.form(forms.once(name), border=False):
        label = st.text_input(t("parts.name"), max_chars=120)
        key = st.text_input(t("parts.id"), max_chars=40)
        fits = st.multiselect(
            t("parts.devices"),
            list(devices),
            format_func=lambda d: devices[d].name,
            placeholder=t("app.choose"),
        )
        minimum = number_box(t("parts.minimum"), whole(0, 1000), "0")
        lead = number_box(t("parts.lead_days"), whole(0, 3650), "0")
        cost = number_box(t("parts.cost", currency=stores.site().file.currency), money)
        if forms.submit(t("parts.add"), "keep the list of parts"):
            forms.do(name, lambda: added(key, label, fits, minimum, lead, cost))


def added(
    key: str, name: str, fits: list[str], minimum: Box[int], lead: Box[int], cost: Box[int]
) -> str:
    """Do it, and say so."""
    with forms.writing() as tx:
        stock.add_part(
            tx, key, name, devices=fits, minimum=minimum.needed(), lead_days=lead.needed(),
            cost_cents=cost.given() or 0,
        )  # fmt: skip
    return t("parts.added", name=name)


part_stock = forms.read(part_queries.part_stock)
names = {row.part.id: row.part.name for row in part_stock or []}
with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("parts.title"))
    with forms.popover("stock-move", t("parts.move"), ":material/swap_vert:", disabled=not names):
        move(names)
    with forms.popover("part-new", t("parts.add"), ":material/add:"):
        add()
now, site = stores.now(), stores.site()
if part_stock:
    st.html(stock_table(part_stock, now, site))
    st.html(f'<p class="sw-hint">{t("parts.explained", days=timedelta(days=30).days)}</p>')
    section(t("parts.moves"))
    st.html(moves_list(part_queries.stock_moves()[:MOST_MOVES], names, now, site))
elif part_stock is not None:
    empty(t("parts.none"))
