"""The history of a device over periods, read from the records in the form that formulas.py counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from core.time.covered_hours import Interval, without
from maintenance.downtime.from_alerts import WHO
from maintenance.downtime.outages import Outage, Split, spans, split
from maintenance.kpi.device_costs import cost_of
from maintenance.kpi.formulas import DueTask, Fix
from maintenance.planning.usage import Examined, examined
from maintenance.work_orders.states import visits
from storage.records import Downtime, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.series.store import SeriesStore


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """One device. Pairs and rows are of all of its past: formulas cut the period out themselves.

    `covered` and `all_hours` divide the period's covered hours, and all of it. Times are UTC
    milliseconds; a `failure` is a corrective order by the time that it was opened.
    """

    outages: Sequence[Outage]
    fixes: Sequence[Fix]
    due_tasks: Sequence[DueTask]  # of the period
    maintained: Sequence[tuple[str, int]]  # device and time
    failed: Sequence[tuple[str, int]]  # device and time
    losses: Sequence[tuple[int | None, int]]  # of the period: cases, and cents to recover
    alert_times: Sequence[tuple[int, int | None]]  # of the period: fired and acknowledged
    cost_cents: int  # of the period
    examinations: Examined | None  # of the period; None if nobody knows
    unknown: Sequence[Interval]  # where nobody knows how the device was
    covered: Split
    all_hours: Split


def device_histories(
    db: Session,
    site: Site,
    series: SeriesStore | None,
    device: Device,
    periods: Sequence[Interval],
    unknown: Sequence[Interval],
    now: int,
) -> list[DeviceHistory]:
    """Read them, one for each period. Time after `now` has not happened and is not counted.

    `unknown` is when Scanward did not watch. Without a series store nobody knows of examinations.
    """
    downtimes = downtime_rows.downtimes(db, 0, now + 1, device.id)
    outages = [_outage(downtime) for downtime in downtimes]
    unknown = _still_unknown(unknown, downtimes, now)
    orders = order_rows.orders_with_costs(db, device.id)
    fixes, maintained, failed = _fixes(orders), _maintained(orders), _failed(orders)

    def over(period: Interval) -> DeviceHistory:
        past = (period[0], min(period[1], now))
        return DeviceHistory(
            outages=outages,
            fixes=fixes,
            due_tasks=_due_tasks(db, device.id, period),
            maintained=maintained,
            failed=failed,
            losses=_losses(downtimes, past),
            alert_times=alert_rows.fired_and_acknowledged(db, device.id, *past),
            cost_cents=cost_of(db, site, device.id, orders, past),
            examinations=examined(series, device, site.zone, past) if series else None,
            unknown=unknown,
            covered=split(outages, device.hours(site.zone).between(*past), unknown, now),
            all_hours=split(outages, [past] if past[0] < past[1] else [], unknown, now),
        )

    return [over(period) for period in periods]


def _still_unknown(
    unknown: Sequence[Interval], downtimes: Sequence[Downtime], now: int
) -> list[Interval]:
    """Without the downtime that a person entered or corrected: that is known although Scanward was off.

    Often it was the same failure of the mains.
    """
    by_person = [_outage(d) for d in downtimes if d.corrected_by or d.opened_by != WHO]
    return without(list(unknown), spans(by_person, now, lambda _: True))


def _outage(downtime: Downtime) -> Outage:
    return Outage(downtime.began_at, downtime.ended_at, downtime.cause, downtime.extent)


def _due_tasks(db: Session, device: str, period: Interval) -> list[DueTask]:
    return [
        DueTask(task.risk_class, task.due_at, task.late_at, task.done_at, task.skip_kind)
        for task in task_rows.tasks_due(db, *period)
        if task.device == device
    ]


def _losses(downtimes: Sequence[Downtime], period: Interval) -> list[tuple[int | None, int]]:
    """Cases lost and cents to recover, of the downtimes that began in the period."""
    return [
        (downtime.cases_lost, downtime.recovery_cents)
        for downtime in downtimes
        if period[0] <= downtime.began_at < period[1]
    ]


def _fixes(orders: Sequence[WorkOrder]) -> list[Fix]:
    return [
        Fix(
            order.device,
            order.fault or f"order:{order.id}",
            order.opened_at,
            order.done_at,
            visits(order),
        )
        for order in orders
        if order.kind == "corrective" and order.done_at is not None
    ]


def _maintained(orders: Sequence[WorkOrder]) -> list[tuple[str, int]]:
    """Preventive work that took the device down: a daily look is not what failures follow from."""
    return [
        (order.device, order.done_at)
        for order in orders
        if order.kind == "preventive" and order.takes_down and order.done_at is not None
    ]


def _failed(orders: Sequence[WorkOrder]) -> list[tuple[str, int]]:
    """Corrective orders, but not what a checklist found during maintenance."""
    return [
        (order.device, order.opened_at)
        for order in orders
        if order.kind == "corrective" and order.state != "cancelled" and order.follows_id is None
    ]
