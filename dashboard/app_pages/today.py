"""The engineer's day: what must be done first, and the calendar of the month."""

from datetime import date, timedelta

import streamlit as st

from core.time.clock import from_ms
from dashboard import forms
from dashboard.components.device.windows import work_row
from dashboard.components.fleet.summary import banners, power_banner
from dashboard.components.incidents.incident import incident_row
from dashboard.components.orders.agenda import done_before, due_row, month_list
from dashboard.components.orders.order import downtime_words, order_row
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.list_row import empty, row, section, title
from dashboard.components.tickets.remote_help import who_is_in
from dashboard.components.tickets.ticket import ticket_lead, ticket_tail
from dashboard.i18n import t
from dashboard.queries import agenda as agenda_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import parts as part_queries
from dashboard.queries import questions as question_queries
from dashboard.queries import stores
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.agenda import Today
from dashboard.queries.fleet import Fleet
from dashboard.queries.power import power_plan_if_read
from dashboard.text import format as fmt
from maintenance.tickets.delivery import has_news

DOWN = {"hard": "today.down", "partial": "today.partial"}

now, site = stores.now(), stores.site()
day = from_ms(now, site.zone).date()


def first(today: Today) -> None:
    """What is broken before what is due, what is due before what waits with others."""
    for downtime in today.down:
        page, query = "app_pages/device.py", {"device": downtime.device}
        if downtime.order_id is not None:
            page, query = "app_pages/order.py", {"order": str(downtime.order_id)}
        heading = t(DOWN[downtime.extent], device=fmt.device(downtime.device, site))
        row(f"down-{downtime.id}", heading, page, query, tail=downtime_words(downtime, now, site))
    for incident in today.incidents:
        incident_row(incident, now, site)
    for order in today.corrective:
        order_row(order, now, site)
    for work in today.due:
        due_row(work, now, site)
    if not (today.down or today.incidents or today.corrective or today.due):
        empty(t("today.nothing"))


def at_work(fleet: Fleet) -> None:
    """Devices of which nobody is told now, because somebody works on them."""
    rows = [status for status in fleet.statuses if status.maintenance is not None]
    if rows:
        section(t("window.today"))
    for status in rows:
        work_row(status, now, site)


def waiting(today: Today) -> None:
    """Orders that want a signature, tickets that wait for us or are late, parts to be ordered."""
    vendors = forms.read(ticket_queries.vendors) or {}
    ours = [
        clocked
        for clocked in forms.read(ticket_queries.tickets) or []
        if clocked.ticket.state in ("waiting_us", "draft", "solved")
        or clocked.urgent is not None
        or has_news(clocked.ticket)
    ]
    to_order = [row for row in forms.read(part_queries.part_stock) or [] if row.advice != "enough"]
    if today.unsigned or ours or to_order:
        section(t("today.waiting"))
    for order in today.unsigned:
        order_row(order, now, site)
    for clocked in ours:
        vendor = vendors.get(clocked.ticket.vendor_id)
        row(
            f"ticket-{clocked.ticket.id}", clocked.ticket.subject, "app_pages/ticket.py",
            {"ticket": str(clocked.ticket.id)}, lead=ticket_lead(clocked.ticket, site),
            tail=ticket_tail(clocked, vendor.name if vendor else "", now, site),
        )  # fmt: skip
    for part in to_order:
        row(
            f"part-{part.part.id}",
            t("today.order_part", name=part.part.name),
            "app_pages/parts.py",
            {},
        )


def questions_of_suppliers() -> None:
    """The way to their page, which is plain for telephones."""
    count = forms.read(question_queries.waiting_count)
    if count:
        label = t("question.today", count=count)
        st.link_button(label, "/questions", icon=":material/contact_support:")


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
    days = forms.read(lambda: agenda_queries.month(shown, now)) or []
    st.html(month_list(days, now, site))


title(t("today.heading", day=fmt.day(day)))
fleet = fleet_queries.fleet(now)
warnings = power_banner(power_plan_if_read(), site) + banners(fleet, now, site)
st.html(warnings or "<span></span>")
today = forms.read(lambda: agenda_queries.today(now))
if today is not None:
    first(today)
    who_is_in(now, site)
    at_work(fleet)
    waiting(today)
    questions_of_suppliers()
    calendar()
stay_fresh()
