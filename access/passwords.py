"""Passwords: which are good enough, and their argon2id hashes. A hash takes a tenth of a second: never in a transaction."""

from collections.abc import Iterable
from functools import cache
from typing import NewType

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from access.secret import new_secret
from core.errors import RefusedError

PasswordHash = NewType("PasswordHash", str)

SHORTEST, LONGEST = 10, 200  # characters. Scanward's own; NIST SP 800-63B wants 8 at least
LEAST_OWN = 8  # of them, beside names and common words
# The least that OWASP's Password Storage Cheat Sheet (2024) asks of argon2id: 46 MiB, once, one thread.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1, type=Type.ID)
_COMMON = (
    "password",
    "passw0rd",
    "qwerty",
    "123456",
    "scanward",
    "letmein",
    "welcome",
    "afghanistan",
)


def hashed(password: str, names: Iterable[str] = ()) -> PasswordHash:
    """The hash of a new password. RefusedError if it is too short, or made of one of `names`."""
    if len(password) < SHORTEST:
        raise RefusedError("a password has {count} characters at least", count=SHORTEST)
    if len(password) > LONGEST:
        raise RefusedError("a password has {count} characters at most", count=LONGEST)
    if _is_easy(password.casefold(), [name.casefold() for name in names]):
        raise RefusedError("this password is easily guessed: take several words")
    return PasswordHash(_HASHER.hash(password))


def is_right(password: str, password_hash: str | None) -> bool:
    """Is it the password of that hash? Without one it takes as long, and is wrong."""
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Was it made with less effort than today's?"""
    return _HASHER.check_needs_rehash(password_hash)


def hashed_again(password: str) -> PasswordHash:
    """Today's hash of a password that was right."""
    return PasswordHash(_HASHER.hash(password))


@cache
def _nobodys_hash() -> str:
    """To be refused takes as long where there is no such person."""
    return _HASHER.hash(new_secret())


def _is_easy(password: str, names: Iterable[str]) -> bool:
    """What is left of it beside a name or a word that everybody takes is short; or few signs, again and again."""
    rest = min(
        (len(password.replace(word, "")) for word in (*_COMMON, *names) if len(word) > 2),
        default=SHORTEST,
    )
    return rest < LEAST_OWN or len(set(password)) < SHORTEST // 2
