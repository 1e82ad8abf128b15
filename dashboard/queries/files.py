"""What is in the photos and documents that are kept."""

from dashboard.queries import stores
from storage.files import attachments, thumbnails
from storage.records import File


def content(file: File) -> bytes:
    """The bytes of it. StoreError if it cannot be read or is damaged."""
    return attachments.read(stores.site().file.storage.folder, file.sha256)


def small_picture(file: File) -> bytes:
    """A small JPEG of it; empty if it cannot be shown. StoreError as `content`."""
    return thumbnails.read(stores.site().file.storage.folder, file.sha256)
