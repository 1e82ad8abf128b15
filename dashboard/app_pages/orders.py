"""Work orders: what is to be done, what was done, and a new one by hand."""

import streamlit as st

from dashboard import forms, queries
from dashboard.components.order import order_lead, order_tail
from dashboard.components.order_new import new_order
from dashboard.components.row import empty, row, title
from dashboard.i18n import t, t_data
from dashboard.work import orders

SHOWN = {"open": "orders.open", "all": "orders.all"}

with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("orders.title"))
    with st.popover(t("orders.new"), icon=":material/add:"):
        number = new_order(list(queries.site().devices), st.query_params.get("device"))
if number:
    st.switch_page("app_pages/order.py", query_params={"order": str(number)})

devices = queries.site().devices
with st.container(key="filter", horizontal=True, vertical_alignment="center"):
    shown = st.segmented_control(
        t("orders.show"), list(SHOWN), default="open", format_func=lambda one: t(SHOWN[one]),
        label_visibility="collapsed", required=True, key="orders-shown",
    )  # fmt: skip
    device = st.selectbox(
        t("orders.device"), ["", *devices],
        format_func=lambda one: devices[one].name if one else t("orders.every_device"),
        label_visibility="collapsed", width=260, key="orders-device",
    )  # fmt: skip

found = forms.read(lambda: orders.listed(device or None, None, ended=shown == "all")) or []
now, site = queries.now(), queries.site()
for order in found:
    row(
        f"order-{order.id}", t_data(order.title), "app_pages/order.py", {"order": str(order.id)},
        lead=order_lead(order), tail=order_tail(order, now, site),
    )  # fmt: skip
if not found:
    empty(t("orders.none"))
