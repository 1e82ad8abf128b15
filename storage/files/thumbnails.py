"""Small pictures of what was uploaded: pixels and nothing else, made once.

A picture is whatever somebody sends: broken, enormous when it is decoded, or no picture. So pages show a small
JPEG that was made here. It has no place and no name of the camera in it, stands upright, and is of the first
image if the picture moves. A file that none can be made of gets an empty one, so that nobody tries again.
"""

import logging
import threading
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from storage.files import attachments
from storage.files.atomic import translated, write_own

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

FOLDER = "thumbnails"  # in the storage folder; not in backups: they are made again
MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIDE = 640  # pixels; shown 240 wide, on screens with two or more dots a pixel
# The largest camera of a telephone that is common takes 50 million; decoded it is 200 MB, for a moment.
MOST_PIXELS = 52_000_000

_decoder_lock = threading.Lock()


def small_picture(data: bytes, side: int = SIDE) -> bytes:
    """A JPEG of at most `side` pixels a side; empty if it is no picture, damaged, or too large to decode."""
    # Here, because processes that show no pictures need not have it.
    import warnings

    from PIL import Image, ImageOps

    try:
        with _decoder_lock, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return b""
                picture.draft("RGB", (side, side))
                small = _in_eight_bits(picture, side)
                small.thumbnail((side, side))
                ImageOps.exif_transpose(small, in_place=True)
                return _jpeg(small)
    except Exception as error:  # noqa: BLE001  Pillow's parsers raise whatever foreign bytes make them
        log.info("a picture of %d bytes cannot be shown: %r", len(data), error)
        return b""


def keep(storage: Path, digest: str, data: bytes) -> bytes:
    """The small picture of a file, made if there is none; empty, and nothing is kept, if none can be made.

    StoreError if it cannot be kept.
    """
    path = storage / FOLDER / digest
    with translated("the small picture was not kept"):
        if path.exists():
            return path.read_bytes()
        small = small_picture(data)
        if small:
            write_own(path, small)
    return small


def read(storage: Path, digest: str) -> bytes:
    """The small picture of a file that is kept; empty if none can be made.

    StoreError if the file itself is missing, or has changed.
    """
    path = storage / FOLDER / digest
    with suppress(OSError):
        return path.read_bytes()
    small = small_picture(attachments.read(storage, digest))
    with suppress(OSError):  # a full disk: it is made again next time
        write_own(path, small)
    return small


def _in_eight_bits(picture: "Image", side: int) -> "Image":
    """As it is seen: 16 bits a dot become 8, what is see-through lies on white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("RGB", "L"):
        picture.load()
        return picture
    if "transparency" in picture.info or picture.mode.endswith(("A", "a")):
        return _on_white(picture, side)
    return picture.convert("RGB")


def _on_white(picture: "Image", side: int) -> "Image":
    from PIL import Image

    seen = picture.convert("RGBA")
    seen.thumbnail((side, side))
    white = Image.new("RGB", seen.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    white.info = {key: value for key, value in picture.info.items() if key == "exif"}
    return white


def _jpeg(picture: "Image") -> bytes:
    """Its dots alone: what else the file carried (place, names, colour profile) is left behind."""
    from PIL import Image

    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    file = BytesIO()
    bare.save(file, "JPEG", quality=82)
    return file.getvalue()
