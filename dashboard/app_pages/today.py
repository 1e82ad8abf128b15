"""One engineer's day: what is now, due today, waiting and this week, and the calendar of the month."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.time.calendars import Month, month_of
from core.time.clock import from_ms
from dashboard import forms, i18n
from dashboard.components.day.line import day_line
from dashboard.components.device.windows import work_row
from dashboard.components.fleet.summary import banners, power_banner
from dashboard.components.orders.agenda import done_before, month_list
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.list_row import empty, row, section, title
from dashboard.components.tickets.remote_help import who_is_in
from dashboard.components.tickets.ticket import ticket_lead, ticket_tail
from dashboard.i18n import t
from dashboard.queries import agenda as agenda_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import identity, stores
from dashboard.queries import parts as part_queries
from dashboard.queries import questions as question_queries
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.fleet import Fleet
from dashboard.queries.menu import OURS
from dashboard.queries.power import power_plan_if_read
from dashboard.text import format as fmt
from dashboard.text.icons import pointing
from dashboard.views.day import DayLine, Group, is_of
from maintenance.tickets.delivery import has_news

Groups = Mapping[Group, Sequence[DayLine]]
FIRST: dict[Group, tuple[str, str]] = {
    "now": ("today.now", "today.nothing_now"),
    "today": ("today.due_today", "today.nothing_due"),
}

now, site = stores.now(), stores.site()
day = from_ms(now, site.zone).date()


def own(groups: Groups) -> Groups:
    """What is this person's; all of it for the engineer, and for who wants to see it."""
    principal = identity.here()
    if principal is None or "engineer" in principal.roles:
        return groups
    if st.toggle(t("today.everything"), key="everything"):
        return groups
    may_sign = identity.may("sign off a work order")
    return {
        group: [
            line
            for line in lines
            if is_of(line, principal.full_name, principal.roles, may_sign=may_sign)
        ]
        for group, lines in groups.items()
    }


def first(groups: Groups) -> None:
    """What is now before what is due today."""
    for group, (heading, nothing) in FIRST.items():
        section(t(heading))
        for line in groups[group]:
            day_line(line, now, site)
        if not groups[group]:
            empty(t(nothing))


def week(groups: Groups) -> None:
    """What comes."""
    if groups["week"]:
        section(t("today.week"))
    for line in groups["week"]:
        day_line(line, now, site)


def at_work(fleet: Fleet) -> None:
    """Devices of which nobody is told now, because somebody works on them."""
    rows = [status for status in fleet.statuses if status.maintenance is not None]
    if rows:
        section(t("window.today"))
    for status in rows:
        work_row(status, now, site)


def waiting(groups: Groups) -> None:
    """What waits for a part, a supplier, a signature or a time; tickets that wait for us, parts to be ordered."""
    vendors = forms.read(ticket_queries.vendors) or {}
    ours = [
        clocked
        for clocked in forms.read(ticket_queries.tickets) or []
        if clocked.ticket.state in OURS or clocked.urgent is not None or has_news(clocked.ticket)
    ]
    to_order = [row for row in forms.read(part_queries.part_stock) or [] if row.advice != "enough"]
    if groups["waiting"] or ours or to_order:
        section(t("today.waiting"))
    for line in groups["waiting"]:
        day_line(line, now, site)
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
    present = month_of(now, site.zone, i18n.calendar())
    shown: Month = st.session_state.setdefault("month", present)
    with st.container(key="month", horizontal=True, vertical_alignment="center"):
        section(fmt.month(shown.first))
        step = 0
        with st.container(key="deeds", horizontal=True, width="content"):
            if st.button(t("today.before"), icon=pointing("before"), key="month-before"):
                step = -1
            if st.button(
                t("today.after"), icon=pointing("after"), icon_position="right",
                key="month-after",
            ):  # fmt: skip
                step = 1
        with forms.popover("done-before", t("today.done_before")):
            done_before()
        st.link_button(
            t("today.subscribe"), "/calendar.ics", icon=":material/event:", type="tertiary",
            help=t("today.subscribe_help"),
        )  # fmt: skip
    if step:
        st.session_state["month"] = shown.later(step)
        st.rerun()
    days = forms.read(lambda: agenda_queries.month(shown, now)) or []
    st.html(month_list(days, now, site))


title(t("today.heading", day=fmt.day(day)))
fleet = fleet_queries.fleet(now)
warnings = power_banner(power_plan_if_read(), site) + banners(fleet, now, site)
st.html(warnings or "<span></span>")
today = forms.read(lambda: agenda_queries.today(now))
if today is not None:
    lines = own(today)
    first(lines)
    who_is_in(now, site)
    at_work(fleet)
    waiting(lines)
    questions_of_suppliers()
    week(lines)
    calendar()
stay_fresh()
