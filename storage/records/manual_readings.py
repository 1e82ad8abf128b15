"""Numbers that people read from a panel."""

from sqlalchemy import ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class ManualReading(Base):
    """A number that a person read. The collector, the one writer of the series, stores it there."""

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


def pending_manual_readings(db: Session, position: int, limit: int) -> list[ManualReading]:
    """Those that are not in the series, or after the position stored there, in order of entry."""
    query = select(ManualReading).where(
        or_(ManualReading.stored_at.is_(None), ManualReading.id > position)
    )
    return list(db.scalars(query.order_by(ManualReading.id).limit(limit)))


def manual_readings(db: Session, device: str, limit: int) -> list[ManualReading]:
    """The last readings that were entered by hand of a device, newest first."""
    query = select(ManualReading).where(ManualReading.device == device)
    return list(db.scalars(query.order_by(ManualReading.id.desc()).limit(limit)))
