"""The engineer's day: what must be done first, and the calendar of the month."""

from datetime import date, timedelta

import streamlit as st

from core.time.clock import from_ms
from dashboard import forms
from dashboard.components.device.alert import alert_row
from dashboard.components.fleet.summary import banners
from dashboard.components.orders.agenda import done_before, due_row, month_list
from dashboard.components.orders.order import downtime_words, order_row
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.list_row import empty, row, section, title
from dashboard.components.tickets.ticket import ticket_lead, ticket_tail
from dashboard.i18n import t
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.work import agenda, parts, tickets
from dashboard.work.agenda import Today

DOWN = {"hard": "today.down", "partial": "today.partial"}

now, site = stores.now(), stores.site()
day = from_ms(now, site.zone).date()


def first(found: Today) -> None:
    """What is broken before what is due, what is due before what waits with others."""
    for piece in found.down:
        page, query = "app_pages/device.py", {"device": piece.device}
        if piece.order_id is not None:
            page, query = "app_pages/order.py", {"order": str(piece.order_id)}
        row(
            f"down-{piece.id}", t(DOWN[piece.extent], device=fmt.device(piece.device, site)), page, query,
            tail=downtime_words(piece, now, site),
        )  # fmt: skip
    for alert in found.alerts:
        alert_row(alert, now, site)
    for order in found.corrective:
        order_row(order, now, site)
    for entry in found.due:
        due_row(entry, now, site)
    if not (found.down or found.alerts or found.corrective or found.due):
        empty(t("today.nothing"))


def waiting(found: Today) -> None:
    """Orders that want a signature, tickets that wait for us or are late, parts to be ordered."""
    vendors = forms.read(tickets.vendors) or {}
    ours = [
        one
        for one in forms.read(tickets.listed) or []
        if one.ticket.state in ("waiting_us", "draft", "solved") or one.urgent is not None
    ]
    to_order = [one for one in forms.read(parts.listed) or [] if one.advice != "enough"]
    if found.unsigned or ours or to_order:
        section(t("today.waiting"))
    for order in found.unsigned:
        order_row(order, now, site)
    for one in ours:
        vendor = vendors.get(one.ticket.vendor_id)
        row(
            f"ticket-{one.ticket.id}", one.ticket.subject, "app_pages/ticket.py",
            {"ticket": str(one.ticket.id)}, lead=ticket_lead(one.ticket),
            tail=ticket_tail(one, vendor.name if vendor else "", now, site),
        )  # fmt: skip
    for part in to_order:
        row(
            f"part-{part.part.id}",
            t("today.order_part", name=part.part.name),
            "app_pages/parts.py",
            {},
        )


def calendar() -> None:
    """The month, and the way to the next one."""
    shown: date = st.session_state.setdefault("month", day.replace(day=1))
    with st.container(key="month", horizontal=True, vertical_alignment="center"):
        section(fmt.month(shown))
        step = 0
        with st.container(key="deeds", horizontal=True, width="content"):
            if st.button(t("today.before"), icon=":material/chevron_left:", key="month-before"):
                step = -1
            if st.button(
                t("today.after"), icon=":material/chevron_right:", icon_position="right",
                key="month-after",
            ):  # fmt: skip
                step = 32
        with forms.popover("done-before", t("today.done_before")):
            done_before()
        st.link_button(
            t("today.subscribe"), "/calendar.ics", icon=":material/event:", type="tertiary",
            help=t("today.subscribe_help"),
        )  # fmt: skip
    if step:
        st.session_state["month"] = (shown + timedelta(days=step)).replace(day=1)
        st.rerun()
    days = forms.read(lambda: agenda.month(shown, now)) or []
    st.html(month_list(days, now, site))


title(t("today.heading", day=fmt.day(day)))
st.html(banners(fleet_queries.fleet(now), now, site) or "<span></span>")
found = forms.read(lambda: agenda.today(now))
if found is not None:
    first(found)
    waiting(found)
    calendar()
stay_fresh()
