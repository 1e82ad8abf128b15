"""Random secrets of cookies, links and tokens; the records keep their hash."""

import hashlib
import secrets

BYTES = 32  # nobody guesses 256 bits, so one round of SHA-256 is enough for the hash


def new_secret() -> str:
    """For a URL or a header: 43 characters."""
    return secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """As the records keep it."""
    return hashlib.sha256(secret.encode()).hexdigest()
