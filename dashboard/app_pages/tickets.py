"""Cases with vendors, the one whose time runs out first at the top; a new one from here too."""

import streamlit as st

from dashboard import forms
from dashboard.components.shared import address
from dashboard.components.shared.list_row import empty, row, title
from dashboard.components.tickets.ticket import ticket_lead, ticket_tail
from dashboard.components.tickets.ticket_new import new_ticket, new_vendor
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.work import tickets

SHOWN = {"open": "tickets.open", "all": "tickets.all"}


order_id, alert_id = address.number("order"), address.number("alert")
vendors = forms.read(tickets.vendors) or {}
with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("tickets.title"))
    if not (order_id or alert_id):
        with forms.popover(
            "ticket-new-None-None", t("tickets.new"), ":material/add:", disabled=not vendors
        ):
            new_ticket(vendors, "", "", order_id=None, alert_id=None)
    with forms.popover("vendor-new", t("vendor.add")):
        new_vendor()
if not vendors:
    empty(t("tickets.no_vendor"))
elif order_id or alert_id:
    device, subject = tickets.about(order_id, alert_id)
    with st.container(key="new", border=True):
        new_ticket(vendors, device, subject, order_id=order_id, alert_id=alert_id)

shown = st.segmented_control(
    t("orders.show"), list(SHOWN), default="open", format_func=lambda one: t(SHOWN[one]),
    label_visibility="collapsed", required=True, key="tickets-shown",
    bind="query-params",
)  # fmt: skip
found = forms.read(lambda: tickets.listed(closed=shown == "all")) or []
now, site = stores.now(), stores.site()
for one in found:
    vendor = vendors.get(one.ticket.vendor_id)
    row(
        f"ticket-{one.ticket.id}", one.ticket.subject, "app_pages/ticket.py",
        {"ticket": str(one.ticket.id)}, lead=ticket_lead(one.ticket),
        tail=ticket_tail(one, vendor.name if vendor else one.ticket.vendor_id, now, site),
    )  # fmt: skip
if not found:
    empty(t("tickets.none"))
