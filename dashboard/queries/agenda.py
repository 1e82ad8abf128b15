"""What plans ask for: what is to be done first, and a month of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.clock import DAY, from_ms, start_of_day
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.device_status import ORDER, WRONG, AlertRow
from storage.records import Downtime, ScheduledTask, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows

DAY_OFF = 4  # Friday, as date.weekday() counts

When = Literal["overdue", "today", "open", "later", "done", "skipped"]


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """One time that a plan asks for its work, with its order if that is open."""

    task: ScheduledTask
    device: Device
    plan: Plan
    order: WorkOrder | None
    when: When
    at: int  # when it stands in the calendar: planned or due; done, if it was done


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day of the month with what is planned on it."""

    day: date
    work: Sequence[PlannedWork]
    is_off: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What must be looked at first."""

    due: Sequence[PlannedWork]  # overdue before due today before what may be done already
    down: Sequence[Downtime]  # open, out of service now
    corrective: Sequence[WorkOrder]
    alerts: Sequence[AlertRow]  # what is wrong and nobody works on
    unsigned: Sequence[WorkOrder]  # done, but not back in service or not signed


def today(now: int) -> Today:
    """What is due, broken or out of service at this moment."""
    rank = {"overdue": 0, "today": 1, "open": 2}
    with stores.records().reading() as db:
        tasks = task_rows.open_tasks(db)
        orders = order_rows.orders_of_tasks(db, [task.id for task in tasks])
        due = [work for work in _planned(tasks, orders, now) if work.when in rank]
        due.sort(key=lambda work: (rank[work.when], work.task.due_at))
        down = downtime_rows.open_downtimes(db)
        corrective = [order for order in order_rows.orders(db) if order.kind == "corrective"]
        unsigned = order_rows.orders(db, state="done")
    alerts = _unattended(now)
    return Today(due, down, corrective, alerts, unsigned)


def _unattended(now: int) -> list[AlertRow]:
    """What the first page calls wrong and no order is open for, the worst device first."""
    statuses = fleet_queries.fleet(now).statuses
    worst_first = sorted(statuses, key=lambda status: ORDER.index(status.state))
    firing = [alert for status in worst_first for alert in status.firing]
    wrong = [alert for alert in firing if alert.severity in WRONG]
    with stores.records().reading() as db:
        attended = order_rows.attended_alerts(db, [alert.id for alert in wrong])
    return [alert for alert in wrong if alert.id not in attended]


def month(first: date, now: int) -> list[AgendaDay]:
    """The days of the month that have something in them, and the days off to come."""
    zone = stores.site().zone
    after = (first + timedelta(days=31)).replace(day=1)
    start, end = start_of_day(first, zone), start_of_day(after, zone)
    with stores.records().reading() as db:
        # What was due before may be planned or done within the month.
        tasks = {task.id: task for task in task_rows.tasks_due(db, start - 60 * DAY, end)}
        tasks |= {task.id: task for task in task_rows.open_tasks(db)}
        orders = order_rows.orders_of_tasks(db, list(tasks))
        planned = _planned(list(tasks.values()), orders, now)
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    by_day: dict[date, list[PlannedWork]] = {day: [] for day in days}
    for work in sorted(planned, key=lambda work: work.at):
        day = from_ms(work.at, zone).date()
        if day in by_day:
            by_day[day].append(work)
    here = from_ms(now, zone).date()
    return [
        AgendaDay(day, by_day[day], day.weekday() == DAY_OFF)
        for day in days
        if by_day[day] or (day.weekday() == DAY_OFF and day >= here)
    ]


def plans_without_order() -> list[tuple[Device, Plan]]:
    """The plans whose order is not open yet: of these one may say that they were done already."""
    site = stores.site()
    with stores.records().reading() as db:
        tasks = {(task.device, task.plan): task for task in task_rows.open_tasks(db)}
        orders = order_rows.orders_of_tasks(db, [task.id for task in tasks.values()])
    with_order = {key for key, task in tasks.items() if task.id in orders}
    return [
        (device, plan)
        for device in site.devices.values()
        for plan in device.plans
        if (device.id, plan.id) not in with_order
    ]


def _planned(
    tasks: Sequence[ScheduledTask], orders: dict[int, WorkOrder], now: int
) -> list[PlannedWork]:
    """The tasks with device, plan and order; without those that were noted as done before.

    Nor those of which the site file has lost the device or the plan since.
    """
    site = stores.site()
    planned = []
    for task in tasks:
        device = site.devices.get(task.device)
        plan = device.plan(task.plan) if device else None
        if device is None or plan is None or task.due_by == "hand":
            continue
        order = orders.get(task.id)
        when = _when(site, task, order, now)
        at = task.done_at or task.planned_at or task.due_at
        at = max(at, now) if when == "overdue" else at
        planned.append(PlannedWork(task, device, plan, order, when, at))
    return planned


def _when(site: Site, task: ScheduledTask, order: WorkOrder | None, now: int) -> When:
    if task.done_at is not None:
        return "done"
    if task.skipped_at is not None:
        return "skipped"
    if task.late_at <= now:
        return "overdue"
    if from_ms(task.due_at, site.zone).date() <= from_ms(now, site.zone).date():
        return "today"
    return "later" if order is None else "open"
