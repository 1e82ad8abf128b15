"""How parts came into the store room, were counted, returned and thrown away. What orders use: orders.py."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import Moment, WorkCalendar
from app.demo.work.people import ENGINEER, TECHNICIAN, Colleague
from core.vocabulary.parts import StockMoveKind
from maintenance.parts.stock import move
from storage.records.transaction import Transaction


class MoveRow(NamedTuple):
    """So many of a part came or went."""

    at: Moment
    by: Colleague
    part: str
    kind: StockMoveKind
    quantity: int
    note: str = ""


FIRST_COUNT = (64, "09:00")
MOVES = (
    MoveRow(FIRST_COUNT, TECHNICIAN, "ct-fan", "counted", 2),
    MoveRow(FIRST_COUNT, TECHNICIAN, "mammo-paddle", "counted", 2),
    MoveRow(FIRST_COUNT, TECHNICIAN, "light-barrier", "counted", 1),
    MoveRow(FIRST_COUNT, TECHNICIAN, "backup-disk", "counted", 3),
    MoveRow(FIRST_COUNT, TECHNICIAN, "patch-cable", "counted", 9),
    MoveRow(FIRST_COUNT, TECHNICIAN, "air-filter", "counted", 3),
    MoveRow((58, "09:30"), TECHNICIAN, "ct-table-belt", "received", 2),
    MoveRow((35, "11:00"), TECHNICIAN, "air-filter", "received", 6),
    MoveRow((34, "11:00"), ENGINEER, "air-filter", "scrapped", 1, "Torn in the box"),
    MoveRow((26, "15:00"), ENGINEER, "patch-cable", "returned", 1, "Not needed in the end"),
    MoveRow((10, "15:00"), TECHNICIAN, "air-filter", "counted", 7, "One less than written down"),
)


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Every move."""
    for row in MOVES:
        yield Act(calendar.at(row.at), row.by, partial(_move, row))


def _move(row: MoveRow, tx: Transaction, written: WrittenWork) -> None:
    move(tx, row.part, row.kind, row.quantity, note=row.note)
