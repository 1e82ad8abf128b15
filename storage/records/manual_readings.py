"""Numbers that people read from a panel."""

from sqlalchemy import ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class ManualReading(Base):
    """A number that a person read. The collector stores it in the series: it is their one writer."""

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
    taken_at: Mapped[int | None] = mapped_column(default=None)  # it is in the series


def pending_manual_readings(db: Session, position: int, limit: int) -> list[ManualReading]:
    """Those that are not taken, or after the position that the series know, in order of entry."""
    query = select(ManualReading).where(
        or_(ManualReading.taken_at.is_(None), ManualReading.id > position)
    )
    return list(db.scalars(query.order_by(ManualReading.id).limit(limit)))


def manual_readings(db: Session, device: str, limit: int) -> list[ManualReading]:
    """What was last entered by hand of a device, newest first."""
    query = select(ManualReading).where(ManualReading.device == device)
    return list(db.scalars(query.order_by(ManualReading.id.desc()).limit(limit)))
