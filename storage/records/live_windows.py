"""Hours in which the holder of a supplier's link sees the live values of the ticket's device."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.tickets import LiveEnd
from storage.records.base import ROW_KEY, Base
from storage.records.vendor_links import VendorLink


class LiveWindow(Base):
    """Opened by a person for one link; over at `until` whatever happens, or before."""

    __tablename__ = "live_windows"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    link_id: Mapped[int] = mapped_column(ForeignKey("vendor_links.id"), index=True)
    opened_at: Mapped[int]
    opened_by: Mapped[str]
    until: Mapped[int]
    watched_at: Mapped[int | None] = mapped_column(default=None)  # for the first time
    ended_at: Mapped[int | None] = mapped_column(default=None)  # None: at `until`, if that is over
    ended_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[LiveEnd | None] = mapped_column(default=None)

    def is_open(self, now: int) -> bool:
        """Is it inside of its hour? Not before it either: the clock was set back."""
        return self.ended_at is None and self.opened_at <= now < self.until

    def finish(self, reason: LiveEnd, by: str, now: int) -> None:
        """It is over. Twice changes nothing."""
        if self.ended_at is None:
            self.ended_at, self.ended_by, self.reason = now, by, reason


def unended_window(db: Session, link: int) -> LiveWindow | None:
    """The last of a link, unless somebody has written down that it ended."""
    query = select(LiveWindow).where(LiveWindow.link_id == link, LiveWindow.ended_at.is_(None))
    return db.scalar(query.order_by(LiveWindow.id.desc()).limit(1))


def unended_windows(db: Session, ticket: int | None = None) -> list[LiveWindow]:
    """The same of every link, or of those to a ticket."""
    query = select(LiveWindow).where(LiveWindow.ended_at.is_(None))
    if ticket is not None:
        query = query.join(VendorLink).where(VendorLink.ticket_id == ticket)
    return list(db.scalars(query.order_by(LiveWindow.id)))


def windows_of_link(db: Session, link: int, count: int) -> list[LiveWindow]:
    """The last of a link, the newest first."""
    query = select(LiveWindow).where(LiveWindow.link_id == link)
    return list(db.scalars(query.order_by(LiveWindow.id.desc()).limit(count)))
