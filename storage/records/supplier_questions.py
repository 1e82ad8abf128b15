"""What a supplier wants to know from who stands at the device, and what was answered."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.text.languages import nearest
from storage.records.base import ROW_KEY, Base
from storage.records.tickets import Ticket


class SupplierQuestion(Base):
    """Asked on a ticket, in the words that the profile had then."""

    __tablename__ = "supplier_questions"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    key: Mapped[str]  # in the profile's list; empty: the engineer's own line
    en: Mapped[str]
    fa: Mapped[str]
    at: Mapped[int]
    who: Mapped[str]
    language: Mapped[str]  # of who reads the answer
    answers: Mapped[list["SupplierAnswer"]] = relationship(
        back_populates="question", order_by="SupplierAnswer.id", default_factory=list
    )

    def words(self, language: str) -> str:
        """The question, in a language."""
        return self.fa if nearest(language, ("en", "fa")) == "fa" else self.en


class SupplierAnswer(Base):
    """An answer; the last is what counts, those before it were corrected. Never changed afterwards."""

    __tablename__ = "supplier_answers"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    question: Mapped[SupplierQuestion] = relationship(back_populates="answers")
    text: Mapped[str]
    at: Mapped[int]
    who: Mapped[str]
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_messages.id"))
    question_id: Mapped[int] = mapped_column(
        ForeignKey("supplier_questions.id"), index=True, init=False
    )


def questions(db: Session, ticket: int | None = None) -> list[SupplierQuestion]:
    """Those of a ticket, or of every ticket that is not closed; in the order in which they were asked."""
    query = select(SupplierQuestion)
    if ticket is None:
        query = query.join(Ticket).where(Ticket.state != "closed")
    else:
        query = query.where(SupplierQuestion.ticket_id == ticket)
    rows = list(db.scalars(query.order_by(SupplierQuestion.id)))
    for row in rows:
        _ = row.answers  # looked at while they can be fetched
    return rows
