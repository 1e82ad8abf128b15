"""Random secrets of cookies, links and tokens; the records keep their hash."""

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy.orm import Session

from storage.records.base import Base

BYTES = 32  # nobody guesses 256 bits, so one round of SHA-256 is enough for the hash


def new_secret() -> str:
    """For a URL or a header: 43 characters."""
    return secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """As the records keep it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(db: Session, row_of: Callable[[str], Base], prefix: str = "") -> str:
    """A new secret, which nobody sees again: kept is only the row that `row_of` makes of its hash."""
    secret = prefix + new_secret()
    db.add(row_of(hash_of(secret)))
    return secret
