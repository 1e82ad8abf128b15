"""The end of the work: what was done, whether the device could be used meanwhile, and, in one go, its check and the signature."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from core.vocabulary.downtime import DowntimeExtent
from dashboard import forms
from dashboard.components.orders.downtimes import exact
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import section
from dashboard.components.shared.number_box import Box, check
from dashboard.i18n import t
from dashboard.queries import identity, stores
from dashboard.queries.orders import OrderDetails
from maintenance.work_orders.answers import ItemEntry
from maintenance.work_orders.completion import Unusable, complete, finish
from storage.records import WorkOrder

USABLE: dict[str, DowntimeExtent | None] = {
    "order.usable_yes": None,
    "order.usable_partly": "partial",
    "order.usable_no": "hard",
}


class Ending(NamedTuple):
    """What was chosen and typed."""

    result: str
    at: int | None = None
    unusable: Unusable | None = None
    check: str = ""


def ending(
    details: OrderDetails, entries: Sequence[ItemEntry], boxes: Sequence[Box[float]]
) -> None:
    """The form; who may do all of it needs no second one."""
    order = details.order
    name = f"complete-{order.id}"
    key = forms.once(name)
    section(t("order.end"))
    with st.form(key):
        result = st.text_area(t("order.result"), height=80)
        at = moment_box(t("order.done_at"), f"{key}-at", None, stores.site())
        unusable = _unusable(details, key)
        returned = ""
        may_finish = identity.may("return a device to service")
        if order.takes_down and may_finish:
            returned = st.text_area(t("order.finish_check"), help=t("order.return_help"), height=80)

        def entered() -> Ending:
            return Ending(result, at.given(), unusable(), returned)

        with st.container(key=f"ending-{order.id}", horizontal=True):
            if forms.submit(t("order.complete"), "work on an order", primary=not may_finish):
                forms.do(name, lambda: _done(order.id, entries, boxes, entered()))
            if may_finish and forms.submit(t("order.finish"), "return a device to service"):
                forms.do(name, lambda: _finish(order.id, entries, boxes, entered()))


def _unusable(details: OrderDetails, key: str) -> Callable[[], Unusable | None]:
    """Asked where nobody has noted it; a downtime that is noted ends with the order."""
    if details.order.kind != "corrective" or details.downtimes:
        return lambda: None
    chosen = st.segmented_control(
        t("order.usable"), list(USABLE), format_func=t, key=f"{key}-usable"
    )
    offered = details.fault_began_at
    since = moment_box(t("order.unusable_since"), f"{key}-since", offered, stores.site())
    extent = None if chosen is None else USABLE[chosen]
    return lambda: None if extent is None else Unusable(extent, exact(since.given(), offered))


def _done(
    order_id: int, entries: Sequence[ItemEntry], boxes: Sequence[Box[float]], entered: Ending
) -> str:
    """Who wrote what was checked has returned the device with that."""
    if entered.check.strip():
        return _finish(order_id, entries, boxes, entered, sign=False)
    return _complete(order_id, entries, boxes, entered)


def _complete(
    order_id: int, entries: Sequence[ItemEntry], boxes: Sequence[Box[float]], entered: Ending
) -> str:
    check(boxes)
    with forms.writing() as tx:
        result, at, unusable, _ = entered
        opened = complete(tx, order_id, answers=entries, result=result, at=at, unusable=unusable)
        headings = _headings(opened)
    return t("order.completed_but", orders=headings) if headings else t("order.completed")


def _finish(
    order_id: int,
    entries: Sequence[ItemEntry],
    boxes: Sequence[Box[float]],
    entered: Ending,
    *,
    sign: bool = True,
) -> str:
    check(boxes)
    with forms.writing() as tx:
        result, at, unusable, returned = entered
        opened = finish(
            tx, order_id, returned, answers=entries, result=result, at=at, unusable=unusable,
            sign=sign,
        )  # fmt: skip
        headings = _headings(opened)
    done = t("order.finished" if sign else "order.is_back")
    return t("order.completed_but", orders=headings) if headings else done


def _headings(opened: Sequence[WorkOrder]) -> str:
    return ", ".join(t("order.heading", number=order.id, title=order.title) for order in opened)
