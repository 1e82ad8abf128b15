"""Links by which a supplier comes to one ticket without an account, and what was done by each.

Of a link and of the browser that it is bound to only a hash is kept.
"""

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.tickets import VisitKind
from storage.records.base import ROW_KEY, Base


class VendorLink(Base):
    """A link to one ticket, good until it ends or somebody takes it back."""

    __tablename__ = "vendor_links"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    made_at: Mapped[int]
    made_by: Mapped[str]
    expires_at: Mapped[int]
    is_bound: Mapped[bool]  # good in the first browser only that opens the case
    language: Mapped[str]  # of its page; a supplier's is seldom the site's
    browser_hash: Mapped[str] = mapped_column(default="")  # empty: in none yet
    opened_at: Mapped[int | None] = mapped_column(default=None)  # for the first time
    revoked_at: Mapped[int | None] = mapped_column(default=None)


class VendorVisit(Base):
    """Something that was done by a link. Never changed afterwards."""

    __tablename__ = "vendor_visits"
    __table_args__ = (Index("vendor_visits_by_link", "link_id", "at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    link_id: Mapped[int] = mapped_column(ForeignKey("vendor_links.id"))
    at: Mapped[int]
    kind: Mapped[VisitKind]
    address: Mapped[str]  # of the network
    about: Mapped[str] = mapped_column(default="")  # the name of a file


def vendor_link(db: Session, secret_hash: str) -> VendorLink | None:
    """The link of that secret, good or not."""
    return db.scalar(select(VendorLink).where(VendorLink.secret_hash == secret_hash))


def vendor_links(db: Session, ticket: int) -> list[VendorLink]:
    """The links to a ticket, the newest first."""
    query = select(VendorLink).where(VendorLink.ticket_id == ticket)
    return list(db.scalars(query.order_by(VendorLink.id.desc())))


def vendor_visits(db: Session, link: int, count: int) -> list[VendorVisit]:
    """What was last done by a link, the newest first."""
    query = select(VendorVisit).where(VendorVisit.link_id == link)
    return list(db.scalars(query.order_by(VendorVisit.id.desc()).limit(count)))


def count_visits(db: Session, link: int, since: int) -> int:
    """How often something was done by a link since then."""
    query = select(func.count()).select_from(VendorVisit)
    return db.scalar(query.where(VendorVisit.link_id == link, VendorVisit.at > since)) or 0
