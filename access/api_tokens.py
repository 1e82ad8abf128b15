"""Tokens of programs: a person's, and good for what both the person and the token's scopes allow."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from access.principal import Principal, principal
from access.secret import hash_of, issue
from access.users import find
from core.errors import RefusedError
from core.schema.strict_model import did_you_mean
from core.time.clock import MINUTE
from core.vocabulary.rights import RIGHTS
from storage.records import ApiToken, User, accounts
from storage.records.transaction import Transaction, needs

READ = "read"  # the scope to read all that pages show
CALENDAR = "calendar"  # the scope of a calendar's address, which programs keep in the clear
SCOPES = (READ, CALENDAR, *RIGHTS)
PREFIX = "scw_"  # so that it is known for what it is where it was left lying
USED_EVERY = MINUTE  # how exactly it is kept when it was last used


class TokenBearer(NamedTuple):
    """Who a token speaks for, and what it was made for."""

    principal: Principal
    token_id: int
    is_unseen: bool  # it is time to note again that it is used
    scopes: frozenset[str]


@needs("make a token")
def make_token(
    tx: Transaction, user: str, name: str, scopes: Iterable[str], expires_at: int | None = None
) -> str:
    """The token, which nobody sees again. RefusedError if a scope is none or the time is over."""
    chosen = list(dict.fromkeys(scopes))
    for scope in chosen:
        if scope not in SCOPES:
            hint = did_you_mean(scope, SCOPES)
            raise RefusedError("there is no scope {scope!r}{hint}", scope=scope, hint=hint)
    if not chosen or not name.strip():
        raise RefusedError("a token needs a name and a scope")
    if expires_at is not None and expires_at <= tx.now:
        raise RefusedError("a token cannot end before it begins")
    owner = find(tx, user).id
    return issue(
        tx.db,
        lambda digest: ApiToken(digest, owner, name.strip(), chosen, tx.now, expires_at),
        PREFIX,
    )


@needs("make a token")
def revoke_token(tx: Transaction, token_id: int) -> ApiToken:
    """It is refused from now on."""
    token = tx.db.get(ApiToken, token_id)
    if token is None:
        raise RefusedError("there is no token {token}", token=token_id)
    token.revoked_at = token.revoked_at or tx.now
    return token


def bearer_of(db: Session, secret: str, now: int, address: str = "") -> TokenBearer | None:
    """Whose token it is; None if it was revoked, is too old, its owner is disabled, or there is none."""
    token = accounts.api_token(db, hash_of(secret))
    if token is None or token.revoked_at is not None:
        return None
    user = db.get_one(User, token.user_id)
    if user.disabled_at is not None or (token.expires_at is not None and now >= token.expires_at):
        return None
    scopes = frozenset(token.scopes)
    owner = principal(user, address)
    is_unseen = now - (token.last_used_at or 0) >= USED_EVERY
    return TokenBearer(replace(owner, rights=owner.rights & scopes), token.id, is_unseen, scopes)


def use(tx: Transaction, token_id: int) -> None:
    """Note that it was used."""
    token = tx.db.get(ApiToken, token_id)
    if token is not None:
        token.last_used_at = tx.now
