"""Links by which a person chooses a password, once. There is no password to begin with."""

from sqlalchemy.orm import Session

from access.passwords import PasswordHash
from access.secret import hash_of, issue
from access.users import end_sessions, find, new_user
from core.errors import RefusedError
from core.time.clock import DAY, HOUR
from storage.records import SetupLink, User, accounts
from storage.records.passkeys import passkeys_of
from storage.records.transaction import Transaction, needs

FIRST_FOR = 24 * HOUR  # Scanward's own: whoever starts it for the first time is there
VALID_FOR = 3 * DAY  # Scanward's own: it goes by hand or by messenger


@needs("manage people")
def make_setup_link(tx: Transaction, name: str) -> str:
    """The secret of a link for somebody; what they had before no longer works: links, password, passkeys."""
    user = find(tx, name)
    if user.disabled_at is not None:
        raise RefusedError("{name} is disabled", name=user.full_name)
    user.password_hash = ""
    for key in passkeys_of(tx.db, user.id):
        tx.db.delete(key)
    end_sessions(tx, user)
    return _new_link(tx, user.id, VALID_FOR)


@needs("manage people")
def make_first_link(tx: Transaction) -> str | None:
    """The secret of the link for the first person, who manages the others; None if there are people."""
    if accounts.has_users(tx.db):
        return None
    return _new_link(tx, None, FIRST_FOR)


def user_of_link(db: Session, secret: str, now: int) -> User | None:
    """Whose link it is; None if it is the first person's. RefusedError if it leads nowhere (any more)."""
    link = _open_link(db, secret, now)
    return None if link.user_id is None else db.get_one(User, link.user_id)


def use_link(
    tx: Transaction, secret: str, password: PasswordHash, name: str = "", full_name: str = ""
) -> User:
    """Set the password of the link's user; by the first link that user signs up, with `name` and `full_name`."""
    link = _open_link(tx.db, secret, tx.now)
    if link.user_id is None:
        user = new_user(tx, name, full_name, ["IT"])
    else:
        user = tx.db.get_one(User, link.user_id)
        if user.disabled_at is not None:
            raise _unknown()
        end_sessions(tx, user)
    user.password_hash = password
    link.used_at = tx.now
    tx.db.flush()  # so that the user has a number
    return user


def _open_link(db: Session, secret: str, now: int) -> SetupLink:
    link = accounts.setup_link(db, hash_of(secret))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise _unknown()
    if link.user_id is None and accounts.has_users(db):
        raise _unknown()
    return link


def _new_link(tx: Transaction, user_id: int | None, valid_for: int) -> str:
    for link in accounts.open_setup_links(tx.db, user_id, tx.now):
        link.expires_at = tx.now
    return issue(tx.db, lambda digest: SetupLink(digest, user_id, tx.now, tx.now + valid_for))


def _unknown() -> RefusedError:
    """The same whatever it is, so that nobody learns more."""
    return RefusedError("this link was used, is too old, or is not one of ours")
