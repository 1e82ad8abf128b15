"""The times that plans ask for their work: scheduled tasks."""

from sqlalchemy import Index, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.planning import DueBy, SkipKind
from storage.records.base import ROW_KEY, Base

_OPEN = "done_at is null and skipped_at is null"


class ScheduledTask(Base):
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

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
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


def open_tasks(db: Session, device: str | None = None) -> list[ScheduledTask]:
    """Tasks that are neither done nor skipped, the most urgent first."""
    query = select(ScheduledTask).where(
        ScheduledTask.done_at.is_(None), ScheduledTask.skipped_at.is_(None)
    )
    if device is not None:
        query = query.where(ScheduledTask.device == device)
    return list(db.scalars(query.order_by(ScheduledTask.due_at, ScheduledTask.id)))


def tasks_due(db: Session, start: int, end: int) -> list[ScheduledTask]:
    """Tasks with a due time in [start, end)."""
    query = select(ScheduledTask).where(ScheduledTask.due_at >= start, ScheduledTask.due_at < end)
    return list(db.scalars(query.order_by(ScheduledTask.due_at, ScheduledTask.id)))


def open_task(db: Session, plan: str, device: str) -> ScheduledTask | None:
    """A plan's task on a device that is neither done nor skipped, if there is one."""
    return db.scalars(
        select(ScheduledTask).where(
            ScheduledTask.plan == plan,
            ScheduledTask.device == device,
            ScheduledTask.done_at.is_(None),
            ScheduledTask.skipped_at.is_(None),
        )
    ).first()


def counted_since(db: Session, device: str) -> int | None:
    """When the first plan of a device began to count."""
    query = select(func.min(ScheduledTask.counted_from)).where(ScheduledTask.device == device)
    return db.scalar(query)


def answered_at(db: Session, plan: str, device: str) -> int:
    """When a plan was last done on a device, or skipped by a person, UTC ms; -1 if it never was."""
    query = select(func.max(func.coalesce(ScheduledTask.done_at, ScheduledTask.skipped_at))).where(
        ScheduledTask.plan == plan,
        ScheduledTask.device == device,
        ScheduledTask.skip_kind != "missed",
    )
    at = db.scalar(query)
    return -1 if at is None else at


def last_task(db: Session, plan: str, device: str) -> ScheduledTask | None:
    """A plan's task on a device that was done or skipped last."""
    return db.scalars(
        select(ScheduledTask)
        .where(
            ScheduledTask.plan == plan,
            ScheduledTask.device == device,
            or_(ScheduledTask.done_at.is_not(None), ScheduledTask.skipped_at.is_not(None)),
        )
        .order_by(func.coalesce(ScheduledTask.done_at, ScheduledTask.skipped_at).desc())
    ).first()
