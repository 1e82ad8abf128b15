"""The photo of a reported fault: whatever a telephone sends becomes one small JPEG, or is refused in words.

Nobody who sends it has an account, so nothing of it is kept as it came, and all of them together fill no disk.
"""

import shutil

from core.errors import RefusedError
from core.time.clock import DAY
from maintenance.work_orders.attachments import attach
from storage.files import thumbnails
from storage.records import FaultReport
from storage.records import fault_reports as report_rows
from storage.records.transaction import Transaction

MEDIA_TYPE = "image/jpeg"
LARGEST_PHOTO = (
    15_000_000  # bytes as they come: of the largest common camera, not made smaller in the phone
)
SIDE = 1600  # pixels: a message on a screen can be read; 200 to 600 kB
# Scanward's own: a site of twenty machines sends a few a day.
MOST_BYTES_A_DAY = 100_000_000
LEAST_FREE = 1_000_000_000  # bytes of the disk, which readings need more than photos do
# What iPhones call their pictures inside (ISO 23008-12); a browser that is not theirs cannot read them either.
_HEIF = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftyphevx", b"ftypmif1", b"ftypmsf1", b"ftypavif")


def prepared_photo(content: bytes) -> bytes:
    """A JPEG that stands upright, without the place and the camera; empty if there is no photo.

    Before the transaction, which others wait for. RefusedError if it cannot be shown.
    """
    if not content:
        return b""
    if len(content) > LARGEST_PHOTO:
        raise too_large()
    if content[4:12] in _HEIF:
        raise RefusedError(
            "a photo of the kind HEIC cannot be shown: choose JPEG (most compatible) in the camera, or send it without"
        )
    photo = thumbnails.small_picture(content, SIDE)
    if not photo:
        raise RefusedError(
            "the photo cannot be shown, it is damaged or no picture: take another, or send it without"
        )
    return photo


def too_large() -> RefusedError:
    """What is said of a photo that has more than LARGEST_PHOTO bytes."""
    return RefusedError(
        "the photo has more than {largest} MB: take a smaller one, or send it without",
        largest=LARGEST_PHOTO // 1_000_000,
    )


def add_photo(tx: Transaction, report: FaultReport, photo: bytes) -> None:
    """Keep it with the order of the report; the first that came with it stays."""
    if not photo or report.photo_id is not None:
        return
    storage = tx.site.file.storage.folder
    is_much = report_rows.photo_bytes(tx.db, tx.now - DAY) + len(photo) > MOST_BYTES_A_DAY
    if is_much or shutil.disk_usage(storage).free < LEAST_FREE:
        raise RefusedError("no more photos can be kept today: send it without")
    name = f"fault-{report.id}.jpg"
    report.photo_id = attach(tx, "order", str(report.order_id), name, MEDIA_TYPE, photo).id
