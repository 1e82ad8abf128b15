"""What can be done with an order as it stands now: only the steps that may follow are offered."""

import streamlit as st

from core.vocabulary.work_orders import OrderState
from dashboard import forms
from dashboard.components.orders.quiet import quiet_switch
from dashboard.i18n import t
from dashboard.queries.orders import OrderDetails
from maintenance.work_orders import completion, lifecycle


def step_buttons(details: OrderDetails) -> None:
    """Start, hand over, wait, cancel."""
    order, may = details.order, details.may_become
    is_quiet = quiet_switch() if "working" in may else True
    with st.container(key="steps", horizontal=True):
        if "working" in may:
            label = t("order.take_up") if order.state == "done" else t("order.start")
            forms.button(
                f"begin-{order.id}", label, lambda: _begin(order.id, quiet=is_quiet),
                right="work on an order",
                primary=order.state in ("open", "assigned"),
            )  # fmt: skip
        if "assigned" in may:
            with forms.popover(f"assign-{order.id}", t("order.assign")):
                _assign(order.id, order.assigned_to)
        if "waiting_part" in may:
            with forms.popover(f"hold-waiting_part-{order.id}", t("order.wait_part")):
                _hold(order.id, "waiting_part")
        if "waiting_vendor" in may:
            with forms.popover(f"hold-waiting_vendor-{order.id}", t("order.wait_vendor")):
                _hold(order.id, "waiting_vendor")
        if "cancelled" in may and order.task_id is None:
            with forms.popover(f"cancel-{order.id}", t("order.cancel")):
                _cancel(order.id)


def closing(details: OrderDetails) -> None:
    """Back in service, then the signature."""
    order = details.order
    if order.state != "done":
        return
    if order.takes_down and order.returned_at is None:
        _return(order.id)
    else:
        name = f"sign-{order.id}"
        forms.button(
            name,
            t("order.sign"),
            lambda: _sign(order.id),
            right="sign off a work order",
            primary=True,
        )


def _begin(order_id: int, *, quiet: bool = True) -> str:
    with forms.writing() as tx:
        lifecycle.begin(tx, order_id, quiet=quiet)
    return t("order.begun")


def _sign(order_id: int) -> str:
    with forms.writing() as tx:
        completion.sign_off(tx, order_id)
    return t("order.signed")


def _assign(order_id: int, to: str) -> None:
    form = f"assign-{order_id}"
    with st.form(forms.once(form), border=False):
        name = st.text_input(t("order.to_whom"), to)
        if forms.submit(t("order.assign"), "assign a work order"):
            forms.do(form, lambda: _assigned(order_id, name))


def _assigned(order_id: int, to: str) -> str:
    with forms.writing() as tx:
        lifecycle.assign(tx, order_id, to)
    return t("order.assigned", name=to)


def _hold(order_id: int, state: OrderState) -> None:
    name = f"hold-{state}-{order_id}"
    with st.form(forms.once(name), border=False):
        note = st.text_input(t("order.wait_for"))
        if forms.submit(t("order.wait"), "work on an order"):
            forms.do(name, lambda: _held(order_id, state, note))


def _held(order_id: int, state: OrderState, note: str) -> str:
    with forms.writing() as tx:
        lifecycle.hold(tx, order_id, state, note)
    return t("order.waits")


def _cancel(order_id: int) -> None:
    name = f"cancel-{order_id}"
    with st.form(forms.once(name), border=False):
        why = st.text_input(t("order.cancel_why"))
        if forms.submit(t("order.cancel"), "cancel a work order"):
            forms.do(name, lambda: _cancelled(order_id, why))


def _cancelled(order_id: int, why: str) -> str:
    with forms.writing() as tx:
        lifecycle.cancel(tx, order_id, why)
    return t("order.was_cancelled")


def _return(order_id: int) -> None:
    name = f"return-{order_id}"
    with st.form(forms.once(name)):
        check = st.text_area(t("order.return_check"), help=t("order.return_help"), height=80)
        if forms.submit(t("order.return"), "return a device to service"):
            forms.do(name, lambda: _back(order_id, check))


def _back(order_id: int, check: str) -> str:
    with forms.writing() as tx:
        completion.return_to_service(tx, order_id, check)
    return t("order.is_back")
