"""What plans ask for: what is to be done first, and a month of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.calendars import Month
from core.time.clock import DAY, from_ms
from dashboard.queries import day_use, stores
from dashboard.queries.incidents import open_incidents
from dashboard.views import day
from dashboard.views.day import GROUPS, AgendaDay, DayLine, Group, PlannedWork, When
from dashboard.views.device_status import WRONG
from maintenance.planning.snooze import snoozed
from storage.records import ScheduledTask, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import snoozes as snooze_rows
from storage.records import work_orders as order_rows

DAY_OFF = 4  # Friday, as date.weekday() counts


def today(now: int) -> dict[Group, list[DayLine]]:
    """What is to be done, each thing once, in the order of the day."""
    site = stores.site()
    with stores.records().reading() as db:
        tasks = task_rows.open_tasks(db)
        task_orders = order_rows.orders_of_tasks(db, [task.id for task in tasks])
        orders = [*order_rows.orders(db), *order_rows.orders(db, state="done")]
        down = downtime_rows.open_downtimes(db)
        snoozes = snooze_rows.open_snoozes(db, now)
    rank: dict[When, int] = {"overdue": 0, "today": 1, "open": 2, "later": 3}
    works = [
        work for work in _planned(tasks, task_orders, now) if day.is_this_week(work, now, site.zone)
    ]
    works.sort(key=lambda work: (rank[work.when], work.task.due_at))
    incidents = [row for row in open_incidents() if row.severity in WRONG]
    lines = day_use.judged(day.joined(incidents, works, orders, down), now)
    lines = [replace(line, snooze=snoozed(line.standings, snoozes)) for line in lines]
    return {
        group: day.in_order(line for line in lines if day.group_of(line, now, site.zone) == group)
        for group in GROUPS
    }


def month(shown: Month, now: int) -> list[AgendaDay]:
    """The days of the month that have something in them, and the days off to come."""
    zone = stores.site().zone
    first, after = shown.first, shown.later(1).first
    start, end = shown.interval(zone)
    with stores.records().reading() as db:
        # What was due before may be planned or done within the month.
        tasks = {task.id: task for task in task_rows.tasks_due(db, start - 60 * DAY, end)}
        tasks |= {task.id: task for task in task_rows.open_tasks(db)}
        orders = order_rows.orders_of_tasks(db, list(tasks))
        planned = _planned(list(tasks.values()), orders, now)
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    by_date: dict[date, list[PlannedWork]] = {each: [] for each in days}
    for work in sorted(planned, key=lambda work: work.at):
        here = from_ms(work.at, zone).date()
        if here in by_date:
            by_date[here].append(work)
    present = from_ms(now, zone).date()
    return [
        AgendaDay(each, by_date[each], each.weekday() == DAY_OFF)
        for each in days
        if by_date[each] or (each.weekday() == DAY_OFF and each >= present)
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
