"""Photos and documents of an order, a ticket or a device."""

from pathlib import Path

from core.errors import RefusedError
from core.schema.site import Site
from core.vocabulary.files import FileOwner
from storage.files import attachments, thumbnails
from storage.records import File
from storage.records import files as file_rows
from storage.records.transaction import Transaction, needs

LARGEST = 20_000_000  # bytes: a long PDF or several photos of a telephone; Scanward's default


def check_picture(site: Site, name: str, media_type: str, content: bytes) -> None:
    """Refuse a picture that a person should take again, for it cannot be shown. Anything else is `attach`'s.

    Before the transaction, which others wait for: the picture is decoded, and its small one kept.
    """
    if not 0 < len(content) <= LARGEST or not is_picture(media_type, name):
        return
    digest = attachments.digest_of(content)
    if not thumbnails.keep(site.file.storage.folder, digest, content):
        raise RefusedError(
            "{name} is no picture that can be shown: it is damaged, of another kind, or has more than"
            " {largest} million dots",
            name=name,
            largest=thumbnails.MOST_PIXELS // 1_000_000,
        )


def is_picture(media_type: str, name: str) -> bool:
    """Does it claim to be a picture that pages show?"""
    ending = Path(name.lower()).suffix
    return media_type in thumbnails.MEDIA_TYPES or ending in thumbnails.ENDINGS


@needs("add a file")
def attach(
    tx: Transaction, about: FileOwner, about_id: str, name: str, media_type: str, content: bytes
) -> File:
    """Keep it in the storage folder and name it in the records. What is there already is not doubled.

    A picture that cannot be shown is kept as a document: a mail cannot be asked for again.
    """
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
