"""A new ticket, and a new vendor to send one to."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.vocabulary.tickets import ClinicalState
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries import tickets as ticket_queries
from dashboard.text.labels import CLINICAL
from maintenance.tickets import lifecycle
from storage.records import Vendor


def new_ticket(
    vendors: Mapping[str, Vendor],
    device: str,
    subject: str,
    *,
    order_id: int | None,
    alert_id: int | None,
) -> None:
    """The form; it leads to the ticket."""
    devices = stores.site().devices
    name = f"ticket-new-{order_id}-{alert_id}"
    usual = ticket_queries.vendor_of(device) if device else None
    with st.form(forms.once(name), border=False):
        chosen = st.selectbox(
            t("orders.device"), list(devices), _place(device, list(devices)),
            format_func=lambda device: devices[device].name,
        )  # fmt: skip
        vendor = st.selectbox(
            t("ticket.vendor"), list(vendors), _place(usual, list(vendors)),
            format_func=lambda vendor: vendors[vendor].name,
        )  # fmt: skip
        subject = st.text_input(t("ticket.subject"), subject, max_chars=120)
        state = _clinical_state(device)
        text = st.text_area(t("ticket.text"), height=100, max_chars=20_000)
        if forms.submit(t("ticket.open"), "work on a ticket") and vendor:
            forms.do(
                name,
                lambda: _opened(chosen, vendor, subject, text, state, order_id, alert_id),
            )


def _clinical_state(device: str) -> ClinicalState:
    """Chosen; it begins with what the records say of the device."""
    stands = ticket_queries.clinical_state_of(device) if device else "working"
    return st.selectbox(
        t("ticket.clinical_state"), list(CLINICAL), _place(stands, list(CLINICAL)),
        format_func=lambda state: t(CLINICAL[state]),
    )  # fmt: skip


def _opened(
    device: str,
    vendor: str,
    subject: str,
    text: str,
    state: ClinicalState,
    order_id: int | None,
    alert_id: int | None,
) -> forms.Done:
    with forms.writing() as tx:
        ticket = lifecycle.open_ticket(
            tx, device, vendor, subject, text,
            clinical_state=state, order_id=order_id, alert_id=alert_id,
        )  # fmt: skip
        number = ticket.id
    query = {"ticket": str(number)}
    return forms.Done(t("ticket.was_opened", number=number), "app_pages/ticket.py", query)


def new_vendor() -> None:
    """Enough of a vendor to write to; the rest is in the asset workbook."""
    form = "vendor-new"
    with st.form(forms.once(form), border=False):
        name = st.text_input(t("vendor.name"), max_chars=120)
        key = st.text_input(t("vendor.id"), max_chars=40, placeholder=t("vendor.id_hint"))
        email = st.text_input(t("vendor.email"), max_chars=200)
        phone = st.text_input(t("vendor.phone"), max_chars=60)
        if forms.submit(t("vendor.add"), "add a supplier"):
            forms.do(form, lambda: _added(key, name, email, phone))


def _added(key: str, name: str, email: str, phone: str) -> str:
    with forms.writing() as tx:
        lifecycle.add_vendor(tx, key, name, address=email, phone=phone)
    return t("vendor.added", name=name)


def _place(name: str | None, names: Sequence[str]) -> int:
    return names.index(name) if name in names else 0
