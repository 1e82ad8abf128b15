"""The end of a work order: done, the device back in service, signed."""

from collections.abc import Sequence
from typing import NamedTuple

from core.errors import RefusedError
from core.text.numbers import PLAIN, general
from core.time.clock import MINUTE
from core.vocabulary.downtime import DowntimeExtent
from maintenance.rounds.accepted import accepted
from maintenance.work_orders import order_downtime
from maintenance.work_orders.answers import ItemEntry, answer_items
from maintenance.work_orders.opening import add_order
from maintenance.work_orders.proven_answers import refuse_withdrawn
from maintenance.work_orders.states import enter_state, get, get_unsigned
from storage.records import OrderItem, ScheduledTask, ServiceEvent, WorkOrder
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs


class Unusable(NamedTuple):
    """What nobody had noted: that a device could not be used until the work was done."""

    extent: DowntimeExtent
    began_at: int | None = None  # UTC ms; None: since the fault began


@needs("work on an order")
def complete(
    tx: Transaction,
    order_id: int,
    *,
    answers: Sequence[ItemEntry] = (),
    result: str = "",
    at: int | None = None,
    unusable: Unusable | None = None,
) -> list[WorkOrder]:
    """The last answers and the end of the work; `at` (UTC ms) is when, if that was before now.

    Each failing item opens an order: those orders are returned, new or already open for that fault.
    Refused while an item is unanswered or its proof was withdrawn, and corrective work without a word of what was done.
    """
    order = get(tx.db, order_id)
    answer_items(tx, order_id, answers)
    done_at = _done_at(order, tx.now if at is None else at, tx.now)
    if unusable is not None:
        order_downtime.note_unusable(tx, order, *unusable, done_at)
    if order.kind == "corrective" and not result.strip():
        raise RefusedError("say what was found and done")
    unanswered = [item.text for item in order.items if item.answer == "open"]
    if unanswered:
        raise RefusedError("not answered: {items}", items="; ".join(unanswered))
    refuse_withdrawn(tx, order)
    enter_state(tx, order_id, "done", result)
    order.done_at, order.result = done_at, result
    if order.task_id is not None:
        tx.db.get_one(ScheduledTask, order.task_id).done_at = done_at
    if not order.takes_down:
        order_downtime.end_downtime(tx, order, done_at)
    return [_follow_up(tx, order, item) for item in order.items if _failed(item)]


@needs("return a device to service")
def finish(
    tx: Transaction,
    order_id: int,
    check: str,
    *,
    answers: Sequence[ItemEntry] = (),
    result: str = "",
    at: int | None = None,
    unusable: Unusable | None = None,
    sign: bool = True,
) -> list[WorkOrder]:
    """The work is done, the device checked and back in service, the order signed; as `complete` says."""
    follow_ups = complete(tx, order_id, answers=answers, result=result, at=at, unusable=unusable)
    if get(tx.db, order_id).takes_down:
        return_to_service(tx, order_id, check)
    if sign:
        sign_off(tx, order_id)
    return follow_ups


@needs("return a device to service")
def return_to_service(tx: Transaction, order_id: int, check: str) -> WorkOrder:
    """The device was checked and may be used: its downtime ends. `check` says what was tried."""
    order = get_unsigned(tx.db, order_id)
    if order.state != "done":
        raise RefusedError("complete the order before the device returns to service")
    if not check.strip():
        raise RefusedError("say what was checked before patients return")
    order.returned_at, order.returned_by, order.return_check = tx.now, tx.by, check.strip()
    order_downtime.end_downtime(tx, order, tx.now)
    return order


@needs("sign off a work order")
def sign_off(tx: Transaction, order_id: int) -> WorkOrder:
    """The last word. After a service the detectors learn anew what is normal for the device.

    Refused if the device was out of service for it and nobody has checked it since, or if a reading
    that proved a line was corrected or withdrawn.
    """
    order = get(tx.db, order_id)
    if order.takes_down and order.returned_at is None:
        raise RefusedError("the device has not been checked and returned to service")
    refuse_withdrawn(tx, order)
    enter_state(tx, order_id, "signed_off", "")
    order.signed_at, order.signed_by = tx.now, tx.by
    if _is_service(tx, order):
        at = order.returned_at or order.done_at or tx.now
        text = f"order {order.id}: {order.title}"
        tx.db.add(ServiceEvent(device=order.device, at=at, who=tx.by, text=text))
    return order


def _done_at(order: WorkOrder, at: int, now: int) -> int:
    """When the work was done, within the minute in which the order was opened: people say minutes."""
    if order.opened_at - MINUTE < at < order.opened_at:
        at = order.opened_at
    if not order.opened_at <= at <= now:
        raise RefusedError("it was done between the order's opening and now")
    return at


def _is_service(tx: Transaction, order: WorkOrder) -> bool:
    """Does this order change the device? Corrective ones do, planned ones if the plan says so."""
    if order.task_id is None:
        return order.kind == "corrective"
    device = tx.site.devices.get(order.device)
    task = tx.db.get_one(ScheduledTask, order.task_id)
    plan = device.plan(task.plan) if device else None
    return plan is not None and plan.is_service


def _failed(item: OrderItem) -> bool:
    return item.answer == "not_ok" or item.within is False


def _follow_up(tx: Transaction, order: WorkOrder, item: OrderItem) -> WorkOrder:
    """The corrective order for an item that failed: the one that is open for it, else a new one.

    A number out of its limit is the fault that the alert of its rule is, so both have one order.
    """
    faults = [fault for fault in (_broken_rule(tx, order, item), f"check:{item.item}") if fault]
    for fault in faults:
        if (known := order_rows.open_order_of_fault(tx.db, order.device, fault)) is not None:
            return known
    value = "" if item.value is None else f": {PLAIN.with_unit(general(item.value), item.unit)}"
    follow_up = WorkOrder(
        device=order.device,
        kind="corrective",
        opened_by="fault",
        title=f"{item.text}{value}",
        opened_at=tx.now,
        text=item.note,
        fault=faults[0],
        follows_id=order.id,
    )
    return add_order(tx, follow_up)


def _broken_rule(tx: Transaction, order: WorkOrder, item: OrderItem) -> str | None:
    """The rule that the number breaks, as its alert names it."""
    device = tx.site.devices.get(order.device)
    if item.value is None or device is None:
        return None
    until = item.at or tx.now
    rules = accepted(tx.db, tx.site, device, item.metric, item.component, until)
    broken = rules.broken_by(item.value)
    return None if broken is None else broken.id
