"""Every change of the site file that Scanward made or saw, with the whole text after it."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.site_changes import SiteChangeKind
from storage.records.base import ROW_KEY, Base


class SiteChange(Base):
    """One change. The text before it is that of the row before."""

    __tablename__ = "site_changes"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    at: Mapped[int]
    who: Mapped[str]  # empty: whoever had the text editor
    kind: Mapped[SiteChangeKind]
    reason: Mapped[str]
    diff: Mapped[str]  # unified, without secrets
    text: Mapped[str]  # the whole file afterwards; lines end as they do in the file
    sha256: Mapped[str]  # of that
    reverses: Mapped[int | None] = mapped_column(ForeignKey("site_changes.id"), default=None)


def newest_change(db: Session) -> SiteChange | None:
    """The last that was noted; None before the first."""
    return db.scalar(select(SiteChange).order_by(SiteChange.id.desc()).limit(1))


def change_before(db: Session, number: int) -> SiteChange | None:
    """The one whose text this change found; None for the first."""
    query = select(SiteChange).where(SiteChange.id < number)
    return db.scalar(query.order_by(SiteChange.id.desc()).limit(1))


def site_changes(db: Session, count: int) -> list[SiteChange]:
    """The last of them, newest first."""
    return list(db.scalars(select(SiteChange).order_by(SiteChange.id.desc()).limit(count)))
