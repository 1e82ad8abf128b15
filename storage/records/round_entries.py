"""What came in from rounds: numbers, what was left out and why, photos of panels; each once."""

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.rounds import SkipReason
from storage.records.base import Base


class RoundEntry(Base):
    """One thing that was handed in, by the key that its phone gave it. Never changed.

    A number has its reading, a photo its file, what was not read the reason.
    """

    __tablename__ = "round_entries"
    __table_args__ = (Index("round_entries_by_device", "device", "at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str]
    metric: Mapped[str]  # empty: the whole device
    component: Mapped[str]
    at: Mapped[int]  # when it was read
    who: Mapped[str]
    entered_at: Mapped[int]
    reading_id: Mapped[int | None] = mapped_column(
        ForeignKey("manual_readings.id"), index=True, default=None
    )
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"), default=None)
    skipped: Mapped[SkipReason | None] = mapped_column(default=None)
    stated_at: Mapped[int | None] = mapped_column(default=None)  # by a clock that was not believed


def newest_photo(db: Session, device: str) -> int | None:
    """The file of the last photo of a device's panel."""
    query = select(RoundEntry.file_id).where(
        RoundEntry.device == device, RoundEntry.file_id.is_not(None)
    )
    return db.scalar(query.order_by(RoundEntry.at.desc()).limit(1))


def is_photo(db: Session, file_id: int) -> bool:
    """Is this file a photo of a round?"""
    return db.scalar(select(RoundEntry.key).where(RoundEntry.file_id == file_id)) is not None
