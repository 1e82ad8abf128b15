"""Work orders with their steps, checklist, labour and costs."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, Select, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from core.vocabulary.work_orders import ENDED_ORDERS, ItemAnswer, OpenedBy, OrderKind, OrderState
from storage.records.alerts import Alert
from storage.records.base import ROW_KEY, Base
from storage.records.planning import ScheduledTask
from storage.records.proofs import ItemProof


class WorkOrder(Base):
    """A piece of work on one device, from its opening to its signature."""

    __tablename__ = "work_orders"
    __table_args__ = (Index("work_orders_by_device", "device", "opened_at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    device: Mapped[str]
    kind: Mapped[OrderKind]
    opened_by: Mapped[OpenedBy]
    title: Mapped[str]
    opened_at: Mapped[int]
    state: Mapped[OrderState] = mapped_column(default="open")
    text: Mapped[str] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(
        default=""
    )  # what tells this fault from another: a rule, a code
    assigned_to: Mapped[str] = mapped_column(default="")
    # The unique index keeps a second loop, or one killed half way, from opening it twice.
    task_id: Mapped[int | None] = mapped_column(
        "occurrence_id", ForeignKey("occurrences.id"), unique=True, default=None
    )
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True, default=None)
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )  # the order whose checklist found this fault
    takes_down: Mapped[bool] = mapped_column(default=False)  # the device is out of service for it
    done_at: Mapped[int | None] = mapped_column(default=None)
    result: Mapped[str] = mapped_column(default="")  # what was found and done
    returned_at: Mapped[int | None] = mapped_column(default=None)  # checked, back in service
    returned_by: Mapped[str] = mapped_column(default="")
    return_check: Mapped[str] = mapped_column(default="")  # what was checked
    signed_at: Mapped[int | None] = mapped_column(default=None)
    signed_by: Mapped[str] = mapped_column(default="")
    steps: Mapped[list["OrderStep"]] = relationship(
        back_populates="order", order_by="OrderStep.id", default_factory=list
    )
    items: Mapped[list["OrderItem"]] = relationship(
        back_populates="order", order_by="OrderItem.id", default_factory=list
    )
    labour: Mapped[list["Labour"]] = relationship(
        back_populates="order", order_by="Labour.id", default_factory=list
    )
    costs: Mapped[list["OrderCost"]] = relationship(
        back_populates="order", order_by="OrderCost.id", default_factory=list
    )


class OrderStep(Base):
    """An order came into a state. Never changed afterwards."""

    __tablename__ = "order_steps"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="steps")
    state: Mapped[OrderState]
    at: Mapped[int]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


class OrderItem(Base):
    """One item of an order's checklist, as the plan had it when the order was opened."""

    __tablename__ = "order_items"
    __table_args__ = (Index("order_items_by_name", "order_id", "item", unique=True),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="items")
    item: Mapped[str]  # its id in the plan
    text: Mapped[str]
    metric: Mapped[str] = mapped_column(
        default=""
    )  # the item's answer is a number, stored under this name
    component: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    low: Mapped[float | None] = mapped_column(default=None)  # accepted, both ends included
    high: Mapped[float | None] = mapped_column(default=None)
    answer: Mapped[ItemAnswer] = mapped_column(default="open")
    value: Mapped[float | None] = mapped_column(default=None)
    within: Mapped[bool | None] = mapped_column(default=None)  # None: not measured, or no limits
    at: Mapped[int | None] = mapped_column(default=None)
    who: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    proved_at: Mapped[int | None] = mapped_column(default=None)  # None: a person answered it
    every_proof: Mapped[list[ItemProof]] = relationship(
        order_by=ItemProof.id, default_factory=list, lazy="selectin"
    )
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), init=False)

    @property
    def proof(self) -> list[ItemProof]:
        """What proves the answer as it stands; empty if a person gave it."""
        return [row for row in self.every_proof if row.confirmed_at == self.proved_at]


class Labour(Base):
    """Time that somebody worked on an order."""

    __tablename__ = "labour"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="labour")
    who: Mapped[str]
    began_at: Mapped[int]
    minutes: Mapped[int]
    cost_cents: Mapped[int] = mapped_column(default=0)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


class OrderCost(Base):
    """Money spent on an order beside labour and parts: a vendor's bill, transport."""

    __tablename__ = "order_costs"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="costs")
    at: Mapped[int]
    cost_cents: Mapped[int]
    text: Mapped[str]
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


def orders(
    db: Session, *, device: str | None = None, state: OrderState | None = None, ended: bool = False
) -> list[WorkOrder]:
    """Work orders, the newest first; without `ended` only those still to be done."""
    query = select(WorkOrder)
    if device is not None:
        query = query.where(WorkOrder.device == device)
    if state is not None:
        query = query.where(WorkOrder.state == state)
    elif not ended:
        query = query.where(WorkOrder.state.not_in(ENDED_ORDERS))
    return list(db.scalars(query.order_by(WorkOrder.opened_at.desc(), WorkOrder.id.desc())))


def order_of_task(db: Session, task: int) -> WorkOrder | None:
    """The order that was opened for a task."""
    return db.scalars(select(WorkOrder).where(WorkOrder.task_id == task)).first()


def orders_with_costs(db: Session, device: str) -> list[WorkOrder]:
    """Every order of a device, with its steps, labour and costs, the oldest first."""
    parts = (WorkOrder.steps, WorkOrder.labour, WorkOrder.costs)
    query = select(WorkOrder).where(WorkOrder.device == device).order_by(WorkOrder.id)
    return list(db.scalars(query.options(*(selectinload(part) for part in parts))))


def orders_of_open_tasks(db: Session) -> dict[int, WorkOrder]:
    """The orders of tasks that are neither done nor skipped, by task."""
    rows = db.execute(
        select(ScheduledTask.id, WorkOrder)
        .join(WorkOrder, WorkOrder.task_id == ScheduledTask.id)
        .where(ScheduledTask.done_at.is_(None), ScheduledTask.skipped_at.is_(None))
    )
    return {number: order for number, order in rows}


def orders_done_since(db: Session, since: int) -> list[WorkOrder]:
    """The orders of all devices whose work ended since then, with their labour, the oldest first."""
    query = select(WorkOrder).where(WorkOrder.done_at >= since).order_by(WorkOrder.done_at)
    return list(db.scalars(query.options(selectinload(WorkOrder.labour))))


def open_order_of_alert(db: Session, alert: int) -> WorkOrder | None:
    """The order that is already open for an alert, or for the fault that it is about."""
    query = _of_alerts([alert]).where(WorkOrder.state.not_in(ENDED_ORDERS))
    return db.scalars(query.with_only_columns(WorkOrder)).first()


def open_order_of_fault(db: Session, device: str, fault: str) -> WorkOrder | None:
    """The corrective order for a fault that is already being worked on."""
    query = select(WorkOrder).where(
        WorkOrder.device == device,
        WorkOrder.kind == "corrective",
        WorkOrder.fault == fault,
        WorkOrder.state.not_in(ENDED_ORDERS),
    )
    return db.scalars(query).first()


def failure_times(db: Session, device: str, since: int) -> list[int]:
    """When corrective orders of a device were opened, at or after `since`; cancelled ones do not count."""
    query = select(WorkOrder.opened_at).where(
        WorkOrder.device == device,
        WorkOrder.kind == "corrective",
        WorkOrder.state != "cancelled",
        WorkOrder.opened_at >= since,
    )
    return list(db.scalars(query.order_by(WorkOrder.opened_at)))


def orders_of_alerts(db: Session, alerts: Sequence[int]) -> dict[int, int]:
    """The newest order of each of these alerts, or of the fault that it is about, by the alert's id."""
    return {alert: order.id for alert, order in db.execute(_of_alerts(alerts))}


def unsigned_orders_of_alerts(db: Session, alerts: Sequence[int]) -> list[tuple[int, WorkOrder]]:
    """Those of their orders that are neither signed nor cancelled, the oldest first: alert and order."""
    query = _of_alerts(alerts).where(WorkOrder.state.not_in(("signed_off", "cancelled")))
    return [(alert, order) for alert, order in db.execute(query)]


def alert_of_order(db: Session, order: int) -> int | None:
    """The newest alert that an order is about; None if there is none."""
    query = _alerts_with_orders().where(WorkOrder.id == order).order_by(Alert.id.desc())
    return next((alert for alert, _ in db.execute(query.limit(1))), None)


def _of_alerts(alerts: Sequence[int]) -> Select[int, WorkOrder]:
    """Alert and order of these alerts, the oldest order first."""
    return _alerts_with_orders().where(Alert.id.in_(alerts)).order_by(WorkOrder.id)


def _alerts_with_orders() -> Select[int, WorkOrder]:
    """Alert and order. A checklist may have found a fault before its alert: it names the same rule."""
    same_fault = and_(
        WorkOrder.alert_id.is_(None),
        WorkOrder.device == Alert.device,
        WorkOrder.fault == Alert.rule,
        WorkOrder.kind == "corrective",
        or_(WorkOrder.state.not_in(ENDED_ORDERS), WorkOrder.opened_at >= Alert.began_at),
    )
    joined = or_(WorkOrder.alert_id == Alert.id, same_fault)
    return select(Alert.id, WorkOrder).select_from(Alert).join(WorkOrder, joined)


def orders_of_tasks(db: Session, tasks: Sequence[int]) -> dict[int, WorkOrder]:
    """The order of each of these tasks, by task."""
    query = select(WorkOrder).where(WorkOrder.task_id.in_(tasks))
    return {order.task_id: order for order in db.scalars(query) if order.task_id}


def follow_ups(db: Session, order: int) -> list[WorkOrder]:
    """The corrective orders that a checklist has opened."""
    query = select(WorkOrder).where(WorkOrder.follows_id == order)
    return list(db.scalars(query.order_by(WorkOrder.id)))


def last_done_order(db: Session, device: str, rule: str, now: int) -> WorkOrder | None:
    """The order of a device that was done last, at or before `now` (UTC ms), with a result, for one rule.

    It was opened for an alert of that rule, or its fault bears the same name.
    """
    query = (
        select(WorkOrder)
        .join(Alert, WorkOrder.alert_id == Alert.id, isouter=True)
        .where(
            WorkOrder.device == device,
            or_(Alert.rule == rule, WorkOrder.fault == rule),
            WorkOrder.state.in_(("done", "signed_off")),
            WorkOrder.done_at <= now,
            WorkOrder.result != "",
        )
        .order_by(WorkOrder.done_at.desc(), WorkOrder.id.desc())
    )
    return db.scalars(query.limit(1)).first()
