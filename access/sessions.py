"""A signed-in person in a browser: until signed out, idle for too long, or past the last moment."""

from sqlalchemy.orm import Session

from access.principal import Principal, principal
from access.secret import hash_of, issue
from core.schema.access import Access
from core.time.clock import MINUTE
from storage.records import LoginSession, User, logins
from storage.records.transaction import Transaction

SEEN_EVERY = MINUTE  # how exactly it is kept when somebody was last there
LONGEST_AGENT = 200  # characters


def begin(tx: Transaction, user: User, address: str, agent: str) -> str:
    """The secret of a new session's cookie. The number is never an old one's, so none can be planted."""
    now = tx.now
    ends, agent = now + tx.site.file.access.longest, agent[:LONGEST_AGENT]
    return issue(
        tx.db, lambda digest: LoginSession(digest, user.id, now, now, ends, address, agent)
    )


def by_secret(db: Session, secret: str, settings: Access, now: int) -> Principal | None:
    """Whose cookie it is; None if the session is over or there never was one."""
    return _alive(db, logins.login_session(db, hash_of(secret)), settings, now)


def by_number(db: Session, session_id: int, settings: Access, now: int) -> Principal | None:
    """The same for a session that was known before."""
    return _alive(db, db.get(LoginSession, session_id), settings, now)


def is_unseen(db: Session, session_id: int, now: int) -> bool:
    """Is it time to note again that somebody is there?"""
    row = db.get(LoginSession, session_id)
    return row is not None and now - row.last_seen_at >= SEEN_EVERY


def see(tx: Transaction, session_id: int) -> None:
    """Somebody is there."""
    row = tx.db.get(LoginSession, session_id)
    if row is not None:
        row.last_seen_at = max(row.last_seen_at, tx.now)


def end(tx: Transaction, session_id: int) -> None:
    """Sign out."""
    row = tx.db.get(LoginSession, session_id)
    if row is not None and row.ended_at is None:
        row.ended_at = tx.now


def _alive(db: Session, row: LoginSession | None, settings: Access, now: int) -> Principal | None:
    if row is None or row.ended_at is not None or now >= row.ends_at:
        return None
    user = db.get_one(User, row.user_id)
    if now - row.last_seen_at >= settings.idle or user.disabled_at is not None:
        return None
    return principal(user, row.address, row.id)
