"""Photos and documents of an order, a ticket or a device."""

from pathlib import Path

from core.errors import RefusedError
from core.vocabulary.files import FileOwner
from storage.files import attachments
from storage.records import File
from storage.records import files as file_rows
from storage.records.transaction import Transaction

LARGEST = 20_000_000  # bytes: a long PDF or several photos of a telephone; Scanward's default


def attach(
    tx: Transaction, about: FileOwner, about_id: str, name: str, media_type: str, content: bytes
) -> File:
    """Keep it in the storage folder and name it in the records. What is there already is not doubled."""
    if not content or len(content) > LARGEST:
        raise RefusedError(
            "a file has 1 byte to {largest} MB; {name} has {size} bytes",
            largest=LARGEST // 1_000_000,
            name=name,
            size=len(content),
        )
    digest = attachments.keep(tx.site.file.storage.folder, content)
    name = Path(name.replace("\\", "/")).name or digest
    for file in file_rows.files(tx.db, about, about_id):
        if (file.sha256, file.name) == (digest, name):
            return file
    file = File(
        about=about,
        about_id=about_id,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=digest,
        at=tx.now,
        who=tx.by,
    )
    tx.db.add(file)
    tx.db.flush()
    return file
