"""What the records hold of a device and a period, in the form that figures.py counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from core.time.clock import DAY, from_ms, to_ms
from core.time.covered_hours import Interval, length, overlap, without
from maintenance.downtime.from_alerts import WHO
from maintenance.downtime.outages import Outage, Split, spans, split
from maintenance.kpi.formulas import Due, Fix
from maintenance.planning.usage import Examined, examined
from maintenance.work_orders.lifecycle import visits
from storage.records import Contract, Downtime, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import assets as asset_rows
from storage.records import downtime as downtime_rows
from storage.records import parts as part_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.series.store import SeriesStore

YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Account:
    """One device, all of its past up to now: figures cut the period out themselves.

    `covered` and `whole` divide the period's covered hours, and all of it.
    """

    outages: Sequence[Outage]
    fixes: Sequence[Fix]
    due: Sequence[Due]
    maintained: Sequence[tuple[str, int]]
    failed: Sequence[tuple[str, int]]
    losses: Sequence[tuple[int | None, int]]
    raised: Sequence[tuple[int, int | None]]  # alerts: when, and when somebody acknowledged it
    cost_cents: int
    examined: Examined | None  # None: nobody knows how many examinations there were
    unknown: Sequence[Interval]  # what stays so: see `account`
    covered: Split
    whole: Split


def account(
    db: Session,
    site: Site,
    series: SeriesStore | None,
    device: Device,
    period: Interval,
    unknown: Sequence[Interval],
    now: int,
) -> Account:
    """Gather it. Time after `now` is not counted: it has not happened.

    Without a series store nobody knows of examinations.
    Downtime that a person entered or corrected is known, even where Scanward was off: often it was
    the same failure of the mains.
    """
    past = (period[0], min(period[1], now))
    pieces = downtime_rows.downtimes(db, 0, now + 1, device.id)
    outages = [_outage(piece) for piece in pieces]
    said = [_outage(p) for p in pieces if p.corrected_by or p.opened_by != WHO]
    unknown = without(list(unknown), spans(said, now, lambda _: True))
    orders = order_rows.orders_with_costs(db, device.id)
    covered = device.hours(site.zone).between(*past)
    whole = [past] if past[0] < past[1] else []
    return Account(
        outages=outages,
        fixes=_fixes(orders),
        due=[
            Due(o.risk_class, o.due_at, o.late_at, o.done_at, o.skip_kind)
            for o in task_rows.tasks_due(db, *period)
            if o.device == device.id
        ],
        maintained=_done(orders),
        failed=_failed(orders),
        losses=[
            (p.cases_lost, p.recovery_cents) for p in pieces if past[0] <= p.began_at < past[1]
        ],
        raised=alert_rows.fired_and_acknowledged(db, device.id, *past),
        cost_cents=cost_of(db, site, device.id, orders, past),
        examined=examined(series, device, site.zone, past) if series else None,
        unknown=unknown,
        covered=split(outages, covered, unknown, now),
        whole=split(outages, whole, unknown, now),
    )


def _outage(piece: Downtime) -> Outage:
    return Outage(piece.began_at, piece.ended_at, piece.cause, piece.extent)


def cost_of(
    db: Session, site: Site, device: str, orders: Sequence[WorkOrder], period: Interval
) -> int:
    """Labour, parts, bills and the contract's share of the period, in hundredths of the currency.

    Money belongs to the period in which it was spent: labour when it began, the rest when it was
    noted. A part that was returned takes its cost back.
    """
    start, end = period
    labour = sum(
        one.cost_cents for order in orders for one in order.labour if start <= one.began_at < end
    )
    bills = sum(one.cost_cents for order in orders for one in order.costs if start <= one.at < end)
    moves = part_rows.stock_moves(db, orders=[order.id for order in orders])
    parts = sum(-one.quantity * one.cost_cents for one in moves if start <= one.at < end)
    contract = asset_rows.contract_of(db, device)
    share = (
        0 if contract is None else _share(contract, len(asset_rows.under_contract(db, contract.id)))
    )
    running = 0 if contract is None else length(overlap([period], [_runs(contract, site)]))
    return labour + bills + parts + round(share * running / (YEAR_DAYS * DAY))


def _share(contract: Contract, devices: int) -> float:
    """What one of the contract's devices costs a year: equal shares."""
    return contract.cost_cents / max(devices, 1)


def _runs(contract: Contract, site: Site) -> Interval:
    """From the morning of its first day to the end of its last, in the site's zone."""
    first = date.fromisoformat(contract.starts_on)
    after = date.fromisoformat(contract.ends_on) + timedelta(days=1)
    origin = from_ms(0, site.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (
        to_ms(origin.replace(year=d.year, month=d.month, day=d.day)) for d in (first, after)
    )
    return start, end


def last_moment(contract: Contract, site: Site) -> int:
    """When it ends, UTC ms: the midnight after its last day."""
    return _runs(contract, site)[1]


def _fixes(orders: Sequence[WorkOrder]) -> list[Fix]:
    return [
        Fix(one.device, one.fault or f"order:{one.id}", one.opened_at, one.done_at, visits(one))
        for one in orders
        if one.kind == "corrective" and one.done_at is not None
    ]


def _done(orders: Sequence[WorkOrder]) -> list[tuple[str, int]]:
    """Preventive work that took the device down: a daily look is not what failures follow from."""
    return [
        (one.device, one.done_at)
        for one in orders
        if one.kind == "preventive" and one.takes_down and one.done_at is not None
    ]


def _failed(orders: Sequence[WorkOrder]) -> list[tuple[str, int]]:
    """Corrective orders, but not what a checklist found while it was maintained."""
    return [
        (one.device, one.opened_at)
        for one in orders
        if one.kind == "corrective" and one.state != "cancelled" and one.follows_id is None
    ]
