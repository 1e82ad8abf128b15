"""What must be done and what was: plan occurrences, work orders, downtime, manual readings."""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.planning import DueBy, SkipKind
from core.vocabulary.work_orders import ItemAnswer, OpenedBy, OrderKind, OrderState
from storage.records.base import Base, _Key

_OPEN = "done_at is null and skipped_at is null"


class Occurrence(Base):
    """One time that a plan asks for its work on one device. At most one is open of each."""

    __tablename__ = "occurrences"
    __table_args__ = (
        Index(
            "occurrences_one_open",
            "plan",
            "device",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("occurrences_by_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    plan: Mapped[str]
    device: Mapped[str]
    counted_from: Mapped[int]  # when it was last done, or first planned: use counts from here
    due_at: Mapped[int]
    due_by: Mapped[DueBy]
    opens_at: Mapped[int]  # may be done from here on
    late_at: Mapped[int]  # after this it is overdue
    risk_class: Mapped[str] = mapped_column(default="")  # of the device when it was planned
    planned_at: Mapped[int | None] = mapped_column(default=None)  # when the device is free for it
    done_at: Mapped[int | None] = mapped_column(default=None)  # when it was really done
    skipped_at: Mapped[int | None] = mapped_column(default=None)
    skipped_by: Mapped[str] = mapped_column(default="")
    skip_kind: Mapped[SkipKind] = mapped_column(default="")
    skip_reason: Mapped[str] = mapped_column(default="")


class WorkOrder(Base):
    """A piece of work on one device, from its opening to its signature."""

    __tablename__ = "work_orders"
    __table_args__ = (Index("work_orders_by_device", "device", "opened_at"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
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
    occurrence_id: Mapped[int | None] = mapped_column(
        ForeignKey("occurrences.id"), unique=True, default=None
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

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="steps")
    state: Mapped[OrderState]
    at: Mapped[int]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


class OrderItem(Base):
    """One item of an order's checklist, as the plan asked it when the order was opened."""

    __tablename__ = "order_items"
    __table_args__ = (Index("order_items_by_name", "order_id", "item", unique=True),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="items")
    item: Mapped[str]  # its id in the plan
    text: Mapped[str]
    metric: Mapped[str] = mapped_column(default="")  # with one, a number is asked for
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
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), init=False)


class Labour(Base):
    """Time that somebody worked on an order."""

    __tablename__ = "labour"

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="labour")
    who: Mapped[str]
    began_at: Mapped[int]
    minutes: Mapped[int]
    cost_cents: Mapped[int] = mapped_column(default=0)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


class OrderCost(Base):
    """Money spent on an order beside labour and parts: a vendor's bill, transport."""

    __tablename__ = "order_costs"

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    order: Mapped[WorkOrder] = relationship(back_populates="costs")
    at: Mapped[int]
    cost_cents: Mapped[int]
    text: Mapped[str]
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True, init=False)


class Downtime(Base):
    """A device could not be used, or only in part, from `began_at` on.

    Each alert that means "out of service" has its own, so they may overlap; the figures count an
    hour once. When the cause changes, one ends where the next begins: that is still one failure. A
    loop only ever sets an end that is missing, so what a person has corrected stays.
    """

    __tablename__ = "downtimes"
    __table_args__ = (
        Index("downtimes_by_device", "device", "began_at"),
        Index("downtimes_by_alert", "alert_id", "began_at", unique=True),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    device: Mapped[str]
    began_at: Mapped[int]
    cause: Mapped[DowntimeCause]
    extent: Mapped[DowntimeExtent]
    opened_by: Mapped[str]
    ended_at: Mapped[int | None] = mapped_column(default=None)
    closed_by: Mapped[str] = mapped_column(default="")
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), default=None)
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )
    corrected_at: Mapped[int | None] = mapped_column(default=None)
    corrected_by: Mapped[str] = mapped_column(default="")
    cases_lost: Mapped[int | None] = mapped_column(default=None)  # not done later either
    recovery_cents: Mapped[int] = mapped_column(default=0)  # spent to catch up
    note: Mapped[str] = mapped_column(default="")


class ManualReading(Base):
    """A number that a person read. The collector stores it in the series: it is their one writer."""

    __tablename__ = "manual_readings"

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    device: Mapped[str]
    metric: Mapped[str]
    value: Mapped[float]
    at: Mapped[int]  # when it was read
    who: Mapped[str]
    entered_at: Mapped[int]
    component: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )
    taken_at: Mapped[int | None] = mapped_column(default=None)  # it is in the series
