"""A work order by hand."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.work_orders import OrderKind
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import ORDER_KINDS
from maintenance.work_orders.opening import open_order

KINDS: tuple[OrderKind, ...] = ("corrective", "preventive")

# What stands before anything is chosen is the one that changes least.
STATES: dict[str, DowntimeExtent | None] = {
    "order_new.usable": None,
    "order_new.partial": "partial",
    "order_new.down": "hard",
}


class NewOrder(NamedTuple):
    """What was chosen and typed."""

    device: str
    kind: OrderKind
    title: str
    text: str = ""
    down: DowntimeExtent | None = None
    takes_down: bool = False


def new_order(devices: Sequence[str], device: str | None) -> None:
    """The form; it leads to the order."""
    known = stores.site().devices
    name = "order-new"
    with st.form(forms.once(name), border=False):
        chosen = st.selectbox(
            t("orders.device"), devices, devices.index(device) if device in devices else 0,
            format_func=lambda device: known[device].name,
        )  # fmt: skip
        kind = st.selectbox(
            t("order_new.kind"), KINDS, format_func=lambda kind: t(ORDER_KINDS[kind]),
        )  # fmt: skip
        title = st.text_input(t("order_new.title"), max_chars=120)
        text = st.text_area(t("order_new.text"), height=80, max_chars=4000)
        state = st.selectbox(t("order_new.state"), list(STATES), format_func=t)
        takes_down = st.checkbox(t("order_new.takes_down"), help=t("order_new.takes_down_help"))
        if forms.submit(t("order_new.open"), "open a work order"):
            entered = NewOrder(chosen, kind, title, text, STATES[state], takes_down)
            forms.do(name, lambda: _open(entered))


def _open(new: NewOrder) -> forms.Done:
    with forms.writing() as tx:
        number = open_order(
            tx,
            new.device,
            new.title,
            kind=new.kind,
            text=new.text,
            takes_down=new.takes_down,
            down=new.down,
        ).id
    opened = t("order_new.opened", number=number)
    return forms.Done(opened, "app_pages/order.py", {"order": str(number)})
