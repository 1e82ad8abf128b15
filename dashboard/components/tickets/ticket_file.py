"""The ticket as a file for who has no line: out for a stick, and the vendor's reply in again."""

from collections.abc import Collection

import streamlit as st

from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.tickets import TicketDetails
from maintenance.tickets.diagnostics import is_bundle
from maintenance.tickets.twin.export import Twin, make_twin, note_export
from maintenance.tickets.twin.intake import receive_file
from maintenance.tickets.twin.reply_file import read_reply
from maintenance.tickets.uploads import writer
from maintenance.work_orders.attachments import LARGEST
from storage.records import File


def ticket_file(details: TicketDetails) -> None:
    """Both forms, below a button; what was made waits beside it."""
    number = details.ticket.id
    made: list[Twin] = st.session_state.setdefault(f"twin-{number}", [])
    for twin in made:
        st.download_button(
            t("twin.get", kb=-(-len(twin.data) // 1000)), twin.data, twin.name, "application/zip",
            key=f"twin-get-{number}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    name = f"twin-export-{number}"
    with forms.popover(name, t("twin.title"), ":material/usb:"):
        with st.form(forms.once(name), border=False):
            st.caption(t("twin.what"))
            ours = {file.id: file for file in _own_files(details)}
            chosen = st.multiselect(
                t("twin.files"),
                list(ours),
                format_func=lambda number: ours[number].name,
                placeholder=t("app.choose"),
            )
            if forms.submit(t("twin.make"), "let a supplier in"):
                with st.spinner(t("bundle.making")):
                    forms.do(name, lambda: _exported(made, number, chosen))
        _reply(number)


def _reply(number: int) -> None:
    name = f"twin-import-{number}"
    with st.form(forms.once(name), border=False):
        uploaded = st.file_uploader(
            t("twin.reply"), ["txt", "zip"], max_upload_size=LARGEST // 1_000_000
        )
        if forms.submit(t("twin.receive"), "work on a ticket", primary=False) and uploaded:
            content = uploaded.getvalue()
            forms.do(name, lambda: _received(content))


def _own_files(details: TicketDetails) -> list[File]:
    """What nobody can scrub, so that somebody must choose it."""
    site, ticket = stores.site().file.id, details.ticket
    return [
        file
        for file in details.files
        if file.about == "ticket"
        and file.who != writer(details.vendor)
        and not is_bundle(file, site, ticket.device)
    ]


def _exported(made: list[Twin], ticket_id: int, chosen: Collection[int]) -> str:
    """`made` is offered until the page is left."""
    site, series, records = stores.site(), stores.series(), stores.records()
    twin = make_twin(site, series, records, ticket_id, stores.now(), chosen)
    with forms.writing() as tx:
        note_export(tx, twin)
    made[:] = [twin]
    return t("twin.made")


def _received(content: bytes) -> str:
    reply = read_reply(stores.site(), content)
    with forms.writing() as tx:
        intake = receive_file(tx, reply)
    if not intake.is_new:
        return t("twin.again", number=intake.ticket)
    return t("twin.closed" if intake.is_closed else "twin.received", number=intake.ticket)
