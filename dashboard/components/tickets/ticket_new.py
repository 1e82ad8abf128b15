"""A new ticket, and a new vendor to send one to."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import CLINICAL
from dashboard.work import tickets
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
    usual = tickets.vendor_of(device) if device else None
    stands = tickets.clinical_of(device) if device else "working"
    with st.form(forms.once(name), border=False):
        chosen = st.selectbox(
            t("orders.device"), list(devices), _place(device, list(devices)),
            format_func=lambda one: devices[one].name,
        )  # fmt: skip
        vendor = st.selectbox(
            t("ticket.vendor"), list(vendors), _place(usual, list(vendors)),
            format_func=lambda one: vendors[one].name,
        )  # fmt: skip
        said = st.text_input(t("ticket.subject"), subject, max_chars=120)
        state = st.selectbox(
            t("ticket.clinical_state"), list(CLINICAL), _place(stands, list(CLINICAL)),
            format_func=lambda one: t(CLINICAL[one]),
        )  # fmt: skip
        text = st.text_area(t("ticket.text"), height=100, max_chars=20_000)
        if not st.form_submit_button(t("ticket.open"), type="primary") or not vendor:
            return

        def deed() -> forms.Done:
            number = tickets.create(
                device=chosen,
                vendor=vendor,
                subject=said,
                text=text,
                clinical_state=state,
                order_id=order_id,
                alert_id=alert_id,
            )
            told = t("ticket.was_opened", number=number)
            return forms.Done(told, "app_pages/ticket.py", {"ticket": str(number)})

        forms.do(name, deed)


def new_vendor() -> None:
    """Enough of a vendor to write to; the rest is in the asset workbook."""
    name = "vendor-new"
    with st.form(forms.once(name), border=False):
        said = st.text_input(t("vendor.name"), max_chars=120)
        key = st.text_input(t("vendor.id"), max_chars=40)
        email = st.text_input(t("vendor.email"), max_chars=200)
        phone = st.text_input(t("vendor.phone"), max_chars=60)
        if st.form_submit_button(t("vendor.add"), type="primary"):
            forms.do(name, lambda: _added(key, said, email, phone))


def _added(key: str, name: str, email: str, phone: str) -> str:
    tickets.add_vendor(key, name, email, phone)
    return t("vendor.added", name=name)


def _place(name: str | None, names: Sequence[str]) -> int:
    return names.index(name) if name in names else 0
