"""Everything that was written in an order or a ticket: what is searched, and what is shown of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from core.vocabulary.search import SearchKind
from core.vocabulary.tickets import TicketState
from core.vocabulary.work_orders import OrderState
from storage.records.parts import StockMove
from storage.records.tickets import RemoteSession, Ticket, TicketMessage, TicketStep
from storage.records.work_orders import OrderCost, OrderItem, OrderStep, WorkOrder

Column = InstrumentedAttribute[Any]


class SearchSource(NamedTuple):
    """An order or a ticket with all of its texts, those that say most first."""

    kind: SearchKind
    number: int
    device: str
    opened_at: int  # UTC ms
    title: str
    state: OrderState | TicketState
    texts: list[str]
    shown: list[str]  # those of them that people wrote to be read: no code of a fault, no name


class _TextColumns(NamedTuple):
    """Columns with texts that belong to an order or a ticket."""

    table: type
    kind: SearchKind
    owner: Column  # the number of the order or ticket
    texts: tuple[Column, ...]
    is_shown: bool = True


BY_ITSELF = frozenset({"by link", "by e-mail", "by file", "by hand"})  # notes that Scanward writes


# What a plan asks is left out of the checklist: it stands in every order of that plan.
_COLUMNS = (
    _TextColumns(WorkOrder, "order", WorkOrder.id,
                 (WorkOrder.result, WorkOrder.text, WorkOrder.return_check)),
    _TextColumns(OrderStep, "order", OrderStep.order_id, (OrderStep.note,)),
    _TextColumns(OrderItem, "order", OrderItem.order_id, (OrderItem.note,)),
    _TextColumns(OrderCost, "order", OrderCost.order_id, (OrderCost.text,)),
    _TextColumns(StockMove, "order", StockMove.order_id, (StockMove.note,)),
    _TextColumns(StockMove, "order", StockMove.order_id, (StockMove.part_id,), is_shown=False),
    _TextColumns(WorkOrder, "order", WorkOrder.id, (WorkOrder.fault,), is_shown=False),
    _TextColumns(Ticket, "ticket", Ticket.id, (Ticket.text,)),
    _TextColumns(TicketStep, "ticket", TicketStep.ticket_id, (TicketStep.note,)),
    _TextColumns(RemoteSession, "ticket", RemoteSession.ticket_id,
                 (RemoteSession.done, RemoteSession.person, RemoteSession.way)),
    _TextColumns(Ticket, "ticket", Ticket.id, (Ticket.vendor_case,)),
    _TextColumns(TicketMessage, "ticket", TicketMessage.ticket_id, (TicketMessage.text,)),
    _TextColumns(TicketMessage, "ticket", TicketMessage.ticket_id, (TicketMessage.who,), is_shown=False),
)  # fmt: skip
_OWNERS = {columns.table: (columns.kind, columns.owner.key) for columns in _COLUMNS}
_HEADS: dict[SearchKind, tuple[Column, ...]] = {
    "order": (WorkOrder.id, WorkOrder.device, WorkOrder.opened_at, WorkOrder.title, WorkOrder.state),
    "ticket": (Ticket.id, Ticket.device, Ticket.opened_at, Ticket.subject, Ticket.state),
}  # fmt: skip


def owner_of(row: object) -> tuple[SearchKind, int] | None:
    """The order or ticket whose texts a row of the records holds; None if it holds none."""
    kind, key = _OWNERS.get(type(row), (None, ""))
    number = None if kind is None else getattr(row, key)
    return None if kind is None or number is None else (kind, number)


def search_sources(
    connection: Connection, kind: SearchKind, numbers: list[int]
) -> Iterator[SearchSource]:
    """Those of these numbers that there are; of several notes or messages the newest first."""
    if not numbers:
        return
    texts, shown = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
    for columns in _COLUMNS:
        if columns.kind == kind:
            query = select(columns.owner, *columns.texts).where(columns.owner.in_(numbers))
            newest_first = query.order_by(vars(columns.table)["id"].desc())
            for number, *cells in connection.execute(newest_first):
                own = [cell for cell in cells if cell]
                texts[number] += own
                if columns.is_shown:
                    shown[number] += (text for text in own if text not in BY_ITSELF)
    head = _HEADS[kind]
    rows: Iterable[Any] = connection.execute(select(*head).where(head[0].in_(numbers)))
    for number, device, opened_at, title, state in rows:
        yield SearchSource(
            kind, number, device, opened_at, title, state, texts[number], shown[number]
        )


def all_numbers(connection: Connection) -> Iterator[tuple[int, SearchKind, int]]:
    """When it was opened (UTC ms), kind and number of every order and ticket."""
    for kind, (number, _, opened_at, *_) in _HEADS.items():
        for at, row in connection.execute(select(opened_at, number)):
            yield at, kind, row
