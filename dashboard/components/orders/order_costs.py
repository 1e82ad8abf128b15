"""Labour, parts and bills of an order: what was noted, and forms for more."""

import streamlit as st

from dashboard import forms
from dashboard.components.orders.order import costs_list
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import section
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.orders import OrderDetails
from maintenance.assets.columns import money, whole
from maintenance.parts import stock
from maintenance.work_orders.costs import add_cost, add_labour


def costs(details: OrderDetails) -> None:
    """What the work took."""
    section(t("order.costs"))
    st.html(costs_list(details, stores.now(), stores.site()))
    if details.is_closed:
        return
    with st.container(key="add-costs", horizontal=True):
        number = details.order.id
        with forms.popover(f"labour-{number}", t("order.add_labour")):
            _labour(number)
        with forms.popover(f"part-{number}", t("order.use_part")):
            _part(details)
        with forms.popover(f"cost-{number}", t("order.add_cost")):
            _bill(number)


def _labour(order_id: int) -> None:
    name = f"labour-{order_id}"
    key = forms.once(name)
    with st.form(key, border=False):
        who = st.text_input(t("order.who"), forms.my_name())
        began = moment_box(t("order.began"), f"{key}-at", None, stores.site())
        minutes = number_box(t("order.how_long"), whole(1, 7 * 24 * 60), "30")
        cost = number_box(_money("order.labour_cost"), money)
        if forms.submit(t("order.add"), "work on an order"):
            forms.do(
                name,
                lambda: _labour_added(order_id, who, _or_now(began), minutes, cost),
            )


def _or_now(box: Box[int]) -> int:
    at = box.given()
    return stores.now() if at is None else at


def _labour_added(order_id: int, who: str, at: int, minutes: Box[int], cost: Box[int]) -> str:
    number, cents = minutes.needed(), cost.given() or 0
    with forms.writing() as tx:
        add_labour(tx, order_id, minutes=number, began_at=at, who=who, cost_cents=cents)
    return t("order.added")


def _part(details: OrderDetails) -> None:
    name = f"part-{details.order.id}"
    here = {part: count for part, count in details.stock.items() if count > 0}
    if not here:
        st.caption(t("order.no_parts"))
        return
    with st.form(forms.once(name), border=False):
        part = st.selectbox(
            t("parts.part"),
            sorted(here, key=lambda part: not _is_for(details, part)),
            format_func=lambda part: t(
                "order.part_here", name=details.parts[part].name, count=here[part]
            ),
        )
        count = number_box(t("parts.quantity"), whole(1, 1000), "1")
        if forms.submit(t("order.use_part"), "take parts") and part:
            forms.do(name, lambda: _used(details, part, count))


def _is_for(details: OrderDetails, part: str) -> bool:
    device = stores.site().devices.get(details.order.device)
    profile = device.profile_name if device else ""
    return (
        details.order.device in details.parts[part].devices
        or profile in details.parts[part].profiles
    )


def _used(details: OrderDetails, part: str, count: Box[int]) -> str:
    quantity, number = count.needed(), details.order.id
    with forms.writing() as tx:
        stock.move(tx, part, "used", quantity, order_id=number)
        left = stock.in_stock(tx.db, part)
    return t("order.part_left", name=details.parts[part].name, count=left)


def _bill(order_id: int) -> None:
    name = f"cost-{order_id}"
    with st.form(forms.once(name), border=False):
        text = st.text_input(t("order.cost_for"))
        cost = number_box(_money("order.amount"), money)
        if forms.submit(t("order.add"), "note costs"):
            forms.do(name, lambda: _bill_added(order_id, cost, text))


def _bill_added(order_id: int, cost: Box[int], text: str) -> str:
    cents = cost.needed()
    with forms.writing() as tx:
        add_cost(tx, order_id, cents, text)
    return t("order.added")


def _money(key: str) -> str:
    return t(key, currency=stores.site().file.currency)
