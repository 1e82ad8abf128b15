"""What is overdue and what comes: planned work, vendors' promises, contracts, warranties, parts, what wears out.

All of it as it stands now, whatever month is reported: what was overdue a year ago helps nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.text.phrase import Phrase
from core.time.clock import DAY, MINUTE, from_ms, start_of_day
from maintenance.parts.demand import PartStock, devices_of, stock_overview, worn_by_age, worn_by_use
from maintenance.parts.stock import MARGIN
from maintenance.tickets import sla
from storage.records import Component, Contract, Downtime
from storage.records import assets as asset_rows
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import tickets as ticket_rows
from storage.series.store import SeriesStore

# How far a manager looks ahead. Scanward's defaults, no source.
WORK_AHEAD, MONEY_AHEAD = 60 * DAY, 365 * DAY
MOST_A_DAY = 2  # lines of planned work that comes; more are one
RARE = 28 * DAY  # planned work that comes more often is on the page only when it is overdue

OutlookKind = Literal["plan", "plans", "promise", "contract", "warranty", "part", "age", "use"]
Price = int | None | Literal["unknown"]  # hundredths of the currency; None: it has none


class OutlookItem(NamedTuple):
    """One thing with its day. It is overdue if that has passed."""

    at: int  # UTC ms
    kind: OutlookKind
    name: str
    key: str  # of what it is about: a device, a ticket, a part
    price: Price = None


class Outlook(NamedTuple):
    """What comes, the first at the top; and the downtimes of a period whose losses somebody wrote down."""

    items: Sequence[OutlookItem]
    losses: Sequence[Downtime]


def read_outlook(
    db: Session, site: Site, series: SeriesStore | None, period: tuple[int, int], now: int
) -> Outlook:
    """As it stands at `now`; `series` is None where nothing has been measured yet."""
    items = [
        *_planned_work(db, site, now),
        *_promises(db, site, now),
        *_contracts(db, site, now),
        *_warranties(db, site, now),
        *_parts(db, site, series, now),
    ]
    noted = [row for row in downtime_rows.downtimes(db, *period) if row.cases_lost is not None]
    return Outlook(sorted(items, key=lambda item: (item.at, item.kind, item.name)), noted)


def _planned_work(db: Session, site: Site, now: int) -> Iterator[OutlookItem]:
    """Each that is overdue; of what comes a line a day, for monthly checks come all at once."""
    ahead: dict[date, list[OutlookItem]] = {}
    for task in task_rows.open_tasks(db):
        device = site.devices.get(task.device)
        plan = device.plan(task.plan) if device else None
        if device is None or plan is None:
            continue  # the site file has changed since
        whose = Phrase.stored(device.name)  # as the site calls it, in every language
        name = Phrase("{plan}, {device}", plan=plan.title, device=whose)
        is_rare = plan.every is None or plan.every >= RARE
        if task.late_at <= now:
            yield OutlookItem(task.due_at, "plan", name, device.id)
        elif is_rare and task.due_at <= now + WORK_AHEAD:
            at = max(task.planned_at or task.due_at, now + 1)
            items = ahead.setdefault(from_ms(at, site.zone).date(), [])
            items.append(OutlookItem(at, "plan", name, device.id))
    for items in ahead.values():
        if len(items) <= MOST_A_DAY:
            yield from items
        else:
            names = dict.fromkeys(site.devices[item.key].name for item in items)
            yield OutlookItem(
                min(item.at for item in items), "plans", ", ".join(names), str(len(items))
            )


def _promises(db: Session, site: Site, now: int) -> Iterator[OutlookItem]:
    """Of open tickets: the first promise of an answer or a solution that is broken, or will be."""
    for ticket in ticket_rows.tickets(db):
        contract = db.get(Contract, ticket.contract_id) if ticket.contract_id else None
        level = sla.service_level_of(contract, site.zone)
        if level is None:
            continue
        steps = [sla.Step(step.state, step.at) for step in ticket.steps]
        for clock_at in (sla.response_clock, sla.resolution_clock):
            clock = clock_at(steps, level, now)
            at = _broken_at(clock_at, steps, level, now) if clock.is_broken else clock.due
            if at is not None and not clock.is_over:
                yield OutlookItem(at, "promise", ticket.subject, str(ticket.id))
                break


def _broken_at(
    clock_at: Callable[[Sequence[sla.Step], sla.ServiceLevel, int], sla.Clock],
    steps: Sequence[sla.Step],
    level: sla.ServiceLevel,
    now: int,
) -> int:
    """When the promise of that clock was broken, to the minute."""
    intact, broken = steps[0].at, now
    while broken - intact > MINUTE:
        middle = (intact + broken) // 2
        so_far = [step for step in steps if step.at <= middle]
        if clock_at(so_far, level, middle).is_broken:
            broken = middle
        else:
            intact = middle
    return broken


def _contracts(db: Session, site: Site, now: int) -> Iterator[OutlookItem]:
    """Those that end within a year, and those that have ended while a device still names them."""
    for contract in asset_rows.contracts(db):
        end = _end_of(contract.ends_on, site)
        named = asset_rows.under_contract(db, contract.id)
        if now < end <= now + MONEY_AHEAD or (end <= now and named):
            price: Price = contract.cost_cents or "unknown"
            key = named[0].id if named else ""
            yield OutlookItem(end, "contract", contract.number, key, price)


def _warranties(db: Session, site: Site, now: int) -> Iterator[OutlookItem]:
    for sheet in asset_rows.assets(db):
        if sheet.warranty_until and sheet.condition != "retired":
            end = _end_of(sheet.warranty_until, site)
            if now < end <= now + MONEY_AHEAD:
                yield OutlookItem(end, "warranty", sheet.name, sheet.id)


def _parts(db: Session, site: Site, series: SeriesStore | None, now: int) -> Iterator[OutlookItem]:
    """What must be ordered, and what wears out within a year with the price of another."""
    stock = stock_overview(db, site, series, now)
    for row in stock:
        if row.advice != "enough":
            yield _order_of(row, now)
    for sheet in asset_rows.assets(db):
        if sheet.condition == "retired":
            continue
        for component in sheet.components:
            if not component.removed_on:
                yield from _worn(site, series, component, stock, now)


def _order_of(row: PartStock, now: int) -> OutlookItem:
    """By when to order: so long before it is needed as it takes to come; today where only stock is low."""
    part, at = row.part, now
    if row.need.at is not None:
        at = min(row.need.at - part.lead_days * DAY - MARGIN, now)
    cents = max(part.minimum - row.quantity, 1) * part.cost_cents
    price: Price = cents if cents else "unknown"
    return OutlookItem(at, "part", part.name, part.id, price)


def _worn(
    site: Site,
    series: SeriesStore | None,
    component: Component,
    stock: Sequence[PartStock],
    now: int,
) -> Iterator[OutlookItem]:
    ends: list[tuple[int, OutlookKind]] = []
    if (by_age := worn_by_age(site, component, now)) is not None:
        ends.append((by_age, "age"))
    if (by_use := worn_by_use(series, component, now)) is not None:
        ends.append((by_use, "use"))
    if not ends or min(ends)[0] > now + MONEY_AHEAD:
        return
    at, kind = min(ends)
    device = component.asset_id
    spares = [
        row for row in stock
        if row.part.component == component.name
        and device in (*devices_of(site, row.part), *row.part.devices)
    ]  # fmt: skip
    price: Price = "unknown"
    if any(row.quantity or row.advice != "enough" for row in spares):
        price = None  # it lies on the shelf, or stands in a line of its own
    elif spares:
        price = spares[0].part.cost_cents or "unknown"
    name = site.devices[device].name if device in site.devices else device
    yield OutlookItem(at, kind, f"{component.name}, {name}", device, price)


def _end_of(last_day: str, site: Site) -> int:
    """The last moment of a day."""
    return start_of_day(date.fromisoformat(last_day) + timedelta(days=1), site.zone) - 1
