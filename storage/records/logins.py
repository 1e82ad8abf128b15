"""Sessions of signed-in people, and the passwords that were wrong."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class LoginSession(Base):
    """A person in a browser, from signing in until it ends. Only a hash of its cookie is kept."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("login_sessions_by_user", "user_id", "address"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    began_at: Mapped[int]
    last_seen_at: Mapped[int]
    ends_at: Mapped[int]  # at the latest
    address: Mapped[str]
    agent: Mapped[str]  # what the browser calls itself
    ended_at: Mapped[int | None] = mapped_column(default=None)  # signed out, or ended by somebody


class LoginFailures(Base):
    """How often a password was wrong, for one account, one address, or one account from one address."""

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(primary_key=True)  # a hash: people type passwords as names
    count: Mapped[int]
    last_at: Mapped[int]
    locked_until: Mapped[int] = mapped_column(default=0)


def login_session(db: Session, secret_hash: str) -> LoginSession | None:
    """The session of that secret, ended or not."""
    return db.scalar(select(LoginSession).where(LoginSession.secret_hash == secret_hash))


def open_login_sessions(db: Session, user_id: int, now: int) -> list[LoginSession]:
    """The sessions of a user that nobody ended and that are not past their last moment."""
    query = select(LoginSession).where(LoginSession.user_id == user_id)
    query = query.where(LoginSession.ended_at.is_(None), LoginSession.ends_at > now)
    return list(db.scalars(query.order_by(LoginSession.last_seen_at.desc())))


def has_signed_in_from(db: Session, user_id: int, address: str, since: int) -> bool:
    """Has that user signed in from that address since then?"""
    query = select(LoginSession.id).where(
        LoginSession.user_id == user_id,
        LoginSession.address == address,
        LoginSession.began_at >= since,
    )
    return db.scalar(query.limit(1)) is not None


def login_failures(db: Session, keys: Iterable[str]) -> dict[str, LoginFailures]:
    """What is known of these keys."""
    rows = db.scalars(select(LoginFailures).where(LoginFailures.key.in_(list(keys))))
    return {row.key: row for row in rows}


def forget_login_failures(db: Session, before: int) -> None:
    """Take out what is older: it no longer counts."""
    old = delete(LoginFailures).where(LoginFailures.last_at < before)
    db.execute(old.execution_options(unaudited=True))
