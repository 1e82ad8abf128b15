"""What plans ask for: what is to be done first, and a month of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from core.errors import RefusedError
from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.clock import DAY, from_ms
from core.vocabulary.planning import SkipKind
from dashboard.forms import start_of, writing
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.device_status import ORDER, WRONG, AlertRow
from maintenance.planning import planner
from maintenance.work_orders import lifecycle as orders
from storage.records import Downtime, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask

OFF = 4  # Friday, as date.weekday() counts

When = Literal["overdue", "today", "open", "later", "done", "skipped"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One time that a plan asks for its work, with its order if that is open."""

    occurrence: ScheduledTask
    device: Device
    plan: Plan
    order: WorkOrder | None
    when: When
    at: int  # when it stands in the calendar: planned or due; done, if it was done


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month with what is in it."""

    day: date
    entries: Sequence[Entry]
    is_off: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What must be looked at first."""

    due: Sequence[Entry]  # overdue before due today before what may be done already
    down: Sequence[Downtime]  # open, out of service now
    corrective: Sequence[WorkOrder]
    alerts: Sequence[AlertRow]  # what is wrong and nobody works on
    unsigned: Sequence[WorkOrder]  # done, but not back in service or not signed


def today(now: int) -> Today:
    """What is due, broken or out of service at this moment."""
    site = stores.site()
    with stores.records().reading() as db:
        known = order_rows.orders_of_tasks(db, [o.id for o in task_rows.open_tasks(db)])
        found = [_entry(site, one, known, now) for one in task_rows.open_tasks(db)]
        rank = {"overdue": 0, "today": 1, "open": 2}
        due = [one for one in found if one is not None and one.when in rank]
        due.sort(key=lambda one: (rank[one.when], one.occurrence.due_at))
        down = downtime_rows.open_downtimes(db)
        corrective = [one for one in order_rows.orders(db) if one.kind == "corrective"]
        unsigned = order_rows.orders(db, state="done")
    alerts = _unattended([*corrective, *unsigned], now)
    return Today(due, down, corrective, alerts, unsigned)


def _unattended(orders: Sequence[WorkOrder], now: int) -> list[AlertRow]:
    """What the first page calls wrong and no order is open for, the worst device first."""
    at_work = {order.alert_id for order in orders}
    statuses = sorted(fleet_queries.fleet(now).statuses, key=lambda one: ORDER.index(one.state))
    firing = [alert for status in statuses for alert in status.firing]
    return [one for one in firing if one.severity in WRONG and one.id not in at_work]


def month(first: date, now: int) -> list[Day]:
    """The days of the month that have something in them, and the days off to come."""
    site = stores.site()
    after = (first + timedelta(days=31)).replace(day=1)
    start, end = start_of(first, site), start_of(after, site)
    with stores.records().reading() as db:
        # What was due before may be planned or done within the month.
        rows = {one.id: one for one in task_rows.tasks_due(db, start - 60 * DAY, end)}
        rows |= {one.id: one for one in task_rows.open_tasks(db)}
        known = order_rows.orders_of_tasks(db, list(rows))
        found = [_entry(site, one, known, now) for one in rows.values()]
    entries = sorted((e for e in found if e is not None), key=lambda entry: entry.at)
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    by_day: dict[date, list[Entry]] = {day: [] for day in days}
    for entry in entries:
        day = from_ms(entry.at, site.zone).date()
        if day in by_day:
            by_day[day].append(entry)
    here = from_ms(now, site.zone).date()
    return [
        Day(day, by_day[day], day.weekday() == OFF)
        for day in days
        if by_day[day] or (day.weekday() == OFF and day >= here)
    ]


def ahead() -> list[tuple[Device, Plan]]:
    """The plans whose order is not open yet: of these one may say that they were done already."""
    site = stores.site()
    with stores.records().reading() as db:
        rows = {(one.device, one.plan): one for one in task_rows.open_tasks(db)}
        known = order_rows.orders_of_tasks(db, [one.id for one in rows.values()])
    busy = {key for key, one in rows.items() if one.id in known}
    return [
        (device, plan)
        for device in site.devices.values()
        for plan in device.plans
        if (device.id, plan.id) not in busy
    ]


def begin(occurrence_id: int) -> int:
    """Somebody is at it; the number of its order."""
    with writing() as desk:
        order = order_rows.order_of_task(desk.db, occurrence_id)
        if order is None:
            raise RefusedError("its order is not open yet")
        orders.begin(desk.db, order.id, by=desk.by, now=desk.now)
        return order.id


def skip(occurrence_id: int, kind: SkipKind, reason: str) -> None:
    """It is not done this time."""
    with writing() as desk:
        planner.skip(desk.db, desk.site, occurrence_id, kind, reason, by=desk.by, now=desk.now)


def record_done(device: str, plan: str, at: int) -> None:
    """It was last done then, before Scanward knew."""
    with writing() as desk:
        one = desk.device(device)
        known = one.plan(plan)
        if known is None:
            raise RefusedError("{device} has no plan {plan!r}", device=device, plan=plan)
        planner.record_done(desk.db, one, known, at, by=desk.by, now=desk.now)


def _entry(site: Site, one: ScheduledTask, known: dict[int, WorkOrder], now: int) -> Entry | None:
    """None: the site file has lost the device or the plan since."""
    device = site.devices.get(one.device)
    plan = device.plan(one.plan) if device else None
    if device is None or plan is None or one.due_by == "hand":
        return None
    when = _when(site, one, known.get(one.id), now)
    at = one.done_at or one.planned_at or one.due_at
    if when == "overdue":
        at = max(at, now)
    return Entry(one, device, plan, known.get(one.id), when, at)


def _when(site: Site, one: ScheduledTask, order: WorkOrder | None, now: int) -> When:
    if one.done_at is not None:
        return "done"
    if one.skipped_at is not None:
        return "skipped"
    if one.late_at <= now:
        return "overdue"
    if from_ms(one.due_at, site.zone).date() <= from_ms(now, site.zone).date():
        return "today"
    return "later" if order is None else "open"
