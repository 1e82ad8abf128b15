"""The checklist of a plan's order: what is asked, against which limits, and the answers.

A measured answer goes two ways in one transaction: onto the order, and into the outbox of manual
readings, from which the collector stores it in the series (docs/decisions/0002).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.plan import Item, Measure, Plan
from core.schema.site import Device
from maintenance.rounds.manual_entry import enter
from storage.records import OrderItem, WorkOrder
from storage.records import feedback as feedback_rows
from storage.records import work_orders as order_rows

Plain = Literal["ok", "not_ok", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An item with the limits that hold on this device now."""

    id: str
    text: str
    metric: str = ""
    component: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def item(self, order: WorkOrder) -> OrderItem:
        """As a row of an order."""
        return OrderItem(
            order=order,
            item=self.id,
            text=self.text,
            metric=self.metric,
            component=self.component,
            unit=self.unit,
            low=self.low,
            high=self.high,
        )


def asked_of(db: Session, device: Device, plan: Plan) -> list[Asked]:
    """Every item of the plan, with today's limits."""
    return [_asked(db, device, plan, item) for item in plan.items]


def _asked(db: Session, device: Device, plan: Plan, item: Item) -> Asked:
    measure = item.measure
    if measure is None:
        return Asked(item.id, item.text)
    low, high = measure.low, measure.high
    if measure.tolerance_pct is not None:
        since = feedback_rows.last_service(db, device.id) or 0
        before = order_rows.measured_values(db, device.id, plan.id, item.id, since)
        low, high = around_baseline(measure, before)
    unit = measure.unit or device.profile.metrics[measure.metric].unit
    return Asked(item.id, item.text, measure.metric, measure.component, unit, low, high)


def around_baseline(measure: Measure, before: Sequence[float]) -> tuple[float | None, float | None]:
    """The limits that a tolerance gives; none while there are too few answers for a baseline.

    The baseline is the mean of the first answers and stays: a mean that moved with the newest ones
    would follow a slow drift and never find it (Shewhart's chart keeps its centre line, too).
    """
    if measure.tolerance_pct is None or len(before) < measure.baseline_of:
        return None, None
    first = before[: measure.baseline_of]
    centre = math.fsum(first) / len(first)
    half = abs(centre) * measure.tolerance_pct / 100
    return centre - half, centre + half


def tick(
    db: Session, order_id: int, item: str, answer: Plain, *, by: str, now: int, note: str = ""
) -> OrderItem:
    """Answer an item that asks for no number; `not_applicable` answers any."""
    row = _row(db, order_id, item)
    if row.metric and answer != "not_applicable":
        raise RefusedError("{item!r} asks for a number", item=row.text)
    row.answer, row.value, row.within = answer, None, None
    row.at, row.who, row.note = now, by, note
    return row


def measure(
    db: Session,
    device: Device,
    order_id: int,
    item: str,
    value: float,
    *,
    by: str,
    now: int,
    note: str = "",
) -> OrderItem:
    """Answer an item with its number, in its unit. It becomes a reading of the device."""
    row = _row(db, order_id, item)
    if not row.metric:
        raise RefusedError("{item!r} asks for no number", item=row.text)
    enter(
        db,
        device,
        row.metric,
        value,
        at=now,
        by=by,
        now=now,
        component=row.component,
        order_id=order_id,
    )
    row.answer, row.value, row.within = "measured", value, _within(row, value)
    row.at, row.who, row.note = now, by, note
    return row


def _within(row: OrderItem, value: float) -> bool | None:
    if row.low is None and row.high is None:
        return None
    return (row.low is None or value >= row.low) and (row.high is None or value <= row.high)


def _row(db: Session, order_id: int, item: str) -> OrderItem:
    order = db.get(WorkOrder, order_id)
    rows = [] if order is None else [row for row in order.items if row.item == item]
    if order is None or not rows:
        raise RefusedError("order {order} does not ask for {item!r}", order=order_id, item=item)
    if order.state in ("done", "signed_off", "cancelled"):
        raise RefusedError(
            "order {order} is {state}: its checklist is closed", order=order_id, state=order.state
        )
    return rows[0]
