"""Work orders as the pages show and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import RefusedError
from core.time.clock import MINUTE
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.work_orders import ENDED_ORDERS, OrderKind, OrderState
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.downtime import records as downtime
from maintenance.downtime.records import Correction
from maintenance.parts import stock
from maintenance.planning.planner import is_service
from maintenance.work_orders import checklist
from maintenance.work_orders import lifecycle as orders
from maintenance.work_orders.checklist import Plain
from storage.records import Downtime, File, Part, StockMove, Ticket, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import files as file_rows
from storage.records import parts as part_rows
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """Everything of one order."""

    order: WorkOrder
    downtimes: Sequence[Downtime]
    moves: Sequence[StockMove]
    parts: Mapping[str, Part]
    stock: Mapping[str, int]
    files: Sequence[File]
    tickets: Sequence[Ticket]
    follow_ups: Sequence[WorkOrder]

    @property
    def may_become(self) -> tuple[OrderState, ...]:
        """The states that may follow."""
        return orders.NEXT[self.order.state]

    @property
    def is_closed(self) -> bool:
        """Nothing of it changes any more."""
        return not self.may_become

    @property
    def cost_cents(self) -> int:
        """Labour, bills, and parts that were used and not returned."""
        parts = sum(-one.quantity * one.cost_cents for one in self.moves)
        labour = sum(one.cost_cents for one in self.order.labour)
        return parts + labour + sum(one.cost_cents for one in self.order.costs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written beside one item of a checklist: a word, a number, or neither yet."""

    item: str
    plain: Plain | None = None
    value: float | None = None
    note: str = ""


def listed(device: str | None, state: OrderState | None, *, ended: bool) -> list[WorkOrder]:
    """Orders, those that wait before those that are done, each newest first.

    Without `ended` those that nobody has signed: a device may still have to return to service.
    """
    with stores.records().reading() as db:
        found = order_rows.orders(db, device=device, state=state, ended=ended)
        if state is None and not ended:
            found += order_rows.orders(db, device=device, state="done")
    return sorted(found, key=lambda order: order.state in ENDED_ORDERS)


def open_of(device: str) -> list[WorkOrder]:
    """What is still to be done to a device."""
    return listed(device, None, ended=False)


def sheet(order_id: int) -> OrderSheet | None:
    """One order; None if there is none of that number."""
    with stores.records().reading() as db:
        order = db.get(WorkOrder, order_id)
        if order is None:
            return None
        # Looked at here, where they can still be fetched.
        _ = order.steps, order.items, order.labour, order.costs
        return OrderSheet(
            order,
            downtime_rows.downtimes_of_order(db, order_id),
            part_rows.stock_moves(db, orders=[order_id]),
            {part.id: part for part in part_rows.parts(db)},
            part_rows.stock_by_part(db),
            file_rows.files(db, "order", str(order_id)),
            ticket_rows.tickets_of(db, order=order_id),
            order_rows.follow_ups(db, order_id),
        )


def create(
    *,
    device: str,
    kind: OrderKind,
    title: str,
    text: str,
    down: DowntimeExtent | None,
    takes_down: bool,
) -> int:
    """Open one by hand; its number. The cause of downtime is proposed by what else is wrong."""
    with writing() as desk:
        cause = downtime.proposed_cause(desk.db, desk.site, desk.device(device).id, desk.now)
        order = orders.open_order(
            desk.db,
            device=device,
            kind=kind,
            opened_by="hand",
            title=title,
            text=text,
            by=desk.by,
            now=desk.now,
            takes_down=takes_down or kind == "corrective",
            down=down,
            cause=cause,
        )
        return order.id


def assign(order_id: int, to: str) -> None:
    """Say who shall do it."""
    with writing() as desk:
        orders.assign(desk.db, order_id, to, by=desk.by, now=desk.now)


def begin(order_id: int, note: str = "") -> None:
    """Somebody is at the device."""
    with writing() as desk:
        orders.begin(desk.db, order_id, by=desk.by, now=desk.now, note=note)


def hold(order_id: int, state: OrderState, note: str) -> None:
    """It waits for a part or a vendor."""
    with writing() as desk:
        orders.hold(desk.db, order_id, state, by=desk.by, now=desk.now, note=note)


def cancel(order_id: int, why: str) -> None:
    """It was a mistake, or needless."""
    with writing() as desk:
        orders.cancel(desk.db, order_id, by=desk.by, now=desk.now, why=why)


def answer(order_id: int, answers: Sequence[Answer]) -> int:
    """Write the answers of a checklist down, all or none; how many were new.

    What is answered so already is left as it is: a number becomes a reading once.
    """
    with writing() as desk:
        return _answer(desk, order_id, answers)


def _answer(desk: Transaction, order_id: int, answers: Sequence[Answer]) -> int:
    order = orders.get(desk.db, order_id)
    device = desk.device(order.device)
    before = {item.item: item for item in order.items}
    count = 0
    for one in answers:
        row = before.get(one.item)
        if row is None:
            raise RefusedError(
                "order {order} does not ask for {item!r}", order=order_id, item=one.item
            )
        if one.value is not None and (row.value, row.note) != (one.value, one.note):
            checklist.measure(
                desk.db, device, order_id, one.item, one.value,
                by=desk.by, now=desk.now, note=one.note,
            )  # fmt: skip
            count += 1
        elif one.plain is not None and (row.answer, row.note) != (one.plain, one.note):
            checklist.tick(
                desk.db, order_id, one.item, one.plain,
                by=desk.by, now=desk.now, note=one.note,
            )  # fmt: skip
            count += 1
    return count


def complete(
    order_id: int, answers: Sequence[Answer], result: str, at: int
) -> list[tuple[int, str]]:
    """The work is done: the last answers and its end, both or neither.

    Number and title of each order that was opened for what failed.
    """
    with writing() as desk:
        _answer(desk, order_id, answers)
        opened = orders.get(desk.db, order_id).opened_at
        if opened - MINUTE < at < opened:  # people say minutes
            at = opened
        found = orders.complete(desk.db, order_id, by=desk.by, now=desk.now, result=result, at=at)
        return [(order.id, order.title) for order in found]


def return_to_service(order_id: int, check: str) -> None:
    """The device was checked and may be used."""
    with writing() as desk:
        orders.return_to_service(desk.db, order_id, by=desk.by, now=desk.now, check=check)


def sign_off(order_id: int) -> None:
    """The last word."""
    with writing() as desk:
        order = orders.get(desk.db, order_id)
        changes = is_service(desk.db, desk.site, order)
        orders.sign_off(desk.db, order_id, by=desk.by, now=desk.now, is_service=changes)


def add_labour(order_id: int, who: str, began_at: int, minutes: int, cost_cents: int) -> None:
    """Somebody's time."""
    with writing() as desk:
        if began_at > desk.now:
            raise RefusedError("labour cannot have begun in the future")
        orders.add_labour(
            desk.db, order_id, who=who.strip() or desk.by, began_at=began_at, minutes=minutes,
            cost_cents=cost_cents,
        )  # fmt: skip


def add_cost(order_id: int, cost_cents: int, text: str) -> None:
    """Money beside labour and parts."""
    with writing() as desk:
        orders.add_cost(desk.db, order_id, cost_cents=cost_cents, text=text, at=desk.now)


def use_part(order_id: int, part: str, quantity: int) -> int:
    """Take it from the shelf for an order; how many are left."""
    with writing() as desk:
        orders.get(desk.db, order_id)
        stock.move(desk.db, part, "used", quantity, by=desk.by, now=desk.now, order_id=order_id)
        return part_rows.stock_by_part(desk.db).get(part, 0)


def add_downtime(
    order_id: int, began_at: int, cause: DowntimeCause, extent: DowntimeExtent
) -> None:
    """The device cannot be used since then, which nobody had noted."""
    with writing() as desk:
        order = orders.get(desk.db, order_id)
        if began_at > desk.now:
            raise RefusedError("downtime begins before it ends, and not in the future")
        downtime.open_downtime(
            desk.db, order.device, began_at, cause=cause, extent=extent, by=desk.by, order=order
        )


def correct_downtime(downtime_id: int, what: Correction) -> None:
    """A person knows better."""
    with writing() as desk:
        downtime.correct(desk.db, downtime_id, by=desk.by, now=desk.now, **what)
