"""Keeps one open task of every plan of every device, and opens its order when it is time.

`Planner.round` may be called as often as one likes, by any process, and be killed at any moment: one
task is open per plan and device, one order per task, and the database holds to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.clock import DAY, HOUR, by_wall_clock
from maintenance.planning.due import Busy, Due, Used, due, free_slot
from maintenance.planning.tasks import give_up, schedule
from maintenance.planning.usage import busy_hours, used_since
from maintenance.work_orders.opening import open_for_task
from storage.records import Records, ScheduledTask, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, transaction
from storage.series.store import SeriesStore

WHO = "maintenance"  # in the audit
LONG_WORK_MIN = 60  # from here on it is planned into hours when the device is free
NOT_WORTH_MOVING = 1 * DAY  # a forecast of use wavers; so little is no news

Key = tuple[str, str]  # plan, device


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """What the readings say, looked up before the records are locked."""

    used: Mapping[Key, Used]
    busy: Mapping[str, Busy]  # by device


class Planner:
    """Plans the work of a site."""

    def __init__(self, site: Site, series: SeriesStore, records: Records) -> None:
        self._site = site
        self._series = series
        self._records = records

    def round(self, now: int) -> list[int]:
        """Bring every task up to date; the numbers of the orders that were opened."""
        use = self._use(now)
        with transaction(self._records, self._site, WHO, now) as tx:
            planning = _PlanningRound(tx, use)
            orders = [
                planning.plan(device, plan)
                for device in self._site.devices.values()
                for plan in device.plans
            ]
            return [order.id for order in orders if order is not None]

    def _use(self, now: int) -> DeviceUse:
        with self._records.reading() as db:
            tasks = {(task.plan, task.device): task for task in task_rows.open_tasks(db)}
        used: dict[Key, Used] = {}
        busy: dict[str, Busy] = {}
        for device in self._site.devices.values():
            for plan in device.plans:
                task = tasks.get((plan.id, device.id))
                if task is None or task.planned_at is not None:
                    continue  # its order is open: nothing of this would move it
                since_last = self._used_since(device, plan, task.counted_from, now)
                if since_last is not None:
                    used[plan.id, device.id] = since_last
                if task.opens_at <= now + HOUR and device.id not in busy and _needs_slot(plan):
                    busy[device.id] = busy_hours(self._series, device, self._site.zone, now)
        return DeviceUse(used, busy)

    def _used_since(self, device: Device, plan: Plan, since: int, now: int) -> Used | None:
        """By the counter of the plan that went farthest; the others have missed some of it."""
        counters = [] if plan.use is None else plan.use.metrics
        known = (
            used_since(self._series, device.id, metric, since, now)
            for metric in counters
            if metric in device.profile.metrics
        )
        return max((used for used in known if used is not None), default=None)


def plan_by_calendar(tx: Transaction, device: Device, plan: Plan) -> WorkOrder | None:
    """Bring one plan of one device up to date without its readings; the order if it was opened now."""
    return _PlanningRound(tx, DeviceUse({}, {})).plan(device, plan)


class _PlanningRound:
    """One transaction's view: which tasks and orders are open, which alerts fire."""

    def __init__(self, tx: Transaction, use: DeviceUse) -> None:
        self._tx = tx
        self._use = use
        self._tasks = {(task.plan, task.device): task for task in task_rows.open_tasks(tx.db)}
        self._orders = order_rows.orders_of_open_tasks(tx.db)
        self._firing = alert_rows.firing_at(tx.db, tx.site.devices, tx.now)

    def plan(self, device: Device, plan: Plan) -> WorkOrder | None:
        """Bring one plan of one device up to date; the order if it was opened now."""
        tx = self._tx
        task = self._tasks.get((plan.id, device.id))
        order = self._orders.get(task.id) if task else None
        if task is not None and _is_missed(plan, task, tx) and give_up(tx, task, order):
            task, order = None, None
        if task is None:
            task = schedule(tx, device, plan)
        self._move(device, plan, task, is_open=order is not None)
        if order is not None or tx.now < task.opens_at:
            return None
        task.planned_at = self._slot(device, plan, task)
        return open_for_task(tx, device, plan, task)

    def _move(self, device: Device, plan: Plan, task: ScheduledTask, *, is_open: bool) -> None:
        hours = device.hours(self._tx.site.zone)
        used = self._use.used.get((plan.id, device.id))
        conditions = self._conditions(device, plan, task)
        next_due = due(plan, task.counted_from, hours, used, conditions, self._tx.now)
        if next_due is not None and _is_news(task, next_due, is_open=is_open):
            task.due_at, task.due_by = next_due.at, next_due.by
            task.opens_at = max(next_due.at - plan.opens_before, task.counted_from)
            task.late_at = next_due.at + plan.late_after

    def _conditions(self, device: Device, plan: Plan, task: ScheduledTask) -> list[int]:
        """Since when alerts of detectors on the plan's metrics, that still fire, ask for the work.

        One that fired before the count began asks since then, unless the work was done meanwhile or
        somebody said that it is not: then it is answered.
        """
        profile = device.profile
        rules = {
            rule.id
            for rule in profile.rules
            if rule.follows_alarms  # a sensor that stands still, or a new one, asks for no work
            and not rule.watches_steps
            and rule.watched_metric(profile) in plan.brought_forward_by
        }
        fired = [
            alert.fired_at
            for alert in self._firing
            if alert.device == device.id and alert.rule in rules and alert.fired_at is not None
        ]
        if not fired:
            return []
        answered_at = task_rows.answered_at(self._tx.db, plan.id, device.id)
        return [max(at, task.counted_from + 1) for at in fired if at > answered_at]

    def _slot(self, device: Device, plan: Plan, task: ScheduledTask) -> int:
        """When the device is free for it; for a short look, when it is due."""
        now = self._tx.now
        if not _needs_slot(plan):
            return max(now, task.due_at)
        hours = device.hours(self._tx.site.zone)
        window = (max(now, task.opens_at), max(now, task.late_at))
        slot = free_slot(self._use.busy.get(device.id, {}), hours, *window, plan.minutes)
        return max(now, task.due_at) if slot is None else slot


def _needs_slot(plan: Plan) -> bool:
    return plan.takes_down or plan.minutes >= LONG_WORK_MIN


def _is_news(task: ScheduledTask, next_due: Due, *, is_open: bool) -> bool:
    """Once its order is open it can only become more urgent."""
    if next_due.by == task.due_by and abs(next_due.at - task.due_at) < NOT_WORTH_MOVING:
        return False
    return next_due.at < task.due_at if is_open else next_due.at != task.due_at


def _is_missed(plan: Plan, task: ScheduledTask, tx: Transaction) -> bool:
    """A whole interval late: by now the next one is due. What only use counts is never missed."""
    if plan.every is None:
        return False
    if plan.every < DAY:
        return tx.now >= max(task.due_at + plan.every, task.late_at)
    return tx.now >= max(by_wall_clock(task.due_at, plan.every, tx.site.zone), task.late_at)
