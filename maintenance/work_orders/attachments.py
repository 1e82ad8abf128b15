"""Photos and documents of an order, a ticket or a device. The caller's transaction: see orders.py."""

from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.vocabulary.files import FileOwner
from storage.files import attachments
from storage.records import File
from storage.records import files as file_rows

LARGEST = 20_000_000  # bytes: a long PDF or several photos of a telephone; Scanward's default


def attach(
    db: Session,
    storage: Path,
    about: FileOwner,
    about_id: str,
    *,
    name: str,
    media_type: str,
    data: bytes,
    by: str,
    now: int,
) -> File:
    """Keep it in the storage folder and name it in the records. What is there already is not doubled."""
    if not data or len(data) > LARGEST:
        raise RefusedError(
            "a file has 1 byte to {largest} MB; {name} has {size} bytes",
            largest=LARGEST // 1_000_000,
            name=name,
            size=len(data),
        )
    digest = attachments.keep(storage, data)
    name = Path(name.replace("\\", "/")).name or digest
    for one in file_rows.files(db, about, about_id):
        if (one.sha256, one.name) == (digest, name):
            return one
    file = File(
        about=about,
        about_id=about_id,
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=digest,
        at=now,
        who=by,
    )
    db.add(file)
    db.flush()
    return file
