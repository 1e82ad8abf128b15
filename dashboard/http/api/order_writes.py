"""Work orders: opened, assigned, begun, done, cancelled."""

from typing import Annotated

from pydantic import Field, StringConstraints

from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.work_orders import OrderKind, PlainAnswer
from dashboard.http.api.orders import OrderItemOfList
from dashboard.http.api.parameters import NumberQuery, Parameters
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from maintenance.work_orders.answers import ItemEntry
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import assign, begin, cancel
from maintenance.work_orders.opening import open_order
from storage.records import WorkOrder
from storage.records.transaction import Transaction

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=10_000)]


class NewOrderBody(RequestBody):
    """An order by hand; `down`: the device cannot be used from now on (`hard`), or only in part."""

    device: Line
    title: Line
    text: LongText = ""
    kind: OrderKind = "corrective"
    takes_down: bool = False
    down: DowntimeExtent | None = None


class AssignBody(RequestBody):
    """Who shall do it."""

    to: Line


class BeginBody(RequestBody):
    """Work begins; `quiet`: nobody is told of the device's alerts meanwhile."""

    note: LongText = ""
    quiet: bool = True


class AnswerBody(RequestBody):
    """The answer to one item of the checklist: a word or a number."""

    item: Line
    plain: PlainAnswer | None = None
    value: float | None = None
    note: LongText = ""
    sure: bool = False


class CompleteBody(RequestBody):
    """The work is done: what was found, and the last answers."""

    result: LongText = ""
    answers: list[AnswerBody] = Field(default=[], max_length=500)


class CancelBody(RequestBody):
    """Why it is not done."""

    why: LongText


def open_new(tx: Transaction, _query: Parameters, body: NewOrderBody) -> OrderItemOfList:
    """Open it."""
    row = open_order(
        tx,
        body.device,
        body.title,
        kind=body.kind,
        text=body.text,
        takes_down=body.takes_down,
        down=body.down,
    )
    return OrderItemOfList.model_validate(row)


def give_to(tx: Transaction, query: NumberQuery, body: AssignBody) -> OrderItemOfList:
    """Assign it."""
    existing(tx.db.get(WorkOrder, query.number), "order", query.number)
    return OrderItemOfList.model_validate(assign(tx, query.number, body.to))


def begin_work(tx: Transaction, query: NumberQuery, body: BeginBody) -> OrderItemOfList:
    """Begin."""
    existing(tx.db.get(WorkOrder, query.number), "order", query.number)
    row = begin(tx, query.number, body.note, quiet=body.quiet)
    return OrderItemOfList.model_validate(row)


def finish(tx: Transaction, query: NumberQuery, body: CompleteBody) -> list[OrderItemOfList]:
    """Complete it; gives the order, and those that its failing items opened."""
    existing(tx.db.get(WorkOrder, query.number), "order", query.number)
    entries = [
        ItemEntry(row.item, row.plain, row.value, row.note, row.sure) for row in body.answers
    ]
    follow_ups = complete(tx, query.number, answers=entries, result=body.result)
    rows = [tx.db.get_one(WorkOrder, query.number), *follow_ups]
    return [OrderItemOfList.model_validate(row) for row in rows]


def cancel_work(tx: Transaction, query: NumberQuery, body: CancelBody) -> OrderItemOfList:
    """Cancel it."""
    existing(tx.db.get(WorkOrder, query.number), "order", query.number)
    return OrderItemOfList.model_validate(cancel(tx, query.number, body.why))


ENDPOINTS = [
    WriteEndpoint(
        "/orders", "Open a work order", "open a work order", Parameters, NewOrderBody,
        OrderItemOfList, open_new, status=201,
    ),
    WriteEndpoint(
        "/orders/{number}/assignment", "Assign a work order", "assign a work order", NumberQuery,
        AssignBody, OrderItemOfList, give_to,
    ),
    WriteEndpoint(
        "/orders/{number}/beginning", "Begin the work", "work on an order", NumberQuery,
        BeginBody, OrderItemOfList, begin_work,
    ),
    WriteEndpoint(
        "/orders/{number}/completion", "Complete a work order", "work on an order", NumberQuery,
        CompleteBody, OrderItemOfList, finish, is_list=True,
    ),
    WriteEndpoint(
        "/orders/{number}/cancellation", "Cancel a work order", "cancel a work order",
        NumberQuery, CancelBody, OrderItemOfList, cancel_work,
    ),
]  # fmt: skip
