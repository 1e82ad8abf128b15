"""Encryption to the vendor's key, in the age format: only who has the other half can open it."""

from pathlib import Path
from typing import Any

import pyrage

from core.bounded_file import KEY, read_bounded
from core.errors import ConfigError, Mistake

SUFFIX = ".age"


def receivers(text: str) -> list[str]:
    """The keys that `text` is or that the file of that name holds, one a line, `#` for remarks."""
    if text.startswith(("age1", "ssh-")):
        return [text]
    try:
        lines = read_bounded(Path(text), KEY).decode().splitlines()
    except (OSError, UnicodeDecodeError):
        reason = "neither a key (age1..., ssh-ed25519 ..., ssh-rsa ...) nor a file that can be read"
        raise ConfigError([Mistake("--to", "", f"{text!r} is {reason}")]) from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def encrypt(data: bytes, keys: list[str]) -> bytes:
    """The bytes that any of the keys can open. ConfigError names the key that is none."""
    return bytes(pyrage.encrypt(data, [_receiver(key) for key in keys]))


def _receiver(key: str) -> Any:
    kind = pyrage.ssh.Recipient if key.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(key)
    except pyrage.RecipientError:
        raise ConfigError([Mistake("--to", "", f"{key[:60]!r} is not an age or SSH key")]) from None
