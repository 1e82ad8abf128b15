"""Photos and documents: in the storage folder by what is in them, beside the records that name them.

The file of a content is named by its SHA-256, so the same photo is kept once, nothing is ever
overwritten, and a copy of the folder is right whenever it is made.
"""

import hashlib
from pathlib import Path

from core.errors import StoreError
from storage.files.atomic import translated, whole_file

FOLDER = "files"  # in the storage folder


def keep(storage: Path, data: bytes) -> str:
    """Put it on the disk if it is not there; its SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    path = storage / FOLDER / digest
    with translated("the file was not kept"):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                part.write_bytes(data)
    return digest


def read(storage: Path, digest: str) -> bytes:
    """What was kept. StoreError if it is gone, or is no longer what it was."""
    path = storage / FOLDER / digest
    with translated("the file cannot be read"):
        data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise StoreError(f"{path} is damaged: it is not what was kept", permanent=True)
    return data
