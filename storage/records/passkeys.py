"""Keys that a person's telephone or computer keeps instead of a password; what is kept here is public."""

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class Passkey(Base):
    """A key of a person."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url, as the key calls itself
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]  # what it is on, in the person's words
    public_key: Mapped[str]  # COSE, base64url
    sign_count: Mapped[int]  # how often it has signed; 0 for ever: it does not count
    made_at: Mapped[int]
    last_used_at: Mapped[int | None] = mapped_column(default=None)


class UsedChallenge(Base):
    """A challenge that was answered, for as long as its time is not over: none is answered twice."""

    __tablename__ = "used_challenges"

    digest: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[int]


def passkey(db: Session, credential_id: str) -> Passkey | None:
    """The key that calls itself so."""
    return db.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def passkeys_of(db: Session, user_id: int) -> list[Passkey]:
    """The keys of a person, the oldest first."""
    return list(db.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def forget_used_challenges(db: Session, before: int) -> None:
    """Take out those whose time is over."""
    old = delete(UsedChallenge).where(UsedChallenge.until < before)
    db.execute(old.execution_options(unaudited=True))
