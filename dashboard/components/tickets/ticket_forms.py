"""What can be done with a ticket: write, move on, let somebody in, make the diagnostics."""

import streamlit as st

from core.vocabulary.tickets import MessageDirection, TicketState
from dashboard import forms
from dashboard.i18n import t
from dashboard.text.labels import DIRECTIONS, TICKET_STATES
from dashboard.work import tickets
from dashboard.work.tickets import TicketSheet

SINCE = {24: "bundle.h24", 72: "bundle.h72", 168: "bundle.h168"}


def write(sheet: TicketSheet) -> None:
    """One more message of the thread."""
    ticket = sheet.ticket
    name = f"write-{ticket.id}"
    with st.form(forms.once(name)):
        text = st.text_area(
            t("ticket.write"), ticket.text if not ticket.messages else "", height=120,
            max_chars=20_000,
        )  # fmt: skip
        way = st.segmented_control(
            t("ticket.way"), list(DIRECTIONS), default="out", required=True,
            format_func=lambda one: t(DIRECTIONS[one]), help=t("ticket.way_help"),
        )  # fmt: skip
        if way and st.form_submit_button(t("ticket.save"), type="primary"):
            forms.do(name, lambda: _written(ticket.id, text, way))


def _written(ticket_id: int, text: str, way: MessageDirection) -> str:
    tickets.write(ticket_id, text, way)
    return t("ticket.written")


def move(sheet: TicketSheet) -> None:
    """Into another state."""
    ticket = sheet.ticket
    name = f"move-{ticket.id}"
    with st.form(forms.once(name), border=False):
        state = st.selectbox(
            t("ticket.state"), sheet.may_become, format_func=lambda one: t(TICKET_STATES[one])
        )
        note = st.text_input(t("ticket.note"))
        if state and st.form_submit_button(t("ticket.move"), type="primary"):
            forms.do(name, lambda: _moved(ticket.id, state, note))


def _moved(ticket_id: int, state: TicketState, note: str) -> str:
    tickets.move(ticket_id, state, note)
    return t("ticket.moved", state=t(TICKET_STATES[state]))


def case(sheet: TicketSheet) -> None:
    """The number that it has at the vendor."""
    name = f"case-{sheet.ticket.id}"
    with st.form(forms.once(name), border=False):
        number = st.text_input(t("ticket.case_number"), sheet.ticket.vendor_case)
        if st.form_submit_button(t("ticket.save"), type="primary"):
            forms.do(name, lambda: _case_set(sheet.ticket.id, number))


def _case_set(ticket_id: int, number: str) -> str:
    tickets.set_case(ticket_id, number)
    return t("ticket.case", number=number)


def diagnostics(sheet: TicketSheet) -> None:
    """Make the bundle and keep it with the ticket."""
    name = f"bundle-{sheet.ticket.id}"
    with st.form(forms.once(name), border=False):
        since = st.selectbox(t("bundle.since"), list(SINCE), format_func=lambda one: t(SINCE[one]))
        st.caption(t("bundle.what"))
        if st.form_submit_button(t("bundle.make"), type="primary"):
            with st.spinner(t("bundle.making")):
                forms.do(name, lambda: _made(sheet.ticket.id, since))


def _made(ticket_id: int, since_h: int) -> str:
    return t("bundle.made", name=tickets.attach_bundle(ticket_id, since_h))


def session(sheet: TicketSheet) -> None:
    """Let somebody in, or note that they are out."""
    ticket = sheet.ticket
    running = [one for one in ticket.sessions if one.ended_at is None]
    if running:
        name = f"session-end-{running[0].id}"
        with st.form(forms.once(name)):
            done = st.text_area(t("session.done", who=running[0].person), height=80)
            if st.form_submit_button(t("session.end"), type="primary"):
                forms.do(name, lambda: _out(running[0].id, done))
        return
    if not ({"remote_session"} & {ticket.state, *sheet.may_become}):
        return
    name = f"session-{ticket.id}"
    with forms.popover(name, t("session.begin")), st.form(forms.once(name), border=False):
        person = st.text_input(t("session.person"))
        allowed = st.text_input(t("session.allowed_by"))
        way = st.text_input(t("session.way"))
        if st.form_submit_button(t("session.begin"), type="primary"):
            forms.do(name, lambda: _in(ticket.id, person, allowed, way))


def _in(ticket_id: int, person: str, allowed_by: str, way: str) -> str:
    tickets.begin_session(ticket_id, person, allowed_by, way)
    return t("session.begun", who=person)


def _out(session_id: int, done: str) -> str:
    tickets.end_session(session_id, done)
    return t("session.ended")
