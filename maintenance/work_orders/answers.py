"""The answers of an order's checklist: a word, or a number.

A number goes two ways in one transaction: onto the order, and into the outbox of manual readings,
from which the collector stores it in the series (docs/decisions/0002).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.vocabulary.work_orders import ENDED_ORDERS, PlainAnswer
from maintenance.rounds.accepted import accepted
from maintenance.rounds.manual_entry import enter_reading
from maintenance.work_orders.states import get
from storage.records import OrderItem
from storage.records.transaction import Transaction, needs


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """What a person enters for one item of a checklist: a word, a number, or neither yet."""

    item: str
    plain: PlainAnswer | None = None
    value: float | None = None
    note: str = ""
    sure: bool = False  # a running number that is asked about is right


@needs("work on an order")
def answer_items(tx: Transaction, order_id: int, entries: Iterable[ItemEntry]) -> int:
    """Write the answers down, all or none; how many were new.

    What is answered so already is left as it is: a number becomes a reading once.
    """
    return sum(_answer(tx, order_id, entry) for entry in entries)


def tick(
    tx: Transaction, order_id: int, item: str, answer: PlainAnswer, note: str = ""
) -> OrderItem:
    """Answer an item that asks for no number; `not_applicable` answers any."""
    row = open_item(tx.db, order_id, item)
    if row.metric and answer != "not_applicable":
        raise RefusedError("{item!r} asks for a number", item=row.text)
    row.answer, row.value, row.within, row.proved_at = answer, None, None, None
    row.at, row.who, row.note = tx.now, tx.by, note
    return row


def measure(
    tx: Transaction, order_id: int, item: str, value: float, note: str = "", *, sure: bool = False
) -> OrderItem:
    """Answer an item with its number, in its unit. It becomes a reading of the device.

    It is judged by what the device's rules accept now, which the item keeps; by what it had when the
    order was opened if no rule limits it any more. UnsureError if it is a running number that can hardly be right, unless the person is `sure`.
    """
    row = open_item(tx.db, order_id, item)
    if not row.metric:
        raise RefusedError("{item!r} asks for no number", item=row.text)
    device = tx.device(row.order.device)
    rules = accepted(tx.db, tx.site, device, row.metric, row.component, tx.now)
    if rules.is_limited:
        row.low, row.high = rules.low, rules.high
    enter_reading(
        tx,
        device,
        row.metric,
        value,
        at=tx.now,
        component=row.component,
        order_id=order_id,
        sure=sure,
    )
    row.answer, row.value, row.within = "measured", value, is_within_limits(row, value)
    row.proved_at = None
    row.at, row.who, row.note = tx.now, tx.by, note
    return row


def open_item(db: Session, order_id: int, item: str) -> OrderItem:
    """An item of an order whose checklist may still be answered; RefusedError without one."""
    order = get(db, order_id)
    rows = [row for row in order.items if row.item == item]
    if not rows:
        raise RefusedError("order {order} does not ask for {item!r}", order=order_id, item=item)
    if order.state in ENDED_ORDERS:
        raise RefusedError(
            "order {order} is {state}: its checklist is closed", order=order_id, state=order.state
        )
    return rows[0]


def _answer(tx: Transaction, order_id: int, entry: ItemEntry) -> bool:
    """True if it was answered otherwise before, or by a proof: a person's own answer outranks one."""
    row = open_item(tx.db, order_id, entry.item)
    is_new = row.proved_at is not None or row.note != entry.note
    if entry.value is not None and (is_new or row.value != entry.value):
        measure(tx, order_id, entry.item, entry.value, entry.note, sure=entry.sure)
        return True
    if entry.plain is not None and (is_new or row.answer != entry.plain):
        tick(tx, order_id, entry.item, entry.plain, entry.note)
        return True
    return False


def is_within_limits(row: OrderItem, value: float) -> bool | None:
    """Is the number accepted? None: there are no limits."""
    if row.low is None and row.high is None:
        return None
    return (row.low is None or value >= row.low) and (row.high is None or value <= row.high)
