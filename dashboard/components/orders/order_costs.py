"""Labour, parts and bills of an order: what was noted, and forms for more."""

import streamlit as st

from dashboard import forms
from dashboard.components.orders.order import costs_list
from dashboard.components.shared.list_row import section
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.work import orders
from dashboard.work.orders import OrderSheet
from maintenance.assets.columns import money, whole


def costs(sheet: OrderSheet) -> None:
    """What the work took."""
    section(t("order.costs"))
    st.html(costs_list(sheet, stores.now(), stores.site()))
    if sheet.is_closed:
        return
    with st.container(key="add-costs", horizontal=True):
        number = sheet.order.id
        with forms.popover(f"labour-{number}", t("order.add_labour")):
            _labour(number)
        with forms.popover(f"part-{number}", t("order.use_part")):
            _part(sheet)
        with forms.popover(f"cost-{number}", t("order.add_cost")):
            _bill(number)


def _labour(order_id: int) -> None:
    name = f"labour-{order_id}"
    key = forms.once(name)
    with st.form(key, border=False):
        who = st.text_input(t("order.who"))
        began = forms.moment(t("order.began"), f"{key}-at", None, stores.site())
        minutes = number_box(t("order.how_long"), whole(1, 7 * 24 * 60), "30")
        cost = number_box(_money("order.labour_cost"), money)
        if st.form_submit_button(t("order.add"), type="primary"):
            at = stores.now() if began is None else began
            forms.do(name, lambda: _labour_added(order_id, who, at, minutes, cost))


def _labour_added(order_id: int, who: str, at: int, minutes: Box[int], cost: Box[int]) -> str:
    orders.add_labour(order_id, who, at, minutes.needed(), cost.given() or 0)
    return t("order.added")


def _part(sheet: OrderSheet) -> None:
    name = f"part-{sheet.order.id}"
    here = {part: count for part, count in sheet.stock.items() if count > 0}
    if not here:
        st.caption(t("order.no_parts"))
        return
    with st.form(forms.once(name), border=False):
        part = st.selectbox(
            t("parts.part"),
            sorted(here, key=lambda one: not _is_for(sheet, one)),
            format_func=lambda one: t(
                "order.part_here", name=sheet.parts[one].name, count=here[one]
            ),
        )
        count = number_box(t("parts.quantity"), whole(1, 1000), "1")
        if st.form_submit_button(t("order.use_part"), type="primary") and part:
            forms.do(name, lambda: _used(sheet, part, count))


def _is_for(sheet: OrderSheet, part: str) -> bool:
    device = stores.site().devices.get(sheet.order.device)
    profile = device.profile_name if device else ""
    return sheet.order.device in sheet.parts[part].devices or profile in sheet.parts[part].profiles


def _used(sheet: OrderSheet, part: str, count: Box[int]) -> str:
    left = orders.use_part(sheet.order.id, part, count.needed())
    return t("order.part_left", name=sheet.parts[part].name, count=left)


def _bill(order_id: int) -> None:
    name = f"cost-{order_id}"
    with st.form(forms.once(name), border=False):
        text = st.text_input(t("order.cost_for"))
        cost = number_box(_money("order.amount"), money)
        if st.form_submit_button(t("order.add"), type="primary"):
            forms.do(name, lambda: _bill_added(order_id, cost, text))


def _bill_added(order_id: int, cost: Box[int], text: str) -> str:
    orders.add_cost(order_id, cost.needed(), text)
    return t("order.added")


def _money(key: str) -> str:
    return t(key, currency=stores.site().file.currency)
