"""Secrets that were typed on a page: each in a file of its own that only Scanward's user reads."""

import secrets
from pathlib import Path

from storage.files.atomic import translated
from storage.files.key_file import write_secret

FOLDER = "secrets"  # in the storage folder


def write_typed_secret(folder: Path, name: str, text: str) -> str:
    """What stands in the site file for it: `file:PATH`. A new file each time: an older site file keeps its own."""
    path = (folder / FOLDER / f"{name}-{secrets.token_hex(4)}").absolute()
    with translated("the secret"):
        write_secret(path, text.encode())
    return f"file:{path}"
