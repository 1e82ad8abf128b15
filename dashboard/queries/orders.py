"""Work orders as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.vocabulary.work_orders import ENDED_ORDERS, OrderState
from dashboard.queries import stores
from maintenance.work_orders.order_downtime import fault_began
from maintenance.work_orders.states import NEXT
from storage.records import Downtime, FaultReport, File, Part, StockMove, Ticket, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import fault_reports as report_rows
from storage.records import files as file_rows
from storage.records import parts as part_rows
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """Everything of one order."""

    order: WorkOrder
    downtimes: Sequence[Downtime]
    moves: Sequence[StockMove]
    parts: Mapping[str, Part]
    stock: Mapping[str, int]
    files: Sequence[File]
    tickets: Sequence[Ticket]
    follow_ups: Sequence[WorkOrder]
    reports: Sequence[FaultReport]  # by people at the machine
    fault_began_at: int  # by its alert or the first report, else when it was opened

    @property
    def may_become(self) -> tuple[OrderState, ...]:
        """The states that may follow."""
        return NEXT[self.order.state]

    @property
    def is_closed(self) -> bool:
        """Nothing of it changes any more."""
        return not self.may_become

    @property
    def cost_cents(self) -> int:
        """Labour, bills, and parts that were used and not returned."""
        parts = sum(-move.quantity * move.cost_cents for move in self.moves)
        labour = sum(labour.cost_cents for labour in self.order.labour)
        return parts + labour + sum(cost.cost_cents for cost in self.order.costs)


def orders(device: str | None, state: OrderState | None, *, ended: bool) -> list[WorkOrder]:
    """Orders, those that wait before those that are done, each newest first.

    Without `ended` those that nobody has signed: a device may still have to return to service.
    """
    with stores.records().reading() as db:
        rows = order_rows.orders(db, device=device, state=state, ended=ended)
        if state is None and not ended:
            rows += order_rows.orders(db, device=device, state="done")
    return sorted(rows, key=lambda order: order.state in ENDED_ORDERS)


def order_details(order_id: int) -> OrderDetails | None:
    """One order; None if there is none of that number."""
    with stores.records().reading() as db:
        order = db.get(WorkOrder, order_id)
        if order is None:
            return None
        # Looked at here, where they can still be fetched.
        _ = order.steps, order.items, order.labour, order.costs
        return OrderDetails(
            order,
            downtime_rows.downtimes_of_order(db, order_id),
            part_rows.stock_moves(db, orders=[order_id]),
            {part.id: part for part in part_rows.parts(db)},
            part_rows.stock_by_part(db),
            file_rows.files(db, "order", str(order_id)),
            _with_messages(ticket_rows.tickets_of(db, order=order_id)),
            order_rows.follow_ups(db, order_id),
            report_rows.reports_of_order(db, order_id),
            fault_began(db, order),
        )


def orders_of_alerts(alerts: Sequence[int]) -> dict[int, int]:
    """The newest order of each alert that has one, by the alert's number."""
    with stores.records().reading() as db:
        return order_rows.orders_of_alerts(db, alerts)


def _with_messages(tickets: list[Ticket]) -> list[Ticket]:
    """The same, their messages looked at while they can be fetched."""
    for ticket in tickets:
        _ = ticket.messages
    return tickets
