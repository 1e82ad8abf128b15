"""Signing in with a password. Wrong ones are counted before they are looked at, and wait longer each time.

Three counts: of the account, of the network address, and of the account in this browser (or, where it never
signed in before, from this address). A browser that signed in once is known by a cookie of its own, and only
the third count stops it: so a stranger who tries all day does not keep the person out. Every lock ends by itself.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import passwords, sessions
from access.users import sign_in_name
from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import DAY, MINUTE, SECOND
from storage.records import LoginFailures, Records, User, accounts, logins
from storage.records.transaction import transaction

log = logging.getLogger(__name__)

# Wrong passwords before the first wait. Scanward's own: a person slips, a house shares an address.
FREE = {"account": 20, "address": 50, "pair": 5}
FIRST_WAIT, LONGEST_WAIT = 30 * SECOND, 15 * MINUTE  # doubled each time
FORGOTTEN_AFTER = DAY
WHO = "login"  # in the audit


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """What somebody typed, and where they are."""

    name: str
    password: str
    address: str
    agent: str
    known_browser_of: int | None = None  # the user who signed in from it before


@dataclass(frozen=True, slots=True)
class NewLogin:
    """Somebody who has signed in."""

    secret: str  # of the cookie
    user_id: int
    full_name: str


def log_in(
    records: Records, site: Site, attempt: LoginAttempt, clock: Callable[[], int]
) -> NewLogin:
    """Begin a session. RefusedError if the name or the password is wrong, in the same words and time, or it must wait.

    It takes a tenth of a second of one core: never in the event loop.
    """
    name = sign_in_name(attempt.name)
    with records.reading() as db:
        user = accounts.user_named(db, name)
        keys = _keys(name, attempt, user)
        _refuse_while_locked(db, keys, clock())
    with transaction(records, site, WHO, clock(), address=attempt.address) as tx:
        # Once more: many may have come at once.
        _refuse_while_locked(tx.db, keys, tx.now)
        logins.forget_login_failures(tx.db, tx.now - FORGOTTEN_AFTER)
        _count(tx.db, keys, tx.now, 1)
    if not passwords.is_right(attempt.password, user.password_hash if user else None):
        raise _wrong(attempt)
    new_hash = user and passwords.is_outdated(user.password_hash)
    password = passwords.hashed_again(attempt.password) if new_hash else None
    with transaction(records, site, WHO, clock(), address=attempt.address) as tx:
        now_known = accounts.user_named(tx.db, name)
        if now_known is None or user is None or now_known.disabled_at is not None:
            raise _wrong(attempt)
        if now_known.password_hash != user.password_hash:
            raise _wrong(attempt)  # changed meanwhile
        _count(tx.db, keys, tx.now, -1)
        _forget(tx.db, keys["pair"])
        now_known.password_hash = password or now_known.password_hash
        secret = sessions.begin(tx, now_known, attempt.address, attempt.agent)
        return NewLogin(secret, now_known.id, now_known.full_name)


def _keys(name: str, attempt: LoginAttempt, user: User | None) -> Mapping[str, str]:
    """What is counted, by kind. Hashed: people type passwords into the field for names."""
    if user is not None and user.id == attempt.known_browser_of:
        return {"pair": _hash("browser", name)}
    return {
        "account": _hash("account", name),
        "address": _hash("address", attempt.address),
        "pair": _hash("pair", name, attempt.address),
    }


def _hash(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def _refuse_while_locked(db: Session, keys: Mapping[str, str], now: int) -> None:
    rows = logins.login_failures(db, keys.values()).values()
    wait = max((row.locked_until - now for row in rows if not _is_ahead(row, now)), default=0)
    if wait > 0:
        minutes = -(-wait // MINUTE)
        raise RefusedError("too many wrong passwords: try again in {minutes} min", minutes=minutes)


def _count(db: Session, keys: Mapping[str, str], now: int, change: int) -> None:
    """One more, or it was none after all."""
    rows = logins.login_failures(db, keys.values())
    for kind, key in keys.items():
        row = rows.get(key)
        if row is None:
            row = LoginFailures(key, 0, now)
            db.add(row)
        count = 0 if _is_ahead(row, now) else row.count
        row.count, row.last_at = max(count + change, 0), now
        too_many = row.count - FREE[kind]
        row.locked_until = 0
        if too_many >= 0:
            row.locked_until = now + min(FIRST_WAIT << min(too_many, 10), LONGEST_WAIT)


def _is_ahead(row: LoginFailures, now: int) -> bool:
    """Was it counted by a clock that was ahead? It must not make a wait of years."""
    return row.last_at > now + MINUTE


def _forget(db: Session, key: str) -> None:
    for row in logins.login_failures(db, [key]).values():
        db.delete(row)


def _wrong(attempt: LoginAttempt) -> RefusedError:
    log.warning("a wrong name or password from %s", attempt.address)
    return RefusedError("the name or the password is wrong")
