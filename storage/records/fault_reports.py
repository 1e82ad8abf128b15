"""What anybody at a machine has reported, beside the work order that it became."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, exists, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.severity import Severity
from storage.records.base import ROW_KEY, Base
from storage.records.downtime import Downtime
from storage.records.files import File
from storage.records.work_orders import WorkOrder


class FaultNotice(Base):
    """People were notified of what had been reported from one address."""

    __tablename__ = "fault_notices"
    __table_args__ = (Index("fault_notices_by_time", "at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    at: Mapped[int]
    severity: Mapped[Severity]
    address: Mapped[str]  # of the network


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
    notice_id: Mapped[int | None] = mapped_column(
        ForeignKey("fault_notices.id"), index=True, default=None
    )  # with which people were notified of its order


def report_of_digest(db: Session, digest: str) -> FaultReport | None:
    """The same form, if it was sent before."""
    return db.scalars(select(FaultReport).where(FaultReport.digest == digest)).first()


def reports_of_order(db: Session, order: int) -> list[FaultReport]:
    """Everybody's report of the fault that an order is about, the first one first."""
    query = select(FaultReport).where(FaultReport.order_id == order)
    return list(db.scalars(query.order_by(FaultReport.id)))


def reports_of_notice(db: Session, notice: int) -> list[tuple[FaultReport, WorkOrder]]:
    """What a notice is about, the first report of each order."""
    query = select(FaultReport, WorkOrder).join(WorkOrder, FaultReport.order_id == WorkOrder.id)
    rows = db.execute(query.where(FaultReport.notice_id == notice).order_by(FaultReport.id))
    return list({order.id: (report, order) for report, order in reversed(rows.all())}.values())[
        ::-1
    ]


def unnoticed_reports(db: Session, since: int) -> list[tuple[FaultReport, WorkOrder]]:
    """Reports after `since` of orders that nobody has taken and nobody was notified of, the first one first."""
    earlier = aliased(FaultReport)
    is_noticed = exists().where(
        earlier.order_id == FaultReport.order_id, earlier.notice_id.is_not(None)
    )
    query = (
        select(FaultReport, WorkOrder)
        .join(WorkOrder, FaultReport.order_id == WorkOrder.id)
        .where(FaultReport.at > since, WorkOrder.state == "open", ~is_noticed)
        .order_by(FaultReport.id)
    )
    return [(report, order) for report, order in db.execute(query)]


def count_notices(db: Session, since: int, until: int, address: str) -> int:
    """How many were given in (since, until] of reports from one address."""
    query = select(func.count()).select_from(FaultNotice)
    query = query.where(FaultNotice.at > since, FaultNotice.at <= until)
    return db.scalar(query.where(FaultNotice.address == address)) or 0


def extents_of(db: Session, orders: Iterable[int]) -> dict[int, DowntimeExtent]:
    """By order: how much of its device cannot be used, as was reported; absent: it can be used."""
    query = select(Downtime.order_id, Downtime.extent).where(Downtime.order_id.in_(list(orders)))
    rows = db.execute(query.order_by(Downtime.id))
    return {order: extent for order, extent in rows if order is not None}


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
