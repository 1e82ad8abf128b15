"""Orders that were done about a fault before, and how its alert fired since."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from storage.records.alerts import Alert
from storage.records.feedback import AlertFeedback
from storage.records.work_orders import WorkOrder

MOST_PRECEDENTS = 100  # the newest


class FaultKey(NamedTuple):
    """What tells one fault from another on a device."""

    rule: str
    component: str | None = None  # None: nobody knows, for a checklist found it
    metric: str = ""


class Precedent(NamedTuple):
    """An order that was done, and the alert that it was opened for."""

    order: WorkOrder
    alert: Alert | None

    @property
    def key(self) -> FaultKey:
        """The fault that it was about."""
        if self.alert is None:
            return FaultKey(self.order.fault)
        return FaultKey(self.alert.rule, self.alert.component, self.alert.metric)


def fault_of(db: Session, order: WorkOrder) -> FaultKey | None:
    """What an order is about; None if nobody has noted it."""
    alert = db.get(Alert, order.alert_id) if order.alert_id is not None else None
    return Precedent(order, alert).key if alert is not None or order.fault else None


def precedents(
    db: Session, key: FaultKey, devices: Collection[str], before: int, but: int | None = None
) -> list[Precedent]:
    """Orders of these devices about the same fault that were done up to `before` (UTC ms), the newest first.

    The same fault is the same rule, or another rule about the same metric, on the same component. `but` is
    an order that is left out.
    """
    same_metric = and_(Alert.metric == key.metric, Alert.metric != "")
    query = (
        select(WorkOrder, Alert)
        .join(Alert, WorkOrder.alert_id == Alert.id, isouter=True)
        .where(
            WorkOrder.device.in_(devices),
            WorkOrder.state.in_(("done", "signed_off")),
            WorkOrder.done_at <= before,
            or_(WorkOrder.fault == key.rule, Alert.rule == key.rule, same_metric),
        )
        .options(selectinload(WorkOrder.labour), selectinload(WorkOrder.steps))
        .order_by(WorkOrder.done_at.desc(), WorkOrder.id.desc())
    )
    if key.component is not None:
        query = query.where(or_(Alert.id.is_(None), Alert.component == key.component))
    if but is not None:
        query = query.where(WorkOrder.id != but)
    rows = db.execute(query.limit(MOST_PRECEDENTS))
    return [Precedent(order, alert) for order, alert in rows]


def firings(
    db: Session, devices: Collection[str], rules: Collection[str], since: int
) -> list[Alert]:
    """Alerts of these rules that have fired and were still open at `since` (UTC ms), or fired later.

    Neither those that another device or a maintenance window explains, nor those that people called wrong.
    """
    query = (
        select(Alert)
        .join(AlertFeedback, AlertFeedback.alert_id == Alert.id, isouter=True)
        .where(
            Alert.device.in_(devices),
            Alert.rule.in_(rules),
            Alert.fired_at.is_not(None),
            or_(Alert.ended_at.is_(None), Alert.ended_at >= since),
            Alert.suppressed_by == "",
            or_(AlertFeedback.opinion.is_(None), AlertFeedback.opinion != "false"),
        )
    )
    return list(db.scalars(query.order_by(Alert.fired_at, Alert.id)))
