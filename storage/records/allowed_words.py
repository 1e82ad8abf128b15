"""Words that a person lets out of the house in the bundles of a ticket, though the scrubber does not know them."""

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class AllowedWord(Base):
    """One word of one ticket, in small letters. Taken back, it is deleted; the audit has both."""

    __tablename__ = "allowed_words"
    __table_args__ = (UniqueConstraint("ticket_id", "word"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    word: Mapped[str]
    at: Mapped[int]
    who: Mapped[str]


def allowed_words(db: Session, ticket_id: int) -> list[AllowedWord]:
    """Those of a ticket, in order of the alphabet."""
    query = select(AllowedWord).where(AllowedWord.ticket_id == ticket_id)
    return list(db.scalars(query.order_by(AllowedWord.word)))
