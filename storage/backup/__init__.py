"""Copies of everything a site has stored, taken while it runs, and put back when it must be."""

from storage.backup.manifest import MANIFEST, Manifest, verify
from storage.backup.restore import Restored, restore
from storage.backup.retention import check_disk, due_at, finished, forget
from storage.backup.take import take

__all__ = [
    "MANIFEST",
    "Manifest",
    "Restored",
    "check_disk",
    "due_at",
    "finished",
    "forget",
    "restore",
    "take",
    "verify",
]
