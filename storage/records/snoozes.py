"""What shall not stand on the list of the day for a time, and why."""

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.severity import Severity
from storage.records.base import ROW_KEY, Base


class Snooze(Base):
    """Somebody has put off what `subject` is about, as it stood then. At most one of a subject holds."""

    __tablename__ = "snoozes"
    __table_args__ = (Index("snoozes_by_end", "until"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    subject: Mapped[str]  # `alert:12`, `downtime:3`, `order:5`, `task:9`
    at: Mapped[int]
    until: Mapped[int]
    reason: Mapped[str]
    by: Mapped[str]
    severity: Mapped[Severity]  # how bad it was then
    beyond: Mapped[float]  # and how far beyond its limit, in its own unit; 0 without one


def open_snoozes(db: Session, now: int) -> dict[str, Snooze]:
    """Those that hold at that moment (UTC ms), by subject.

    One that was begun later than now is none: the clock was ahead when it was, and so is its end.
    """
    query = select(Snooze).where(Snooze.at <= now, Snooze.until > now).order_by(Snooze.id)
    return {snooze.subject: snooze for snooze in db.scalars(query)}
