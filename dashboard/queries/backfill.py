"""Whether the past of the site is being written, and how far it is."""

from dashboard.queries import stores
from storage.files.backfill_note import BackfillNote, backfill_note


def backfill() -> BackfillNote | None:
    """None when all of the past is there; until then nobody can tell how a device stands."""
    return backfill_note(stores.site().file.storage.folder)
