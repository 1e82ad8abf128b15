"""Opening a work order: by hand, for an alert, for a plan. For a reported fault: fault_reports.py."""

from collections.abc import Sequence

from core.errors import RefusedError
from core.schema.plan import Plan
from core.schema.site import Device
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.work_orders import OrderKind
from maintenance.downtime.lifecycle import open_downtime
from maintenance.downtime.probable_cause import probable_cause
from maintenance.work_orders.checklist import ChecklistItem, checklist_of
from storage.records import Alert, OrderStep, ScheduledTask, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs


@needs("open a work order")
def open_order(
    tx: Transaction,
    device: str,
    title: str,
    *,
    kind: OrderKind = "corrective",
    text: str = "",
    takes_down: bool = False,
    down: DowntimeExtent | None = None,
) -> WorkOrder:
    """An order by hand. `takes_down`: the device must be checked before the order is signed.

    `down`: the device cannot be used from now on, or only in part, and the order's end ends that.
    """
    order = WorkOrder(
        device=tx.device(device).id,
        kind=kind,
        opened_by="hand",
        title=title,
        opened_at=tx.now,
        text=text,
        takes_down=takes_down,
    )
    return add_order(tx, order, down=down)


@needs("open a work order")
def open_for_alert(
    tx: Transaction, alert_id: int, text: str = "", *, device: str | None = None
) -> WorkOrder:
    """A corrective order for an alert, of `device` if one is named, with the downtime that it means.

    Whoever opens it has seen the alert: one that has not ended is acknowledged. Refused if an order
    is open for it already, if the alert has not fired (it may come to nothing) or is of another
    device.
    """
    alert = tx.db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if device is not None and tx.device(device).id != alert.device:
        raise RefusedError(
            "alert {alert} is of {device}, not of {other}",
            alert=alert_id,
            device=alert.device,
            other=device,
        )
    if (other := order_rows.open_order_of_alert(tx.db, alert_id)) is not None:
        raise RefusedError(
            "order {order} is already open for alert {alert}", order=other.id, alert=alert_id
        )
    order = WorkOrder(
        device=alert.device,
        kind="corrective",
        opened_by="alert",
        title=alert.title,
        opened_at=tx.now,
        text=text,
        fault=alert.rule,
        alert_id=alert.id,
    )
    add_order(tx, order)
    for downtime in downtime_rows.downtimes_of_alert(tx.db, alert_id):
        downtime.order_id = order.id
    if alert.ended_at is None:
        alert_rows.acknowledge(alert, by=tx.by, now=tx.now)
    return order


def open_for_task(tx: Transaction, device: Device, plan: Plan, task: ScheduledTask) -> WorkOrder:
    """The order of a plan's scheduled task, with the plan's checklist."""
    order = WorkOrder(
        device=device.id,
        kind="preventive",
        opened_by="plan",
        title=plan.title,
        opened_at=tx.now,
        takes_down=plan.takes_down,
        task_id=task.id,
    )
    return add_order(tx, order, checklist_of(tx, device, plan))


def add_order(
    tx: Transaction,
    order: WorkOrder,
    checklist: Sequence[ChecklistItem] = (),
    down: DowntimeExtent | None = None,
) -> WorkOrder:
    """Write a new order down with its first step and its checklist; with `down` the device is down.

    After corrective work a device is always checked before the order is signed.
    """
    order.title = order.title.strip()
    if not order.title:
        raise RefusedError("an order needs a title")
    order.takes_down = order.takes_down or order.kind == "corrective"
    tx.db.add(order)
    tx.db.add(OrderStep(order=order, state="open", at=tx.now, who=tx.by))
    tx.db.add_all(item.row(order) for item in checklist)
    tx.db.flush()
    if down is not None:
        cause = probable_cause(tx.db, tx.site, order.device, tx.now)
        open_downtime(tx, order.device, tx.now, cause=cause, extent=down, order=order)
    return order
