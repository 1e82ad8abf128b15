"""Work orders, from opening to signature. Every step is a row that says who and when.

All functions run in the caller's transaction, `with records.writing(by, now) as db`, so a step and
what follows from it happen together or not at all. `by` is the person (or loop) who asks. Each
raises RefusedError, and has changed nothing, if the order's state does not allow it.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.work_orders import OpenedBy, OrderKind, OrderState
from maintenance.downtime import records as downtime
from maintenance.work_orders.checklist import Asked
from storage.records import Alert, Labour, OrderCost, OrderItem, OrderStep, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from storage.records.feedback import ServiceEvent
from storage.records.planning import ScheduledTask

# Which state may follow which. What is signed is history; what is done can be taken up again.
_WAITING: tuple[OrderState, ...] = ("waiting_part", "waiting_vendor")
NEXT: dict[OrderState, tuple[OrderState, ...]] = {
    "open": ("assigned", "working", *_WAITING, "done", "cancelled"),
    "assigned": ("assigned", "working", *_WAITING, "done", "cancelled"),
    "working": ("assigned", *_WAITING, "done", "cancelled"),
    "waiting_part": ("assigned", "working", "waiting_vendor", "done", "cancelled"),
    "waiting_vendor": ("assigned", "working", "waiting_part", "done", "cancelled"),
    "done": ("working", "signed_off"),
    "signed_off": (),
    "cancelled": (),
}


def open_order(
    db: Session,
    *,
    device: str,
    kind: OrderKind,
    opened_by: OpenedBy,
    title: str,
    by: str,
    now: int,
    text: str = "",
    fault: str = "",
    takes_down: bool | None = None,
    items: Sequence[Asked] = (),
    occurrence: ScheduledTask | None = None,
    alert: Alert | None = None,
    follows: WorkOrder | None = None,
    down: DowntimeExtent | None = None,
    cause: DowntimeCause = "machine",
) -> WorkOrder:
    """A new order. `takes_down`: must be checked before it is signed; corrective ones always.

    `down`: the device cannot be used from now on, or only in part, and the order's end ends that.
    """
    if not title.strip():
        raise RefusedError("an order needs a title")
    order = WorkOrder(
        device=device,
        kind=kind,
        opened_by=opened_by,
        title=title.strip(),
        opened_at=now,
        text=text,
        fault=fault,
        takes_down=kind == "corrective" if takes_down is None else takes_down,
        occurrence_id=occurrence.id if occurrence else None,
        alert_id=alert.id if alert else None,
        follows_id=follows.id if follows else None,
    )
    db.add(order)
    db.add(OrderStep(order=order, state="open", at=now, who=by))
    db.add_all(asked.item(order) for asked in items)
    db.flush()
    if down is not None:
        downtime.open_downtime(db, device, now, cause=cause, extent=down, by=by, order=order)
    return order


def open_for_alert(db: Session, alert_id: int, *, by: str, now: int, text: str = "") -> WorkOrder:
    """A corrective order for an alert, with the downtime that the alert means.

    Refused if one is open for it already, or if the alert has not fired: it may come to nothing.
    """
    alert = db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if (other := order_rows.open_order_of_alert(db, alert_id)) is not None:
        raise RefusedError(
            "order {order} is already open for alert {alert}", order=other.id, alert=alert_id
        )
    order = open_order(
        db,
        device=alert.device,
        kind="corrective",
        opened_by="alert",
        title=alert.title,
        by=by,
        now=now,
        text=text,
        fault=alert.rule,
        alert=alert,
    )
    for piece in downtime_rows.downtimes_of_alert(db, alert_id):
        piece.order_id = order.id
    return order


def assign(db: Session, order_id: int, to: str, *, by: str, now: int, note: str = "") -> WorkOrder:
    """Say who shall do it."""
    if not to.strip():
        raise RefusedError("say to whom")
    order = _step(db, order_id, "assigned", by, now, note or to)
    order.assigned_to = to.strip()
    return order


def begin(db: Session, order_id: int, *, by: str, now: int, note: str = "") -> WorkOrder:
    """Somebody is at the device: each time is a visit. Planned work that takes it down does so now."""
    order = _step(db, order_id, "working", by, now, note)
    order.done_at = None
    pieces = [
        piece for piece in downtime_rows.downtimes_of_order(db, order_id) if piece.ended_at is None
    ]
    if order.kind == "preventive" and order.takes_down and not pieces:
        downtime.open_downtime(
            db, order.device, now, cause="planned", extent="hard", by=by, order=order
        )
    for piece in pieces:
        if piece.cause in _WAITING:
            downtime.change_cause(db, piece, "machine", by=by, now=now)
    return order


def hold(
    db: Session, order_id: int, state: OrderState, *, by: str, now: int, note: str = ""
) -> WorkOrder:
    """It waits, for a part or a vendor; so does, from now on, its downtime."""
    if state not in _WAITING:
        raise RefusedError("an order waits for a part or a vendor, not for {state!r}", state=state)
    order = _step(db, order_id, state, by, now, note)
    cause: DowntimeCause = "waiting_part" if state == "waiting_part" else "waiting_vendor"
    for piece in downtime_rows.downtimes_of_order(db, order_id):
        if piece.ended_at is None:
            downtime.change_cause(db, piece, cause, by=by, now=now)
    return order


def add_labour(
    db: Session,
    order_id: int,
    *,
    who: str,
    began_at: int,
    minutes: int,
    cost_cents: int = 0,
) -> Labour:
    """Somebody's time; not after the signature."""
    order = _unsigned(db, order_id)
    if minutes < 1 or cost_cents < 0:
        raise RefusedError("labour is at least a minute, and costs nothing or more")
    labour = Labour(order=order, who=who, began_at=began_at, minutes=minutes, cost_cents=cost_cents)
    db.add(labour)
    return labour


def add_cost(db: Session, order_id: int, *, cost_cents: int, text: str, at: int) -> OrderCost:
    """Money beside labour and parts; not after the signature."""
    order = _unsigned(db, order_id)
    if cost_cents < 0 or not text.strip():
        raise RefusedError("say what it was for, and an amount of 0 or more")
    cost = OrderCost(order=order, at=at, cost_cents=cost_cents, text=text)
    db.add(cost)
    return cost


def complete(
    db: Session, order_id: int, *, by: str, now: int, result: str = "", at: int | None = None
) -> list[WorkOrder]:
    """The work is done; `at` is when, if that was earlier. Each failing item opens an order.

    Refused while an item is unanswered, and corrective work without a word of what was done. The
    orders that it opened, or that were open for the same fault, are returned.
    """
    at = now if at is None else at
    order = get(db, order_id)
    if not order.opened_at <= at <= now:
        raise RefusedError("it was done between the order's opening and now")
    if order.kind == "corrective" and not result.strip():
        raise RefusedError("say what was found and done")
    unanswered = [item.text for item in order.items if item.answer == "open"]
    if unanswered:
        raise RefusedError("not answered: {items}", items="; ".join(unanswered))
    _step(db, order_id, "done", by, now, result)
    order.done_at, order.result = at, result
    if order.occurrence_id is not None:
        db.get_one(ScheduledTask, order.occurrence_id).done_at = at
    if not order.takes_down:
        _end_downtime(db, order, by, at)
    return [_follow_up(db, order, item, by, now) for item in order.items if _failed(item)]


def return_to_service(db: Session, order_id: int, *, by: str, now: int, check: str) -> WorkOrder:
    """The device was checked and may be used: its downtime ends. `check` says what was tried."""
    order = _unsigned(db, order_id)
    if order.state != "done":
        raise RefusedError("complete the order before the device returns to service")
    if not check.strip():
        raise RefusedError("say what was checked before patients return")
    order.returned_at, order.returned_by, order.return_check = now, by, check.strip()
    _end_downtime(db, order, by, now)
    return order


def sign_off(
    db: Session, order_id: int, *, by: str, now: int, is_service: bool = True
) -> WorkOrder:
    """The last word. With `is_service` the detectors learn anew what is normal for the device.

    Refused if the device was out of service for it and nobody has checked it since.
    """
    order = get(db, order_id)
    if order.takes_down and order.returned_at is None:
        raise RefusedError("the device has not been checked and returned to service")
    _step(db, order_id, "signed_off", by, now, "")
    order.signed_at, order.signed_by = now, by
    if is_service:
        at = order.returned_at or order.done_at or now
        db.add(
            ServiceEvent(
                device=order.device, at=at, who=by, text=f"order {order.id}: {order.title}"
            )
        )
    return order


def cancel(db: Session, order_id: int, *, by: str, now: int, why: str) -> WorkOrder:
    """It was a mistake, or needless. A plan's order is not cancelled: its occurrence is skipped."""
    order = get(db, order_id)
    if order.occurrence_id is not None:
        raise RefusedError("a plan asks for this order: skip it there, with a reason")
    if not why.strip():
        raise RefusedError("say why")
    return _step(db, order_id, "cancelled", by, now, why)


def get(db: Session, order_id: int) -> WorkOrder:
    """The order. RefusedError if there is none."""
    order = db.get(WorkOrder, order_id)
    if order is None:
        raise RefusedError("there is no order {order}", order=order_id)
    return order


def visits(order: WorkOrder) -> int:
    """How often somebody came to work on it."""
    return sum(step.state == "working" for step in order.steps)


def close_for_skip(db: Session, order: WorkOrder, *, by: str, now: int, why: str) -> None:
    """Its occurrence was skipped (maintenance/planning/planner.py)."""
    _step(db, order.id, "cancelled", by, now, why)


def _step(db: Session, order_id: int, state: OrderState, by: str, now: int, note: str) -> WorkOrder:
    order = get(db, order_id)
    if state not in NEXT[order.state]:
        raise RefusedError(
            "order {order} is {state}: it cannot become {wanted}",
            order=order_id,
            state=order.state,
            wanted=state,
        )
    if not by.strip():
        raise RefusedError("say who")
    order.state = state
    db.add(OrderStep(order=order, state=state, at=now, who=by, note=note))
    return order


def _unsigned(db: Session, order_id: int) -> WorkOrder:
    order = get(db, order_id)
    if order.state in ("signed_off", "cancelled"):
        raise RefusedError(
            "order {order} is {state}: nothing of it changes any more",
            order=order_id,
            state=order.state,
        )
    return order


def _failed(item: OrderItem) -> bool:
    return item.answer == "not_ok" or item.within is False


def _follow_up(db: Session, order: WorkOrder, item: OrderItem, by: str, now: int) -> WorkOrder:
    found = "" if item.value is None else f": {item.value:g} {item.unit}".rstrip()
    fault = f"check:{item.item}"
    if (already := order_rows.open_order_of_fault(db, order.device, fault)) is not None:
        return already
    return open_order(
        db,
        device=order.device,
        kind="corrective",
        opened_by="fault",
        title=f"{item.text}{found}",
        by=by,
        now=now,
        text=item.note,
        fault=fault,
        follows=order,
    )


def _end_downtime(db: Session, order: WorkOrder, by: str, at: int) -> None:
    for piece in downtime_rows.downtimes_of_order(db, order.id):
        if piece.ended_at is None:
            downtime.close_downtime(db, piece, max(at, piece.began_at), by=by)
