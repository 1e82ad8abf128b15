"""Photos of panels that are taken on a round: a small JPEG each, kept as files are."""

from core.errors import RefusedError
from core.time.clock import from_ms
from maintenance.rounds.entering import LONGEST_KEY
from storage.files import attachments
from storage.records import File, RoundEntry
from storage.records.transaction import Transaction, needs

MEDIA_TYPE = "image/jpeg"


@needs("enter readings")
def keep_panel_photo(
    tx: Transaction, key: str, device: str, photo: bytes, at: int, stated_at: int | None = None
) -> RoundEntry:
    """Keep the photo of a panel, a JPEG that was made here; once, whatever is sent twice with its `key`."""
    known = tx.device(device)
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
        raise RefusedError("an entry needs a key of its own")
    row = tx.db.get(RoundEntry, key)
    if row is not None:
        return row
    if not photo:
        raise RefusedError("there is no photo")
    name = f"{known.id}-{from_ms(at, tx.site.zone):%Y-%m-%d-%H%M}.jpg"
    digest = attachments.keep(tx.site.file.storage.folder, photo)
    file = File("round", known.id, name, MEDIA_TYPE, len(photo), digest, tx.now, tx.by)
    tx.db.add(file)
    tx.db.flush()
    row = RoundEntry(key, known.id, "", "", at, tx.by, tx.now, file_id=file.id, stated_at=stated_at)
    tx.db.add(row)
    tx.db.flush()
    return row
