"""What the work on an order costs: labour, bills. Parts are moved in maintenance/parts."""

from core.errors import RefusedError
from maintenance.work_orders.states import get_unsigned
from storage.records import Labour, OrderCost
from storage.records.transaction import Transaction, needs


@needs("work on an order")
def add_labour(
    tx: Transaction,
    order_id: int,
    *,
    minutes: int,
    began_at: int,
    who: str = "",
    cost_cents: int = 0,
) -> Labour:
    """Somebody's time, of who writes it down unless `who` says; not after the signature."""
    order = get_unsigned(tx.db, order_id)
    if began_at > tx.now:
        raise RefusedError("labour cannot have begun in the future")
    if minutes < 1 or cost_cents < 0:
        raise RefusedError("labour is at least a minute, and costs nothing or more")
    labour = Labour(
        order=order,
        who=who.strip() or tx.by,
        began_at=began_at,
        minutes=minutes,
        cost_cents=cost_cents,
    )
    tx.db.add(labour)
    return labour


@needs("note costs")
def add_cost(tx: Transaction, order_id: int, cost_cents: int, text: str) -> OrderCost:
    """Money beside labour and parts; not after the signature."""
    order = get_unsigned(tx.db, order_id)
    if cost_cents < 0 or not text.strip():
        raise RefusedError("say what it was for, and an amount of 0 or more")
    cost = OrderCost(order=order, at=tx.now, cost_cents=cost_cents, text=text)
    tx.db.add(cost)
    return cost
