"""The checklist of a plan's order: what is to be answered, and against which limits.

The answers themselves: answers.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.plan import Item, Measure, Plan
from core.schema.site import Device
from storage.records import OrderItem, WorkOrder
from storage.records import feedback as feedback_rows
from storage.records import work_orders as order_rows


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of a plan with the limits that hold on this device now."""

    id: str
    text: str
    metric: str = ""
    component: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def row(self, order: WorkOrder) -> OrderItem:
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


def checklist_of(db: Session, device: Device, plan: Plan) -> list[ChecklistItem]:
    """Every item of the plan, with today's limits."""
    return [_with_limits(db, device, plan, item) for item in plan.items]


def _with_limits(db: Session, device: Device, plan: Plan, item: Item) -> ChecklistItem:
    measure = item.measure
    if measure is None:
        return ChecklistItem(item.id, item.text)
    low, high = measure.low, measure.high
    if measure.tolerance_pct is not None:
        since = feedback_rows.last_service(db, device.id) or 0
        before = order_rows.measured_values(db, device.id, plan.id, item.id, since)
        low, high = around_baseline(measure, before)
    unit = measure.unit or device.profile.metrics[measure.metric].unit
    return ChecklistItem(item.id, item.text, measure.metric, measure.component, unit, low, high)


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
