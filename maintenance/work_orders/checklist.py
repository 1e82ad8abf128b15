"""The checklist of a plan's order: what is to be answered, and against which limits.

The answers themselves: answers.py.
"""

from dataclasses import dataclass

from core.schema.plan import Item, Plan
from core.schema.site import Device
from maintenance.rounds.accepted import accepted
from storage.records import OrderItem, WorkOrder
from storage.records.transaction import Transaction


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


def checklist_of(tx: Transaction, device: Device, plan: Plan) -> list[ChecklistItem]:
    """Every item of the plan, with today's limits."""
    return [_with_limits(tx, device, item) for item in plan.items]


def _with_limits(tx: Transaction, device: Device, item: Item) -> ChecklistItem:
    measure = item.measure
    if measure is None:
        return ChecklistItem(item.id, item.text)
    unit = measure.unit or device.profile.metrics[measure.metric].unit
    rules = accepted(tx.db, tx.site, device, measure.metric, measure.component, tx.now)
    series = (measure.metric, measure.component)
    return ChecklistItem(item.id, item.text, *series, unit, rules.low, rules.high)
