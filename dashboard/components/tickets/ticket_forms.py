"""What can be done with a ticket: write, move on, let somebody in, make the diagnostics."""

import streamlit as st

from core.time.clock import HOUR
from core.vocabulary.tickets import MessageDirection, TicketState
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.tickets import TicketDetails
from dashboard.text import format as fmt
from dashboard.text.labels import DIRECTIONS, TICKET_STATES
from maintenance.tickets import diagnostics, lifecycle
from maintenance.tickets.delivery import unread_count
from maintenance.tickets.diagnostics import DiagnosticsRequest
from storage.records import Ticket

SINCE = {24: "bundle.h24", 72: "bundle.h72", 168: "bundle.h168"}


def write(details: TicketDetails) -> None:
    """One more message of the thread."""
    ticket = details.ticket
    name = f"write-{ticket.id}"
    with st.form(forms.once(name)):
        text = st.text_area(
            t("ticket.write"), ticket.text if not ticket.messages else "", height=120,
            max_chars=20_000,
        )  # fmt: skip
        way = st.segmented_control(
            t("ticket.way"), list(DIRECTIONS), default="out", required=True,
            format_func=lambda way: t(DIRECTIONS[way]), help=t("ticket.way_help"),
        )  # fmt: skip
        if way and forms.submit(t("ticket.save"), "work on a ticket"):
            forms.do(name, lambda: _written(ticket.id, text, way))


def _written(ticket_id: int, text: str, way: MessageDirection) -> str:
    with forms.writing() as tx:
        lifecycle.write(tx, ticket_id, text, way)
    is_unsent = way == "out" and stores.site().file.mail is None
    return t("ticket.written_unsent" if is_unsent else "ticket.written")


def move(details: TicketDetails) -> None:
    """Into another state."""
    ticket = details.ticket
    name = f"move-{ticket.id}"
    with st.form(forms.once(name), border=False):
        state = st.selectbox(
            t("ticket.state"), details.may_become, format_func=lambda state: t(TICKET_STATES[state])
        )
        note = st.text_input(t("ticket.note"))
        if state and forms.submit(t("ticket.move"), "work on a ticket"):
            forms.do(name, lambda: _moved(ticket.id, state, note))


def _moved(ticket_id: int, state: TicketState, note: str) -> str:
    with forms.writing() as tx:
        lifecycle.move(tx, ticket_id, state, note)
    return t("ticket.moved", state=t(TICKET_STATES[state]))


def unread(details: TicketDetails) -> None:
    """Say that what came in was read; a closed ticket then leaves the list."""
    if unread_count(details.ticket):
        number = details.ticket.id
        forms.button(
            f"read-{number}", t("ticket.read"), lambda: _read(number), right="work on a ticket"
        )


def _read(ticket_id: int) -> str:
    with forms.writing() as tx:
        lifecycle.mark_read(tx, ticket_id)
    return t("ticket.was_read")


def case(details: TicketDetails) -> None:
    """The number that it has at the vendor."""
    name = f"case-{details.ticket.id}"
    with st.form(forms.once(name), border=False):
        number = st.text_input(t("ticket.case_number"), details.ticket.vendor_case)
        if forms.submit(t("ticket.save"), "work on a ticket"):
            forms.do(name, lambda: _case_set(details.ticket.id, number))


def _case_set(ticket_id: int, number: str) -> str:
    with forms.writing() as tx:
        lifecycle.set_vendor_case(tx, ticket_id, number)
    return t("ticket.case", number=number)


def make_bundle(details: TicketDetails) -> None:
    """Make the bundle and keep it with the ticket."""
    name = f"bundle-{details.ticket.id}"
    with st.form(forms.once(name), border=False):
        since = st.selectbox(
            t("bundle.since"), list(SINCE), format_func=lambda hours: t(SINCE[hours])
        )
        st.caption(t("bundle.what"))
        if forms.submit(t("bundle.make"), "work on a ticket"):
            with st.spinner(t("bundle.making")):
                forms.do(name, lambda: _bundle_made(details.ticket, since))


def _bundle_made(ticket: Ticket, since_h: int) -> str:
    request = DiagnosticsRequest(ticket.device, since_h * HOUR, ticket_id=ticket.id)
    bundle = diagnostics.make_bundle(
        stores.site(), stores.series(), stores.records(), request, stores.now()
    )
    with forms.writing() as tx:
        return t("bundle.made", name=diagnostics.attach_bundle(tx, ticket.id, bundle).name)


def session(details: TicketDetails) -> None:
    """Let somebody in, or note that they are out."""
    ticket = details.ticket
    running = [visit for visit in ticket.sessions if visit.ended_at is None]
    if running:
        name = f"session-end-{running[0].id}"
        with st.form(forms.once(name)):
            done = st.text_area(fmt.plain(t("session.done", who=running[0].person)), height=80)
            if forms.submit(t("session.end"), "let a supplier in"):
                forms.do(name, lambda: _let_out(running[0].id, done))
        return
    if not ({"remote_session"} & {ticket.state, *details.may_become}):
        return
    name = f"session-{ticket.id}"
    with forms.popover(name, t("session.begin")), st.form(forms.once(name), border=False):
        person = st.text_input(t("session.person"))
        way = st.text_input(t("session.way"))
        if forms.submit(t("session.begin"), "let a supplier in"):
            forms.do(name, lambda: _let_in(ticket.id, person, way))


def _let_in(ticket_id: int, person: str, way: str) -> str:
    with forms.writing() as tx:
        lifecycle.begin_session(tx, ticket_id, person, tx.by, way)
    return t("session.begun", who=person)


def _let_out(session_id: int, done: str) -> str:
    with forms.writing() as tx:
        lifecycle.end_session(tx, session_id, done)
    return t("session.ended")
