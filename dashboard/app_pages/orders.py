"""Work orders: what is to be done, what was done, and a new one by hand."""

from functools import partial

import streamlit as st

from dashboard import forms
from dashboard.components.orders.order import order_row
from dashboard.components.orders.order_new import new_order
from dashboard.components.shared.address import choice
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.device_choice import device_choice
from dashboard.components.shared.list_row import empty, title
from dashboard.i18n import t
from dashboard.queries import orders as order_queries
from dashboard.queries import stores
from dashboard.text.labels import ORDER_STATES

OPEN, ALL = "open_ones", "all"
SHOWN = {OPEN: "orders.open", ALL: "orders.all"}
SHOWN |= {str(state): words for state, words in ORDER_STATES.items()}


with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("orders.title"))
    with forms.popover("order-new", t("orders.new"), ":material/add:"):
        new_order(list(stores.site().devices), st.query_params.get("device"))

with st.container(key="filter", horizontal=True, vertical_alignment="center"):
    shown = choice(
        "show",
        t("orders.show"),
        list(SHOWN),
        lambda key: t(SHOWN[key]),
        key="orders-shown",
        width=200,
    )
    device = device_choice("orders-device")

state = next((state for state in ORDER_STATES if state == shown), None)
query = partial(order_queries.orders, device, state, ended=shown == ALL)
orders = forms.read(query) or []
now, site = stores.now(), stores.site()
for order in orders:
    order_row(order, now, site)
if not orders:
    empty(t("orders.none"))
stay_fresh()
