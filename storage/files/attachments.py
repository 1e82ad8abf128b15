"""Photos and documents: files of the storage folder that records name by their SHA-256.

So the same photo is stored once, nothing is ever overwritten, and a copy of the folder is right
whenever it is made.
"""

import hashlib
from pathlib import Path

from core.errors import StoreError
from storage.files.atomic import translated, write_own

FOLDER = "files"  # in the storage folder


def digest_of(data: bytes) -> str:
    """The name under which it is kept."""
    return hashlib.sha256(data).hexdigest()


def path_of(storage: Path, digest: str) -> Path:
    """Where it is kept."""
    return storage / FOLDER / digest


def keep(storage: Path, data: bytes) -> str:
    """Store a file if it is not there; its SHA-256."""
    digest = digest_of(data)
    path = path_of(storage, digest)
    with translated("the file was not kept"):
        if not path.exists():
            write_own(path, data)
    return digest


def read(storage: Path, digest: str) -> bytes:
    """The bytes of a file. StoreError if it is missing, or has changed."""
    path = path_of(storage, digest)
    with translated("the file cannot be read"):
        data = path.read_bytes()
    if digest_of(data) != digest:
        raise StoreError(f"{path} is damaged: it is not what was kept", permanent=True)
    return data
