"""Photos and documents as the pages show and keep them."""

from core.vocabulary.files import FileOwner
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.work_orders import attachments as files
from storage.files import attachments
from storage.records import File

LARGEST_MB = files.LARGEST // 1_000_000


def attach(about: FileOwner, about_id: str, name: str, media_type: str, data: bytes) -> str:
    """Keep it; what it is called."""
    with writing() as desk:
        file = files.attach(
            desk.db,
            desk.site.file.storage.folder,
            about,
            str(about_id),
            name=name,
            media_type=media_type,
            data=data,
            by=desk.by,
            now=desk.now,
        )
        return file.name


def content(file: File) -> bytes:
    """What is in it."""
    return attachments.read(stores.site().file.storage.folder, file.sha256)
