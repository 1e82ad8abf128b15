"""Parts in stock as the page shows them."""

from collections.abc import Sequence

from dashboard.queries import stores
from maintenance.parts.demand import PartStock, stock_overview
from maintenance.parts.stock import Advice
from storage.records import StockMove
from storage.records import parts as part_rows

_ORDER: Sequence[Advice] = ("too_late", "order_now", "enough")


def part_stock() -> list[PartStock]:
    """Every part; what must be ordered comes first."""
    with stores.records().reading() as db:
        rows = stock_overview(db, stores.site(), stores.series(), stores.now())
    return sorted(rows, key=lambda row: (_ORDER.index(row.advice), row.part.name))


def stock_moves(part: str | None = None) -> list[StockMove]:
    """What came and went, newest first."""
    with stores.records().reading() as db:
        return part_rows.stock_moves(db, part=part)[::-1]
