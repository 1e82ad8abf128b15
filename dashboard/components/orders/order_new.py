"""A work order by hand."""

from collections.abc import Sequence

import streamlit as st

from core.vocabulary.downtime import DowntimeExtent
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import ORDER_KINDS
from dashboard.work import orders

# What stands before anything is chosen is the one that changes least.
STATES: dict[str, DowntimeExtent | None] = {
    "order_new.usable": None,
    "order_new.partial": "partial",
    "order_new.down": "hard",
}


def new_order(devices: Sequence[str], device: str | None) -> None:
    """The form; it leads to the order."""
    known = stores.site().devices
    name = "order-new"
    with st.form(forms.once(name), border=False):
        chosen = st.selectbox(
            t("orders.device"), devices, devices.index(device) if device in devices else 0,
            format_func=lambda one: known[one].name,
        )  # fmt: skip
        kind = st.selectbox(
            t("order_new.kind"), ["corrective", "preventive"],
            format_func=lambda one: t(ORDER_KINDS["corrective" if one == "corrective" else "preventive"]),
        )  # fmt: skip
        title = st.text_input(t("order_new.title"), max_chars=120)
        text = st.text_area(t("order_new.text"), height=80, max_chars=4000)
        state = st.selectbox(t("order_new.state"), list(STATES), format_func=t)
        takes_down = st.checkbox(t("order_new.takes_down"), help=t("order_new.takes_down_help"))
        if not st.form_submit_button(t("order_new.open"), type="primary"):
            return

        def deed() -> forms.Done:
            number = orders.create(
                device=chosen,
                kind="corrective" if kind == "corrective" else "preventive",
                title=title,
                text=text,
                down=STATES[state],
                takes_down=takes_down,
            )
            said = t("order_new.opened", number=number)
            return forms.Done(said, "app_pages/order.py", {"order": str(number)})

        forms.do(name, deed)
