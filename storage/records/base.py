"""The tables of the records database. Every time is UTC milliseconds, as in the series store."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from core.vocabulary.alerts import AlertState, FeedbackOpinion
from core.vocabulary.assets import AssetCondition, Nomenclature
from core.vocabulary.audit import AuditAction
from core.vocabulary.detection import VerdictKind
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.files import FileOwner
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.planning import DueBy, SkipKind
from core.vocabulary.severity import Severity
from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from core.vocabulary.work_orders import ItemAnswer, OpenedBy, OrderKind, OrderState

Value = str | int | float | bool | None  # of a column


# Kept as text: a database that refuses a new word would make each one a migration.
WORDS: tuple[Any, ...] = (
    Severity,
    AlertState,
    FeedbackOpinion,
    AuditAction,
    VerdictKind,
    DueBy,
    SkipKind,
    OrderKind,
    OpenedBy,
    OrderState,
    ItemAnswer,
    DowntimeCause,
    DowntimeExtent,
    AssetCondition,
    Nomenclature,
    FileOwner,
    TicketState,
    ClinicalState,
    MessageDirection,
    StockMoveKind,
)


class Base(MappedAsDataclass, DeclarativeBase):
    """Parent of all tables."""

    type_annotation_map = {
        int: BigInteger(),
        str: Text(),
        **dict.fromkeys(WORDS, Text()),
        list[str]: JSON(),
        dict[str, Value]: JSON(none_as_null=True),
    }


# SQLite numbers rows by itself only where the key is exactly INTEGER.
_Key = BigInteger().with_variant(Integer(), "sqlite")


class Alert(Base):
    """One thing wrong on one component of one device, from its first sign to its end.

    At most one is open (no `ended_at`) per device, component and rule. One that never got past
    `pending` is deleted when it comes to nothing.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "alerts_one_open",
            "device",
            "component",
            "rule",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index("alerts_by_time", "began_at"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    device: Mapped[str]
    component: Mapped[str]
    rule: Mapped[str]
    title: Mapped[str]
    severity: Mapped[Severity]
    metric: Mapped[str]
    state: Mapped[AlertState]
    began_at: Mapped[int]  # of the first reading that was wrong
    value: Mapped[float | None] = mapped_column(default=None)  # the worst so far
    limit: Mapped[float | None] = mapped_column("limit_value", default=None)
    fired_at: Mapped[int | None] = mapped_column(default=None)
    ended_at: Mapped[int | None] = mapped_column(default=None)
    acknowledged_at: Mapped[int | None] = mapped_column(default=None)
    acknowledged_by: Mapped[str] = mapped_column(default="")
    transitions: Mapped[list["Transition"]] = relationship(
        back_populates="alert", cascade="all, delete-orphan", default_factory=list
    )


class Transition(Base):
    """An alert went from one state to another. Never changed afterwards."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    alert: Mapped[Alert] = relationship(back_populates="transitions")
    before: Mapped[AlertState]
    after: Mapped[AlertState]
    at: Mapped[int]
    value: Mapped[float | None] = mapped_column(default=None)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True, init=False)


class Delivery(Base):
    """One transition, or one report, to be told by one channel: at least once, oldest first."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "deliveries_waiting",
            "next_at",
            sqlite_where=text("delivered_at is null and failed_at is null"),
            postgresql_where=text("delivered_at is null and failed_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    transition: Mapped[Transition | None] = relationship()
    channel: Mapped[str]
    next_at: Mapped[int]  # not before this
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[int | None] = mapped_column(default=None)
    delivered_at: Mapped[int | None] = mapped_column(default=None)
    failed_at: Mapped[int | None] = mapped_column(default=None)  # trying again will not help
    error: Mapped[str] = mapped_column(default="")
    transition_id: Mapped[int | None] = mapped_column(
        ForeignKey("transitions.id"), index=True, init=False
    )
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("reports.id"), index=True, default=None
    )


class Cursor(Base):
    """How far a follower of the journal has come; moved in the commit of what it did."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class Heard(Base):
    """The newest reading judged of each series that a rule watches."""

    __tablename__ = "heard"

    device: Mapped[str] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[int]


class Verdict(Base):
    """What a detector said: one a day, and one whenever its alarm begins or ends.

    `value`, `expected`, `low` and `high` are in the metric's unit; the value is expected to be
    between the latter two. The forecast says when `limit` is reached, with an interval of 80 %.
    Written once and never changed; `id` is the order in which they came, which the engine follows.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        Index("verdicts_once", "device", "component", "detector", "at", unique=True),
        Index("verdicts_by_time", "at"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    device: Mapped[str]
    component: Mapped[str]
    detector: Mapped[str]
    at: Mapped[int]
    kind: Mapped[VerdictKind]
    score: Mapped[float]  # 0 usual to 1 never seen
    alarm: Mapped[bool]
    carried_by: Mapped[list[str]] = mapped_column(default_factory=list)
    value: Mapped[float | None] = mapped_column(default=None)
    expected: Mapped[float | None] = mapped_column(default=None)
    low: Mapped[float | None] = mapped_column(default=None)
    high: Mapped[float | None] = mapped_column(default=None)
    since: Mapped[int | None] = mapped_column(default=None)
    limit: Mapped[float | None] = mapped_column("limit_value", default=None)
    limit_at: Mapped[int | None] = mapped_column(default=None)
    limit_at_low: Mapped[int | None] = mapped_column(default=None)
    limit_at_high: Mapped[int | None] = mapped_column(default=None)


class Answer(Base):
    """Was an alert right? What the engineer said; the audit keeps what was said before."""

    __tablename__ = "answers"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    opinion: Mapped[FeedbackOpinion]
    who: Mapped[str]
    at: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class Service(Base):
    """Something was done to a device: how it was before no longer tells what is normal."""

    __tablename__ = "services"
    __table_args__ = (Index("services_by_device", "device", "at"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    device: Mapped[str]
    at: Mapped[int]
    who: Mapped[str]
    text: Mapped[str] = mapped_column(default="")


class Audit(Base):
    """One change of one row: who made it, when, and what it changed. Never changed afterwards."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_by_row", "what", "row_id"),
        Index("audit_by_time", "at"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True, init=False)
    at: Mapped[int]
    who: Mapped[str]
    what: Mapped[str]  # the table
    row_id: Mapped[str]
    action: Mapped[AuditAction]
    before: Mapped[dict[str, Value] | None]  # changed columns only; all of a row that is gone
    after: Mapped[dict[str, Value] | None]
