"""The words of orders and tickets are written in the transaction that changes them, so they are never stale.

Whatever service function makes the change: as with the audit, the session itself sees to it. A bulk statement
on these tables would go unseen, and `audit.py` refuses it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import InstrumentedAttribute

from core.text.search_words import compared_text
from core.vocabulary.search import SearchKind
from storage.records.audit import AuditedSession
from storage.records.database import Records
from storage.records.parts import StockMove
from storage.records.search import drop_index, make_index
from storage.records.tickets import RemoteSession, Ticket, TicketMessage, TicketStep
from storage.records.work_orders import OrderCost, OrderItem, OrderStep, WorkOrder

ROWS_AT_ONCE = 500
# PostgreSQL takes no more than a megabyte of words. Of a longer case the newest messages come first.
LONGEST_BODY = 200_000
CHANGED = "changed for search"  # in the `info` of a session

Column = InstrumentedAttribute[Any]


class _TextSource(NamedTuple):
    """A table whose texts belong to an order or a ticket."""

    table: type
    kind: SearchKind
    owner: Column  # the number of the order or ticket
    texts: tuple[Column, ...]


# What a plan asks is left out of the checklist: it stands in every order of that plan.
_SOURCES = (
    _TextSource(WorkOrder, "order", WorkOrder.id,
            (WorkOrder.text, WorkOrder.result, WorkOrder.return_check, WorkOrder.fault)),
    _TextSource(OrderStep, "order", OrderStep.order_id, (OrderStep.note,)),
    _TextSource(OrderItem, "order", OrderItem.order_id, (OrderItem.note,)),
    _TextSource(OrderCost, "order", OrderCost.order_id, (OrderCost.text,)),
    _TextSource(StockMove, "order", StockMove.order_id, (StockMove.part_id, StockMove.note)),
    _TextSource(Ticket, "ticket", Ticket.id, (Ticket.text, Ticket.vendor_case)),
    _TextSource(TicketStep, "ticket", TicketStep.ticket_id, (TicketStep.note,)),
    _TextSource(RemoteSession, "ticket", RemoteSession.ticket_id,
            (RemoteSession.person, RemoteSession.way, RemoteSession.done)),
    _TextSource(TicketMessage, "ticket", TicketMessage.ticket_id,
            (TicketMessage.who, TicketMessage.text)),
)  # fmt: skip
_OWNERS = {source.table: (source.kind, source.owner.key) for source in _SOURCES}
_HEADS = {
    "order": (WorkOrder.id, WorkOrder.device, WorkOrder.opened_at, WorkOrder.title),
    "ticket": (Ticket.id, Ticket.device, Ticket.opened_at, Ticket.subject),
}
_WRITE = text(
    "insert into search_texts (kind, row_id, device, at, title, body)"
    " values (:kind, :row_id, :device, :at, :title, :body)"
    " on conflict (kind, row_id) do update set device = excluded.device, at = excluded.at,"
    " title = excluded.title, body = excluded.body"
)
_DELETE = text("delete from search_texts where kind = :kind and row_id = :row_id")


@event.listens_for(AuditedSession, "after_flush")
def _note_changed(session: AuditedSession, _context: object) -> None:
    changed: set[tuple[SearchKind, int]] = session.info.setdefault(CHANGED, set())
    for row in (*session.new, *session.dirty, *session.deleted):
        kind, key = _OWNERS.get(type(row), (None, ""))
        if kind is not None and (number := getattr(row, key)) is not None:
            changed.add((kind, number))


@event.listens_for(AuditedSession, "before_commit")
def _write_changed(session: AuditedSession) -> None:
    session.flush()
    changed: set[tuple[SearchKind, int]] = session.info.pop(CHANGED, set())
    if changed:
        _write(session.connection(), changed)


def rebuild_search(records: Records) -> int:
    """Write the words of everything anew, and the index with them; how many orders and tickets it were.

    For an index that is damaged: nothing else is lost with it.
    """
    with records.changing() as connection:
        drop_index(connection)
        connection.execute(text("delete from search_texts"))
        numbers = sorted(_all_numbers(connection))
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            portion = [(kind, number) for _, kind, number in numbers[start : start + ROWS_AT_ONCE]]
            _write(connection, portion)
        make_index(connection)
    return len(numbers)


def _all_numbers(connection: Connection) -> Iterator[tuple[int, SearchKind, int]]:
    """When it was opened, kind and number of each."""
    for opened_at, number in connection.execute(select(WorkOrder.opened_at, WorkOrder.id)):
        yield opened_at, "order", number
    for opened_at, number in connection.execute(select(Ticket.opened_at, Ticket.id)):
        yield opened_at, "ticket", number


def _write(connection: Connection, numbers: Collection[tuple[SearchKind, int]]) -> None:
    rows = [
        row
        for kind in _HEADS
        if (of_kind := [number for other, number in numbers if other == kind])
        for row in _rows(connection, kind, of_kind)
    ]
    written = {(row["kind"], row["row_id"]) for row in rows}
    deleted = [
        {"kind": kind, "row_id": number}
        for kind, number in numbers
        if (kind, number) not in written
    ]
    if rows:
        connection.execute(_WRITE, sorted(rows, key=lambda row: (row["at"], row["row_id"])))
    if deleted:
        connection.execute(_DELETE, deleted)


def _rows(connection: Connection, kind: str, numbers: list[int]) -> Iterator[dict[str, Any]]:
    texts = defaultdict[int, list[str]](list)
    for source in _SOURCES:
        if source.kind == kind:
            newest_first = vars(source.table)["id"].desc()
            query = select(source.owner, *source.texts).where(source.owner.in_(numbers))
            for number, *cells in connection.execute(query.order_by(newest_first)):
                texts[number] += cells
    head = _HEADS[kind]
    for number, device, at, title in connection.execute(select(*head).where(head[0].in_(numbers))):
        yield {
            "kind": kind,
            "row_id": number,
            "device": device,
            "at": at,
            "title": compared_text(f"{number} {title}"),
            "body": _body(device, texts[number]),
        }


def _body(device: str, texts: Iterable[str]) -> str:
    """The words of its device first, which `search` asks for."""
    words = compared_text("\n".join((device, *filter(None, texts)))[:LONGEST_BODY])
    return words if len(words) <= LONGEST_BODY else words[:LONGEST_BODY].rpartition(" ")[0]
