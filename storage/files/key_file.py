"""Random keys in the storage folder, which only Scanward's own user reads."""

import secrets
from contextlib import suppress
from pathlib import Path

from storage.files.atomic import own_folder, translated, whole_file

KEY_BYTES = 32


def site_key(path: Path) -> bytes:
    """The key in that file; made if there is none yet. StoreError if it can be neither read nor made."""
    with translated(f"the key {path.name}"):
        if not path.exists():
            write_secret(path, secrets.token_bytes(KEY_BYTES))
        return path.read_bytes()


def write_secret(path: Path, data: bytes) -> None:
    """Write a file whole or not at all that its owner alone reads; its folder is made if it is absent."""
    own_folder(path.parent)
    with whole_file(path) as unfinished:
        unfinished.touch(0o600)
        with suppress(PermissionError):  # a disk that knows no modes
            unfinished.chmod(0o600)
        unfinished.write_bytes(data)
