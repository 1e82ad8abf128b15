"""Parts: what is on the shelf, what must be ordered, what came and went."""

from datetime import timedelta

import streamlit as st

from dashboard import forms
from dashboard.components.assets.stock_table import moves_list, shelf_table
from dashboard.components.shared.list_row import empty, section, title
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import MOVES
from dashboard.work import orders, parts
from maintenance.assets.columns import money, whole

MOST_MOVES = 50


def move(names: dict[str, str]) -> None:
    """Parts came or went."""
    name = "stock-move"
    with st.form(forms.once(name), border=False):
        part = st.selectbox(t("parts.part"), list(names), format_func=lambda one: names[one])
        kind = st.selectbox(t("parts.kind"), list(MOVES), format_func=lambda one: t(MOVES[one]))
        count = number_box(t("parts.quantity"), whole(0, 100_000), "1")
        waiting = forms.read(lambda: orders.listed(None, None, ended=False)) or []
        titles = {one.id: one.title for one in waiting}
        order = st.selectbox(
            t("parts.order"), [0, *titles],
            format_func=lambda one: t("order.heading", number=one, title=titles[one]) if one else "",
        )  # fmt: skip
        note = st.text_input(t("parts.note"))
        if st.form_submit_button(t("parts.move"), type="primary"):
            forms.do(name, lambda: moved(part, kind, count, order, note))


def moved(part: str, kind: str, count: Box[int], order: int, note: str) -> str:
    """Do it, and say how many there are."""
    wanted = next(one for one in MOVES if one == kind)
    return t("parts.moved", count=parts.move(part, wanted, count.needed(), order or None, note))


def add() -> None:
    """One more kind of part; the rest of it is in the asset workbook."""
    name, devices = "part-new", stores.site().devices
    with st.form(forms.once(name), border=False):
        said = st.text_input(t("parts.name"), max_chars=120)
        key = st.text_input(t("parts.id"), max_chars=40)
        fits = st.multiselect(
            t("parts.devices"), list(devices), format_func=lambda d: devices[d].name
        )
        minimum = number_box(t("parts.minimum"), whole(0, 1000), "0")
        lead = number_box(t("parts.lead_days"), whole(0, 3650), "0")
        cost = number_box(t("parts.cost", currency=stores.site().file.currency), money)
        if st.form_submit_button(t("parts.add"), type="primary"):
            forms.do(name, lambda: added(key, said, fits, minimum, lead, cost))


def added(
    key: str, name: str, fits: list[str], minimum: Box[int], lead: Box[int], cost: Box[int]
) -> str:
    """Do it, and say so."""
    parts.add(key, name, fits, minimum.needed(), lead.needed(), cost.given() or 0)
    return t("parts.added", name=name)


found = forms.read(parts.listed)
names = {one.part.id: one.part.name for one in found or []}
with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("parts.title"))
    with forms.popover("stock-move", t("parts.move"), ":material/swap_vert:", disabled=not names):
        move(names)
    with forms.popover("part-new", t("parts.add"), ":material/add:"):
        add()
now, site = stores.now(), stores.site()
if found:
    st.html(shelf_table(found, now, site))
    st.html(f'<p class="sw-hint">{t("parts.explained", days=timedelta(days=30).days)}</p>')
    section(t("parts.moves"))
    st.html(moves_list(parts.moves()[:MOST_MOVES], names, now, site))
elif found is not None:
    empty(t("parts.none"))
