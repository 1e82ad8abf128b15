"""What the API answered to a write that had a key, so that the same asked twice is done once."""

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import Base


class IdempotentAnswer(Base):
    """The answer to one key of one user, written in the transaction of what was done."""

    __tablename__ = "idempotent_answers"

    key_hash: Mapped[str] = mapped_column(primary_key=True)  # of user and key
    request_hash: Mapped[str]  # of method, address and body
    at: Mapped[int]
    status: Mapped[int]
    body: Mapped[str]


def answer_of(db: Session, key_hash: str, since: int) -> IdempotentAnswer | None:
    """The answer that was given to that key at or after `since` (UTC ms)."""
    answer = db.get(IdempotentAnswer, key_hash)
    return None if answer is None or answer.at < since else answer


def keep_answer(db: Session, answer: IdempotentAnswer, since: int) -> None:
    """Keep it; what was answered before `since` (UTC ms) is forgotten."""
    old = delete(IdempotentAnswer).where(IdempotentAnswer.at < since)
    db.execute(old.execution_options(unaudited=True, synchronize_session="fetch"))
    db.add(answer)
