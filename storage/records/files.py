"""Photos and documents, by what they belong to."""

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.files import FileOwner
from storage.records.base import ROW_KEY, Base


class File(Base):
    """A document or photo of an asset, order, ticket, message or downtime."""

    __tablename__ = "files"
    __table_args__ = (Index("files_by_owner", "about", "about_id"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    about: Mapped[FileOwner]
    about_id: Mapped[str]
    name: Mapped[str]  # as it was called by who brought it
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    sha256: Mapped[str]  # where it is in the storage folder: storage/files/attachments.py
    at: Mapped[int]
    who: Mapped[str]


def files(db: Session, about: FileOwner, about_id: str) -> list[File]:
    """The photos and documents of one thing, in the order in which they were brought."""
    query = select(File).where(File.about == about, File.about_id == about_id)
    return list(db.scalars(query.order_by(File.id)))
