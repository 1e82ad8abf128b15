"""Cases with vendors, the one whose time runs out first at the top; a new one from here too."""

import streamlit as st

from dashboard import forms
from dashboard.components.shared import address
from dashboard.components.shared.list_row import empty, row, title
from dashboard.components.tickets.ticket import ticket_lead, ticket_tail
from dashboard.components.tickets.ticket_new import new_ticket, new_vendor
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries import tickets as ticket_queries

SHOWN = {"open": "tickets.open", "all": "tickets.all"}


order_id, alert_id = address.number("order"), address.number("alert")
vendors = forms.read(ticket_queries.vendors) or {}
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
    device, subject = ticket_queries.subject_of(order_id, alert_id)
    with st.container(key="new", border=True):
        new_ticket(vendors, device, subject, order_id=order_id, alert_id=alert_id)

shown = address.choice(
    "show", t("orders.show"), list(SHOWN), lambda shown: t(SHOWN[shown]), key="tickets-shown",
    is_row=True,
)  # fmt: skip
clocked_tickets = forms.read(lambda: ticket_queries.tickets(closed=shown == "all")) or []
now, site = stores.now(), stores.site()
for clocked in clocked_tickets:
    vendor = vendors.get(clocked.ticket.vendor_id)
    row(
        f"ticket-{clocked.ticket.id}", clocked.ticket.subject, "app_pages/ticket.py",
        {"ticket": str(clocked.ticket.id)}, lead=ticket_lead(clocked.ticket, site),
        tail=ticket_tail(clocked, vendor.name if vendor else clocked.ticket.vendor_id, now, site),
    )  # fmt: skip
if not clocked_tickets:
    empty(t("tickets.none"))
