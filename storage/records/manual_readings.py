"""Numbers that people read from a panel."""

from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class ManualReading(Base):
    """A number that a person read. The collector, the one writer of the series, stores it there.

    It is never changed: a correction, or a withdrawal, is a row of its own with the first one's
    device, metric, component and time, and stands for it in the series. The last one counts.
    """

    __tablename__ = "manual_readings"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
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
    stored_at: Mapped[int | None] = mapped_column("taken_at", default=None)  # in the series
    confirmed_by: Mapped[str] = mapped_column(default="")  # who was asked, and was sure
    corrects_id: Mapped[int | None] = mapped_column(default=None, index=True)  # the first one
    old_value: Mapped[float | None] = mapped_column(default=None)  # None: it had been withdrawn
    reason: Mapped[str] = mapped_column(default="")  # of the correction
    is_withdrawn: Mapped[bool] = mapped_column(default=False)


def pending_manual_readings(db: Session, position: int, limit: int) -> list[ManualReading]:
    """Those that are not in the series, or after the position stored there, in order of entry."""
    query = select(ManualReading).where(
        or_(ManualReading.stored_at.is_(None), ManualReading.id > position)
    )
    return list(db.scalars(query.order_by(ManualReading.id).limit(limit)))


def unstored(db: Session, device: str) -> list[ManualReading]:
    """Those of a device that are not in the series yet, in order of entry."""
    query = select(ManualReading).where(
        ManualReading.device == device, ManualReading.stored_at.is_(None)
    )
    return list(db.scalars(query.order_by(ManualReading.id)))


def count_unstored(db: Session) -> int:
    """How many are not in the series yet."""
    query = select(func.count()).select_from(ManualReading).where(ManualReading.stored_at.is_(None))
    return db.scalar(query) or 0


def entered_series(db: Session) -> set[tuple[str, str, str]]:
    """Every series of which a person ever entered a reading: device, metric, component."""
    query = select(ManualReading.device, ManualReading.metric, ManualReading.component).distinct()
    return {(device, metric, component) for device, metric, component in db.execute(query)}


def times_entered(
    db: Session, device: str, metric: str, component: str, at: int | None = None
) -> set[int]:
    """When a series was read by hand, UTC ms; with `at` only whether it was at that time."""
    query = select(ManualReading.at).where(
        ManualReading.device == device,
        ManualReading.metric == metric,
        ManualReading.component == component,
    )
    return set(db.scalars(query if at is None else query.where(ManualReading.at == at)))


def entered_between(db: Session, start: int, end: int) -> list[ManualReading]:
    """All that was read in [start, end), UTC ms, with corrections and withdrawals, in order of entry."""
    query = select(ManualReading).where(ManualReading.at >= start, ManualReading.at < end)
    return list(db.scalars(query.order_by(ManualReading.id)))


def copied(row: ManualReading) -> ManualReading:
    """The same for other records, which have no work orders."""
    copy = ManualReading(
        row.device, row.metric, row.value, row.at, row.who, row.entered_at, row.component
    )
    copy.stored_at, copy.is_withdrawn = row.stored_at, row.is_withdrawn
    copy.id, copy.corrects_id, copy.old_value = row.id, row.corrects_id, row.old_value
    return copy


def history(db: Session, number: int) -> list[ManualReading]:
    """A reading as it was first entered, and its corrections, oldest first; empty without one."""
    row = db.get(ManualReading, number)
    if row is None:
        return []
    first = row.corrects_id or row.id
    query = select(ManualReading).where(
        or_(ManualReading.id == first, ManualReading.corrects_id == first)
    )
    return list(db.scalars(query.order_by(ManualReading.id)))


def last_versions(
    db: Session, device: str, metric: str, component: str, start: int, end: int
) -> list[ManualReading]:
    """What was entered of a series at [start, end), each as it was corrected or withdrawn last."""
    query = select(ManualReading).where(
        ManualReading.device == device,
        ManualReading.metric == metric,
        ManualReading.component == component,
        ManualReading.at >= start,
        ManualReading.at < end,
    )
    rows = db.scalars(query.order_by(ManualReading.id))
    return list({row.corrects_id or row.id: row for row in rows}.values())


def manual_readings(db: Session, device: str, limit: int) -> list[ManualReading]:
    """The last readings that were entered by hand of a device, newest first."""
    query = select(ManualReading).where(ManualReading.device == device)
    return list(db.scalars(query.order_by(ManualReading.id.desc()).limit(limit)))
