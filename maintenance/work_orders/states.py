"""Which state of a work order may follow which. Every step is a row that says who and when."""

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.vocabulary.work_orders import OrderState
from maintenance.work_orders.work_window import close_work_window
from storage.records import OrderStep, WorkOrder
from storage.records.transaction import Transaction

# What is signed is history; what is done can be taken up again.
WAITING: tuple[OrderState, ...] = ("waiting_part", "waiting_vendor")
NEXT: dict[OrderState, tuple[OrderState, ...]] = {
    "open": ("assigned", "working", *WAITING, "done", "cancelled"),
    "assigned": ("assigned", "working", *WAITING, "done", "cancelled"),
    "working": ("assigned", *WAITING, "done", "cancelled"),
    "waiting_part": ("assigned", "working", "waiting_vendor", "done", "cancelled"),
    "waiting_vendor": ("assigned", "working", "waiting_part", "done", "cancelled"),
    "done": ("working", "signed_off"),
    "signed_off": (),
    "cancelled": (),
}


def get(db: Session, order_id: int) -> WorkOrder:
    """The order. RefusedError if there is none."""
    order = db.get(WorkOrder, order_id)
    if order is None:
        raise RefusedError("there is no order {order}", order=order_id)
    return order


def get_unsigned(db: Session, order_id: int) -> WorkOrder:
    """The order. RefusedError if it is signed or cancelled: then nothing of it changes any more."""
    order = get(db, order_id)
    if not NEXT[order.state]:
        raise RefusedError(
            "order {order} is {state}: nothing of it changes any more",
            order=order_id,
            state=order.state,
        )
    return order


def enter_state(tx: Transaction, order_id: int, state: OrderState, note: str) -> WorkOrder:
    """The order in its new state, with the step that says who brought it there and when.

    Whichever it is, the work that was going on is over.
    """
    order = get(tx.db, order_id)
    if state not in NEXT[order.state]:
        raise RefusedError(
            "order {order} is {state}: it cannot become {wanted}",
            order=order_id,
            state=order.state,
            wanted=state,
        )
    if not tx.by.strip():
        raise RefusedError("say who")
    order.state = state
    tx.db.add(OrderStep(order=order, state=state, at=tx.now, who=tx.by, note=note))
    close_work_window(tx, order)
    return order


def visits(order: WorkOrder) -> int:
    """How often somebody came to work on it."""
    return sum(step.state == "working" for step in order.steps)
