"""A work order between its opening and its end: assigned, begun, held, cancelled.

Each function raises RefusedError, and has changed nothing, if the order's state does not allow it.
Opening an order is in opening.py, its end in completion.py.
"""

from core.errors import RefusedError
from core.vocabulary.work_orders import OrderState
from maintenance.work_orders import order_downtime
from maintenance.work_orders.opening import open_for_alert
from maintenance.work_orders.states import WAITING, enter_state, get
from maintenance.work_orders.work_window import open_work_window
from storage.records import WorkOrder
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs


@needs("assign a work order")
def assign(tx: Transaction, order_id: int, to: str) -> WorkOrder:
    """Say who shall do it."""
    if not to.strip():
        raise RefusedError("say to whom")
    order = enter_state(tx, order_id, "assigned", to)
    order.assigned_to = to.strip()
    return order


@needs("assign a work order")
def assign_for_alert(tx: Transaction, alert_id: int, to: str) -> WorkOrder:
    """Say who shall do what an alert asks for: its order, opened if there is none."""
    return assign(tx, _order_for(tx, alert_id).id, to)


@needs("work on an order")
def begin(tx: Transaction, order_id: int, note: str = "", *, quiet: bool = True) -> WorkOrder:
    """Somebody is at the device: each time is a visit. Planned work that takes it down does so now.

    `quiet`: nobody is told of its alerts while the work goes on.
    """
    order = enter_state(tx, order_id, "working", note)
    order.done_at = None
    order_downtime.follow_work(tx, order)
    if quiet:
        open_work_window(tx, order)
    return order


@needs("work on an order")
def begin_for_alert(tx: Transaction, alert_id: int, *, quiet: bool = True) -> WorkOrder:
    """Somebody is at the device for an alert: its order, opened if there is none; `quiet` as in `begin`."""
    return begin(tx, _order_for(tx, alert_id).id, quiet=quiet)


def _order_for(tx: Transaction, alert_id: int) -> WorkOrder:
    return order_rows.open_order_of_alert(tx.db, alert_id) or open_for_alert(tx, alert_id)


@needs("work on an order")
def hold(tx: Transaction, order_id: int, state: OrderState, note: str = "") -> WorkOrder:
    """It waits, for a part or a vendor; so does, from now on, its downtime."""
    if state not in WAITING:
        raise RefusedError("an order waits for a part or a vendor, not for {state!r}", state=state)
    order = enter_state(tx, order_id, state, note)
    order_downtime.follow_waiting(tx, order)
    return order


@needs("cancel a work order")
def cancel(tx: Transaction, order_id: int, why: str) -> WorkOrder:
    """It was a mistake, or needless. A plan's order is not cancelled: its task is skipped."""
    order = get(tx.db, order_id)
    if order.task_id is not None:
        raise RefusedError("a plan asks for this order: skip it there, with a reason")
    if not why.strip():
        raise RefusedError("say why")
    return enter_state(tx, order_id, "cancelled", why)
