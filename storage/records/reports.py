"""Reports that a schedule made: each once, and told by its channels like an alert."""

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base
from storage.records.deliveries import Delivery


class MadeReport(Base):
    """One report of one month. Its files lie in the storage folder; they can be made again."""

    __tablename__ = "reports"
    # The unique index keeps a second loop, or one killed half way, from telling it twice.
    __table_args__ = (Index("reports_once", "kind", "calendar", "month", "language", unique=True),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    kind: Mapped[str]
    calendar: Mapped[str]
    month: Mapped[str]  # `2026-10`, `1405-07`
    language: Mapped[str]
    made_at: Mapped[int]
    title: Mapped[str]  # of the message
    text: Mapped[str]  # the headlines, for who cannot open a file
    files: Mapped[list[str]]  # names in the folder `reports`


def is_made(db: Session, kind: str, calendar: str, month: str, language: str) -> bool:
    """Is there one already?"""
    query = select(MadeReport.id).where(
        MadeReport.kind == kind,
        MadeReport.calendar == calendar,
        MadeReport.month == month,
        MadeReport.language == language,
    )
    return db.scalars(query).first() is not None


def report_of_delivery(db: Session, delivery_id: int) -> tuple[Delivery, MadeReport] | None:
    """A delivery and the report that it is about; None if it is about an alert."""
    row = db.execute(
        select(Delivery, MadeReport)
        .join(MadeReport, Delivery.report_id == MadeReport.id)
        .where(Delivery.id == delivery_id)
    ).first()
    return None if row is None else (row[0], row[1])
