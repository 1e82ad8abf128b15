"""Parts: what comes, what goes, and when to order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.time.clock import DAY
from core.vocabulary.parts import StockMoveKind
from maintenance.work_orders.states import get_unsigned
from storage.records import Part, StockMove, WorkOrder
from storage.records import parts as part_rows
from storage.records.transaction import Transaction, needs

ID = re.compile(r"[a-z0-9][a-z0-9-]*")

_SIGN: dict[StockMoveKind, int] = {"received": 1, "returned": 1, "used": -1, "scrapped": -1}


@needs("take parts")
def move(
    tx: Transaction,
    part_id: str,
    kind: StockMoveKind,
    quantity: int,
    *,
    order_id: int | None = None,
    cost_cents: int | None = None,
    note: str = "",
) -> StockMove:
    """So many came or went. `counted` says how many there are; the move is the difference.

    RefusedError if more would go than there are. The cost of one is the part's, unless it is given.
    """
    part = tx.db.get(Part, part_id)
    if part is None:
        raise RefusedError("there is no part {part!r}", part=part_id)
    before = in_stock(tx.db, part_id)
    if quantity < (0 if kind == "counted" else 1):
        raise RefusedError("how many must be a number above 0")
    change = quantity - before if kind == "counted" else _SIGN[kind] * quantity
    if before + change < 0:
        raise RefusedError("{part}: there are only {here}", part=part_id, here=before)
    if kind == "used" and (order_id is None or tx.db.get(WorkOrder, order_id) is None):
        raise RefusedError("a part is used for a work order: say which")
    if order_id is not None:
        get_unsigned(tx.db, order_id)  # its costs are history once it is signed
    row = StockMove(
        part_id=part_id,
        kind=kind,
        quantity=change,
        at=tx.now,
        who=tx.by,
        cost_cents=part.cost_cents if cost_cents is None else cost_cents,
        order_id=order_id,
        note=note,
    )
    tx.db.add(row)
    tx.db.flush()
    return row


def in_stock(db: Session, part_id: str) -> int:
    """How many of a part there are."""
    return part_rows.stock_by_part(db).get(part_id, 0)


@needs("keep the list of parts")
def add_part(
    tx: Transaction,
    part_id: str,
    name: str,
    *,
    devices: Sequence[str] = (),
    minimum: int = 0,
    lead_days: int = 0,
    cost_cents: int = 0,
) -> Part:
    """One more kind of part; its id is of small letters, digits and -."""
    part_id, name = part_id.strip(), name.strip()
    if not ID.fullmatch(part_id) or not name:
        raise RefusedError("a part needs a name, and an id of small letters, digits and -")
    if tx.db.get(Part, part_id) is not None:
        raise RefusedError("there is a part {part!r} already", part=part_id)
    if min(minimum, lead_days, cost_cents) < 0:
        raise RefusedError("minimum, days and cost are 0 or more")
    part = Part(
        id=part_id,
        name=name,
        minimum=minimum,
        lead_days=lead_days,
        cost_cents=cost_cents,
        devices=list(devices),
    )
    tx.db.add(part)
    tx.db.flush()
    return part


# A forecast is not a date: so much earlier than needed is soon enough. Scanward's default, no source.
MARGIN = 30 * DAY

Advice = Literal["enough", "order_now", "too_late"]


@dataclass(frozen=True, slots=True)
class Need:
    """When one is needed next (UTC ms; None: nobody can say) and by which reason."""

    at: int | None
    why: str = ""


def advice(part: Part, quantity: int, need: Need, now: int) -> Advice:
    """Whether to order a part of which `quantity` are in stock.

    `too_late`: none is here, and one ordered today comes after it is needed. `order_now`: fewer than
    the minimum are here, or none is and the need comes within MARGIN of the day it would arrive.
    """
    arrives = now + part.lead_days * DAY
    if quantity < 1 and need.at is not None and need.at < arrives + MARGIN:
        return "too_late" if need.at < arrives else "order_now"
    return "order_now" if quantity < part.minimum else "enough"
