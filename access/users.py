"""People who may sign in: added, changed, disabled. Nobody is taken out."""

import re
from collections.abc import Iterable
from typing import get_args

from access.passwords import PasswordHash
from core.errors import RefusedError
from core.schema.strict_model import did_you_mean
from core.text.languages import LANGUAGES
from core.vocabulary.rights import Role
from storage.records import User, accounts, logins
from storage.records.transaction import Transaction, needs

ROLES: tuple[Role, ...] = get_args(Role)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
LONGEST_NAME = 80  # characters of a full name
# In whose name Scanward itself writes; what has a colon is a door's, as in `cli:root`.
OWN_NAMES = frozenset(
    [
        "collector",
        "dashboard",
        "detection",
        "engine",
        "mail",
        "maintenance",
        "notices",
        "outbox",
        "reports",
        "scanward",
        "still_here",
        "telegram",
    ]
) | {"fault form", "link in a message"}


@needs("manage people")
def add_user(
    tx: Transaction, name: str, full_name: str, roles: Iterable[str], language: str = ""
) -> User:
    """Somebody new, who chooses a password by a link. RefusedError if the name is taken or none."""
    return new_user(tx, name, full_name, roles, language)


@needs("manage people")
def change_roles(tx: Transaction, name: str, roles: Iterable[str]) -> User:
    """Other roles instead, from the next click on."""
    return give_roles(tx, find(tx, name), roles)


def give_roles(tx: Transaction, user: User, roles: Iterable[str]) -> User:
    """`change_roles` by who manages them elsewhere."""
    chosen = known_roles(roles)
    if "IT" not in chosen:
        _keep_manager(tx, user)
    user.roles = chosen
    return user


@needs("manage people")
def disable(tx: Transaction, name: str) -> User:
    """They are signed out, and neither they nor their programs come in again."""
    user = find(tx, name)
    _keep_manager(tx, user)
    user.disabled_at = user.disabled_at or tx.now
    end_sessions(tx, user)
    return user


@needs("manage people")
def enable(tx: Transaction, name: str) -> User:
    """They may come in again, with the password that they had."""
    user = find(tx, name)
    user.disabled_at = None
    return user


def change_password(tx: Transaction, name: str, before: str, password: PasswordHash) -> User:
    """Their own, by who knew the old one, whose hash is `before`; they are signed out everywhere."""
    user = find(tx, name)
    if user.password_hash != before:
        raise RefusedError("the old password is wrong")
    user.password_hash = password
    end_sessions(tx, user)
    return user


def choose_language(tx: Transaction, name: str, language: str) -> User:
    """Their own, on every page; empty: the site's."""
    user = find(tx, name)
    user.language = known_language(language)
    return user


def new_user(
    tx: Transaction, name: str, full_name: str, roles: Iterable[str], language: str = ""
) -> User:
    """`add_user` for who has no rights yet: the first person."""
    login, full = valid_names(name, full_name)
    for user in accounts.users(tx.db):
        if user.name == login:
            raise RefusedError("{name!r} is taken", name=login)
        if user.full_name.casefold() == full.casefold():
            raise RefusedError("{name!r} is taken", name=full)
    user = User(login, full, known_roles(roles), tx.now, known_language(language))
    tx.db.add(user)
    tx.db.flush()  # it has its number
    return user


def valid_names(name: str, full_name: str) -> tuple[str, str]:
    """The name to sign in with and the full name, as they are kept. RefusedError if either is none."""
    login, full = sign_in_name(name), " ".join(full_name.split())
    if not _NAME.fullmatch(login):
        raise RefusedError(
            "{name!r} is no name to sign in with: small Latin letters, digits, dot and hyphen",
            name=name,
        )
    if not full or len(full) > LONGEST_NAME or ":" in full or full.casefold() in OWN_NAMES:
        raise RefusedError("{name!r} is no full name of a person", name=full_name)
    return login, full


def new_demo_user(tx: Transaction, role: str) -> User:
    """Who has that role at a site that is made up; nobody has their password."""
    name = f"demo-{role.lower()}"
    return accounts.user_named(tx.db, name) or new_user(tx, name, f"Demo {role}", [role])


def find(tx: Transaction, name: str) -> User:
    """Who signs in by that name. RefusedError if nobody does."""
    user = accounts.user_named(tx.db, sign_in_name(name))
    if user is None:
        hint = did_you_mean(name, [user.name for user in accounts.users(tx.db)])
        raise RefusedError("nobody is called {name!r}{hint}", name=name, hint=hint)
    return user


def sign_in_name(typed: str) -> str:
    """A name as it is compared."""
    return typed.strip().casefold()


def end_sessions(tx: Transaction, user: User, *, but: int | None = None) -> None:
    """Sign them out everywhere, or everywhere else."""
    for session in logins.open_login_sessions(tx.db, user.id, tx.now):
        if session.id != but:
            session.ended_at = tx.now


def known_language(language: str) -> str:
    """It, or empty: the site's. RefusedError if nobody wrote its words."""
    if language and language not in LANGUAGES:
        hint = did_you_mean(language, LANGUAGES)
        raise RefusedError("there is no language {language!r}{hint}", language=language, hint=hint)
    return language


def known_roles(roles: Iterable[str]) -> list[str]:
    """Each once, in the order of the table. RefusedError if there is none, or one that is no role."""
    by_name = {role.casefold(): role for role in ROLES}
    chosen = {role.casefold() for role in roles}
    for role in sorted(chosen - by_name.keys()):
        hint = did_you_mean(role, ROLES)
        raise RefusedError("there is no role {role!r}{hint}", role=role, hint=hint)
    if not chosen:
        raise RefusedError("say which role")
    return [role for name, role in by_name.items() if name in chosen]


def _keep_manager(tx: Transaction, user: User) -> None:
    """Somebody must be left who can let others in."""
    others = (other for other in accounts.users(tx.db) if other.id != user.id)
    if "IT" in user.roles and not any(
        "IT" in other.roles and other.disabled_at is None for other in others
    ):
        raise RefusedError("{name} is the last who manages people", name=user.full_name)
