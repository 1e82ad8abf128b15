"""Parts: what comes, what goes, and when to order. The caller's transaction: see orders.py."""

import re
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.time.clock import DAY
from core.vocabulary.parts import StockMoveKind
from storage.records import Part, StockMove, WorkOrder
from storage.records import parts as part_rows

ID = re.compile(r"[a-z0-9][a-z0-9-]*")

_SIGN: dict[StockMoveKind, int] = {"received": 1, "returned": 1, "used": -1, "scrapped": -1}


def move(
    db: Session,
    part_id: str,
    kind: StockMoveKind,
    quantity: int,
    *,
    by: str,
    now: int,
    order_id: int | None = None,
    cost_cents: int | None = None,
    note: str = "",
) -> StockMove:
    """So many came or went. `counted` says how many there are; the move is the difference.

    RefusedError if more would go than there are. The cost of one is the part's, unless it is said.
    """
    part = db.get(Part, part_id)
    if part is None:
        raise RefusedError("there is no part {part!r}", part=part_id)
    here = part_rows.stock_by_part(db).get(part_id, 0)
    if quantity < (0 if kind == "counted" else 1):
        raise RefusedError("how many must be a number above 0")
    change = quantity - here if kind == "counted" else _SIGN[kind] * quantity
    if here + change < 0:
        raise RefusedError("{part}: there are only {here}", part=part_id, here=here)
    if kind == "used" and (order_id is None or db.get(WorkOrder, order_id) is None):
        raise RefusedError("a part is used for a work order: say which")
    moved = StockMove(
        part_id=part_id,
        kind=kind,
        quantity=change,
        at=now,
        who=by,
        cost_cents=part.cost_cents if cost_cents is None else cost_cents,
        order_id=order_id,
        note=note,
    )
    db.add(moved)
    db.flush()
    return moved


def add_part(db: Session, part: Part) -> Part:
    """One more kind of part; its id is of small letters, digits and -."""
    if not ID.fullmatch(part.id) or not part.name.strip():
        raise RefusedError("a part needs a name, and an id of small letters, digits and -")
    if db.get(Part, part.id) is not None:
        raise RefusedError("there is a part {part!r} already", part=part.id)
    if min(part.minimum, part.lead_days, part.cost_cents) < 0:
        raise RefusedError("minimum, days and cost are 0 or more")
    db.add(part)
    db.flush()
    return part


# A forecast is not a date: so much earlier than needed is soon enough. Scanward's default, no source.
MARGIN = 30 * DAY

Advice = Literal["enough", "order_now", "too_late"]


@dataclass(frozen=True, slots=True)
class Need:
    """When one is needed next (UTC ms; None: nobody can say) and by which reason."""

    at: int | None
    why: str = ""


def advice(part: Part, here: int, need: Need, now: int) -> Advice:
    """Whether to order a part of which `here` are on the shelf.

    `too_late`: none is here, and one ordered today comes after it is needed. `order_now`: fewer than
    the minimum are here, or none is and the need comes within MARGIN of the day it would arrive.
    """
    arrives = now + part.lead_days * DAY
    if here < 1 and need.at is not None and need.at < arrives + MARGIN:
        return "too_late" if need.at < arrives else "order_now"
    return "order_now" if here < part.minimum else "enough"
