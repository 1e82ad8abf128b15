"""What a device cost in a period: labour, parts, bills, and its share of a contract."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.time.clock import DAY, from_ms, to_ms
from core.time.covered_hours import Interval, length, overlap
from storage.records import Contract, WorkOrder
from storage.records import assets as asset_rows
from storage.records import parts as part_rows

YEAR_DAYS = 365.25


def cost_of(
    db: Session, site: Site, device: str, orders: Sequence[WorkOrder], period: Interval
) -> int:
    """Labour, parts, bills and the contract's share of the period, in hundredths of the currency.

    Money belongs to the period in which it was spent: labour when it began, the rest when it was
    noted. A part that was returned takes its cost back.
    """
    start, end = period
    labour = sum(
        labour.cost_cents
        for order in orders
        for labour in order.labour
        if start <= labour.began_at < end
    )
    bills = sum(
        bill.cost_cents for order in orders for bill in order.costs if start <= bill.at < end
    )
    moves = part_rows.stock_moves(db, orders=[order.id for order in orders])
    parts = sum(-move.quantity * move.cost_cents for move in moves if start <= move.at < end)
    return labour + bills + parts + _contract_share(db, site, device, period)


def _contract_share(db: Session, site: Site, device: str, period: Interval) -> int:
    """Its part of the contract's yearly price for the period; each device under it has the same."""
    contract = asset_rows.contract_of(db, device)
    if contract is None:
        return 0
    devices = len(asset_rows.under_contract(db, contract.id))
    a_year = contract.cost_cents / max(devices, 1)
    running = length(overlap([period], [contract_period(contract, site)]))
    return round(a_year * running / (YEAR_DAYS * DAY))


def contract_period(contract: Contract, site: Site) -> Interval:
    """From the morning of its first day to the midnight after its last, in the site's zone."""
    first = date.fromisoformat(contract.starts_on)
    after = date.fromisoformat(contract.ends_on) + timedelta(days=1)
    origin = from_ms(0, site.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (
        to_ms(origin.replace(year=day.year, month=day.month, day=day.day)) for day in (first, after)
    )
    return start, end
