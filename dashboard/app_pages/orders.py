"""Work orders: what is to be done, what was done, and a new one by hand."""

from functools import partial

import streamlit as st

from dashboard import forms
from dashboard.components.orders.order import order_row
from dashboard.components.orders.order_new import new_order
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.list_row import empty, title
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import ORDER_STATES
from dashboard.work import orders

OPEN, ALL = "open_ones", "all"
SHOWN = {OPEN: "orders.open", ALL: "orders.all"}
SHOWN |= {str(state): words for state, words in ORDER_STATES.items()}


with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("orders.title"))
    with forms.popover("order-new", t("orders.new"), ":material/add:"):
        new_order(list(stores.site().devices), st.query_params.get("device"))

devices = stores.site().devices
with st.container(key="filter", horizontal=True, vertical_alignment="center"):
    shown = st.selectbox(
        t("orders.show"),
        list(SHOWN),
        format_func=lambda one: t(SHOWN[one]),
        label_visibility="collapsed",
        width=200,
        key="orders-shown",
        bind="query-params",
    )
    wanted = st.query_params.get("device", "")
    device = st.selectbox(
        t("orders.device"),
        ["", *devices],
        list(devices).index(wanted) + 1 if wanted in devices else 0,
        format_func=lambda one: devices[one].name if one else t("orders.every_device"),
        label_visibility="collapsed",
        width=260,
        key="orders-device",
        bind="query-params",
    )

state = next((one for one in ORDER_STATES if one == shown), None)
ask = partial(orders.listed, device or None, state, ended=shown == ALL)
found = forms.read(ask) or []
now, site = stores.now(), stores.site()
for order in found:
    order_row(order, now, site)
if not found:
    empty(t("orders.none"))
stay_fresh()
