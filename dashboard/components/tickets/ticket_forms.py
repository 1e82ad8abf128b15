"""What can be done with a ticket: write, move on, make the diagnostics."""

import streamlit as st

from core.time.clock import HOUR
from core.vocabulary.tickets import MessageDirection, TicketState
from dashboard import forms
from dashboard.components.tickets.allowed_words import words_section
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.tickets import TicketDetails
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
    way = st.segmented_control(
        t("ticket.way"), list(DIRECTIONS), default="out", required=True,
        format_func=lambda way: t(DIRECTIONS[way]), help=t("ticket.way_help"), key=f"way-{ticket.id}",
    )  # fmt: skip
    has_mail = bool(stores.site().file.mail and details.vendor.email)
    words = "ticket.save"
    if way == "out":
        words = "ticket.send" if has_mail else "ticket.save_unsent"
    with st.form(forms.once(name)):
        text = st.text_area(
            t("ticket.write"), ticket.text if not ticket.messages else "", height=120,
            max_chars=20_000,
        )  # fmt: skip
        if way and forms.submit(t(words), "work on a ticket"):
            forms.do(name, lambda: _written(ticket.id, text, way))


def _written(ticket_id: int, text: str, way: MessageDirection) -> str:
    with forms.writing() as tx:
        message = lifecycle.write(tx, ticket_id, text, way)
        is_unsent = way == "out" and message.ticket.state == "to_send"
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
    words_section(details)
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
