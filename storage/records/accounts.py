"""People who may sign in, the links by which they choose a password, and the tokens of their programs.

Of every secret only a hash is kept.
"""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import ROW_KEY, Base


class User(Base):
    """A person. Never taken out, for their name stands in the rows they wrote; disabled instead."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    name: Mapped[str] = mapped_column(unique=True)  # to sign in with; small letters
    full_name: Mapped[str] = mapped_column(unique=True)  # in every row that they write
    roles: Mapped[list[str]]
    created_at: Mapped[int]
    language: Mapped[str] = mapped_column(default="")  # empty: the site's
    password_hash: Mapped[str] = mapped_column(default="")  # argon2id; empty: none was chosen yet
    disabled_at: Mapped[int | None] = mapped_column(default=None)


class ExternalLogin(Base):
    """A person as a provider of OpenID Connect knows them."""

    __tablename__ = "external_logins"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    issuer: Mapped[str]
    subject: Mapped[str]  # never given to another, unlike a name
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class SetupLink(Base):
    """A link by which a person chooses a password, once. Without a user: the first one signs up by it."""

    __tablename__ = "setup_links"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[int]
    expires_at: Mapped[int]
    used_at: Mapped[int | None] = mapped_column(default=None)


class ApiToken(Base):
    """A secret with which a program does, in a person's name, what both may."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]  # what the program is
    scopes: Mapped[list[str]]  # see access/api_tokens.py
    made_at: Mapped[int]
    expires_at: Mapped[int | None] = mapped_column(default=None)
    revoked_at: Mapped[int | None] = mapped_column(default=None)
    last_used_at: Mapped[int | None] = mapped_column(default=None)


def users(db: Session) -> list[User]:
    """Everybody, by name."""
    return list(db.scalars(select(User).order_by(User.name)))


def user_named(db: Session, name: str) -> User | None:
    """Who signs in by that name, disabled or not."""
    return db.scalar(select(User).where(User.name == name))


def has_users(db: Session) -> bool:
    """Is there anybody yet?"""
    return db.scalar(select(User.id).limit(1)) is not None


def external_login(db: Session, issuer: str, subject: str) -> ExternalLogin | None:
    """Who that is, if they came in before."""
    query = select(ExternalLogin).where(ExternalLogin.issuer == issuer)
    return db.scalar(query.where(ExternalLogin.subject == subject))


def is_linked(db: Session, issuer: str, user_id: int) -> bool:
    """Does that provider know this person?"""
    query = select(ExternalLogin.id).where(ExternalLogin.issuer == issuer)
    return db.scalar(query.where(ExternalLogin.user_id == user_id).limit(1)) is not None


def setup_link(db: Session, secret_hash: str) -> SetupLink | None:
    """The link of that secret, used or not."""
    return db.scalar(select(SetupLink).where(SetupLink.secret_hash == secret_hash))


def open_setup_links(db: Session, user_id: int | None, now: int) -> Sequence[SetupLink]:
    """The links of that user that still lead somewhere."""
    query = select(SetupLink).where(SetupLink.used_at.is_(None), SetupLink.expires_at > now)
    return list(db.scalars(query.where(SetupLink.user_id == user_id)))


def api_token(db: Session, secret_hash: str) -> ApiToken | None:
    """The token of that secret, revoked or not."""
    return db.scalar(select(ApiToken).where(ApiToken.secret_hash == secret_hash))


def tokens_of(db: Session, user_id: int | None = None) -> list[ApiToken]:
    """The tokens of a user, or of all; the newest first."""
    query = select(ApiToken).order_by(ApiToken.id.desc())
    return list(db.scalars(query if user_id is None else query.where(ApiToken.user_id == user_id)))
