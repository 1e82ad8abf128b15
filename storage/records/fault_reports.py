"""What anybody at a machine has reported, beside the work order that it became."""

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base
from storage.records.files import File


class FaultReport(Base):
    """A form that was sent. Several people may report the same fault: then they have one order."""

    __tablename__ = "fault_reports"
    __table_args__ = (Index("fault_reports_by_time", "at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_orders.id"), index=True)
    device: Mapped[str]
    at: Mapped[int]
    # Of what was sent and of the page that it was typed on; None: a page that has no number of its own.
    digest: Mapped[str | None] = mapped_column(unique=True, default=None)
    usual_faults: Mapped[list[str]] = mapped_column(default_factory=list)  # in English
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")  # as it was typed
    tried: Mapped[str] = mapped_column(default="")  # what was done already
    address: Mapped[str] = mapped_column(default="")  # of the network
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"), default=None)


def report_of_digest(db: Session, digest: str) -> FaultReport | None:
    """The same form, if it was sent before."""
    return db.scalars(select(FaultReport).where(FaultReport.digest == digest)).first()


def reports_of_order(db: Session, order: int) -> list[FaultReport]:
    """Everybody's report of the fault that an order is about, the first one first."""
    query = select(FaultReport).where(FaultReport.order_id == order)
    return list(db.scalars(query.order_by(FaultReport.id)))


def count_reports(
    db: Session, since: int, *, device: str | None = None, address: str | None = None
) -> int:
    """How many were sent after `since`, about one device or from one address."""
    query = select(func.count()).select_from(FaultReport).where(FaultReport.at > since)
    if device is not None:
        query = query.where(FaultReport.device == device)
    if address is not None:
        query = query.where(FaultReport.address == address)
    return db.scalar(query) or 0


def photo_bytes(db: Session, since: int) -> int:
    """How large the photos are together that came with reports after `since`."""
    query = select(func.sum(File.size)).join(FaultReport, FaultReport.photo_id == File.id)
    return db.scalar(query.where(FaultReport.at > since)) or 0
