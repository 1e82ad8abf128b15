"""What a supplier may send: a file of a few kinds that is what its name says, and does no harm when somebody opens it.

The kind comes from the bytes, never from what the browser says. Nothing is unpacked, run or kept before it was checked.
"""

import zipfile
from io import BytesIO
from pathlib import Path

from core.errors import RefusedError
from maintenance.work_orders.attachments import LARGEST
from storage.files import thumbnails
from storage.records import Vendor

LONGEST_NAME = 120  # characters
# Of what an archive would become on the reader's disk. Scanward's own; a log folder of a scanner has 50 MB.
MOST_UNPACKED, MOST_ENTRIES = 500_000_000, 5_000

PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
            ".gif": "image/gif"}  # fmt: skip
TEXTS = {".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv"}
KINDS = ("PDF", "PNG", "JPEG", "WEBP", "GIF", "TXT", "LOG", "CSV", "ZIP")


def writer(vendor: Vendor) -> str:
    """In whose name a supplier writes; with a colon, so that no person is called so."""
    return f"link: {vendor.name}"


def checked_type(name: str, content: bytes) -> str:
    """The media type of it. RefusedError if it is too large, of no kind that is taken, or not what its name says."""
    if not 0 < len(content) <= LARGEST:
        raise RefusedError(
            "a file has 1 byte to {largest} MB; {name} has {size} bytes",
            largest=LARGEST // 1_000_000,
            name=name,
            size=len(content),
        )
    media_type = _type_of(Path(name.lower()).suffix, content)
    if media_type is None:
        raise RefusedError(
            "{name} is not taken: it is none of {kinds}, damaged, or not what its name says",
            name=name,
            kinds=", ".join(KINDS),
        )
    return media_type


def plain_name(name: str) -> str:
    """What a browser calls a file, without folders and without what nobody can see."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    ending = Path(printable).suffix[:10]
    return printable[: LONGEST_NAME - len(ending)].removesuffix(ending) + ending


def _type_of(ending: str, content: bytes) -> str | None:
    if ending in PICTURES:
        return PICTURES[ending] if thumbnails.small_picture(content) else None
    if ending in TEXTS:
        return TEXTS[ending] if _is_text(content) else None
    if ending == ".pdf":
        return "application/pdf" if content.startswith(b"%PDF-") else None
    if ending == ".zip":
        return "application/zip" if _is_harmless_zip(content) else None
    return None


def _is_text(content: bytes) -> bool:
    """Lines of a log, in UTF-8 or in the one byte a letter of an old machine; no program, no page."""
    beginning = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = beginning.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script"))
    return b"\0" not in content and not is_page


def _is_harmless_zip(content: bytes) -> bool:
    """As its list of contents says, which is all that is read: small enough unpacked, and inside its own folder."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return False
    is_small = len(entries) <= MOST_ENTRIES
    is_small = is_small and sum(entry.file_size for entry in entries) <= MOST_UNPACKED
    return is_small and not any(leads_out(entry.filename) for entry in entries)


def leads_out(name: str) -> bool:
    """Would a file of an archive be unpacked outside of its folder?"""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]
