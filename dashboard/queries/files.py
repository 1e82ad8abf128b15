"""What is in the photos and documents that are kept."""

from dashboard.queries import stores
from storage.files import attachments
from storage.records import File


def content(file: File) -> bytes:
    """The bytes of it. StoreError if it cannot be read or is damaged."""
    return attachments.read(stores.site().file.storage.folder, file.sha256)
