"""Secrets that were typed on a page: a file each in the storage folder, which the site file names."""

import os
import secrets
from pathlib import Path

from core.errors import RefusedError
from core.schema.site import Site
from core.text.plain import control_in
from storage.files.atomic import own_folder, translated
from storage.records.transaction import Transaction, needs

MOST_CHARACTERS = 10_000


def secret_file(site: Site, name: str) -> str:
    """A file for a new secret: never that of an old one, which a change that is taken back names again."""
    folder = site.file.storage.folder.absolute() / "secrets"
    return str(folder / f"{name}-{secrets.token_hex(4)}")


@needs("change the site file")
def keep_secret(tx: Transaction, path: str, secret: str) -> None:
    """Write a secret to its file, for nobody else to read. RefusedError if it is none."""
    if not secret.strip() or len(secret) > MOST_CHARACTERS or "\n" in secret or control_in(secret):
        raise RefusedError("that is no secret: one line without characters that nobody can see")
    file = Path(path)
    if file.parent != tx.site.file.storage.folder.absolute() / "secrets":
        raise RefusedError("{address!r} is no place in a file", address=path)
    with translated("the secret cannot be kept"):
        own_folder(file.parent)
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(secret)
            opened.flush()
            os.fsync(opened.fileno())
