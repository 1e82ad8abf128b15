"""Parts on the shelf as the page shows and moves them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.vocabulary.parts import StockMoveKind
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.parts import stock
from maintenance.parts.demand import devices_of, shelf
from maintenance.parts.stock import Advice, Need
from storage.records import Part, StockMove
from storage.records import parts as part_rows


@dataclass(frozen=True, slots=True)
class Shelved:
    """A part with how many there are, when one is needed, and whether to order."""

    part: Part
    here: int
    need: Need
    advice: Advice
    devices: Sequence[str]


def listed() -> list[Shelved]:
    """Every part; what must be ordered comes first."""
    site = stores.site()
    with stores.records().reading() as db:
        rows = shelf(db, site, stores.series(), stores.now())
    found = [
        Shelved(part, here, need, advice, devices_of(site, part))
        for part, here, need, advice in rows
    ]
    order: tuple[Advice, ...] = ("too_late", "order_now", "enough")
    return sorted(found, key=lambda one: (order.index(one.advice), one.part.name))


def moves(part: str | None = None) -> list[StockMove]:
    """What came and went, newest first."""
    with stores.records().reading() as db:
        return part_rows.stock_moves(db, part=part)[::-1]


def move(part: str, kind: StockMoveKind, quantity: int, order_id: int | None, note: str) -> int:
    """So many came or went; how many there are now."""
    with writing() as desk:
        stock.move(
            desk.db, part, kind, quantity, by=desk.by, now=desk.now, order_id=order_id, note=note
        )
        return part_rows.stock_by_part(desk.db).get(part, 0)


def add(
    part: str, name: str, devices: Sequence[str], minimum: int, lead_days: int, cost_cents: int
) -> None:
    """One more kind of part."""
    with writing() as desk:
        row = Part(
            id=part.strip(),
            name=name.strip(),
            minimum=minimum,
            lead_days=lead_days,
            cost_cents=cost_cents,
            devices=list(devices),
        )
        stock.add_part(desk.db, row)
