"""Small pictures of what people and mails send: bounded, upright, without what the camera knew."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import StoreError
from storage.files import attachments, thumbnails
from storage.files.thumbnails import SIDE, small_picture

RED, GREEN = (220, 20, 20), (20, 200, 20)


def saved(picture: Image.Image, form: str, **how: Any) -> bytes:
    file = BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, green on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(GREEN, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return picture


def near(seen: Any, meant: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 50 for a, b in zip(seen, meant, strict=True))


def png(width: int, height: int) -> bytes:
    """A grey PNG of any size, in a few kilobytes, without ever having it in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # fmt: skip

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = 10_000  # at once
    packed = b"".join(packer.compress(row * rows) for _ in range(height // rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(20_000, 20_000),
        lambda: png(12_000, 12_000),
        lambda: png(1, 60_000_000),
        lambda: b"photo",
        lambda: b"\x89PNG not really",
        lambda: b"\xff\xd8\xff\xe0",
        lambda: b"",
        lambda: saved(halves(size=(600, 600)), "JPEG")[:-2000],
        lambda: saved(halves(size=(600, 600)), "PNG")[:-200],
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        lambda: b"%PDF-1.7\n",
        lambda: saved(halves(), "TIFF"),  # its parser reads much that no camera writes
        lambda: saved(halves(), "BMP"),
        lambda: b"GIF89a" + b"\xff" * 40,
    ],
)
def test_what_is_no_picture_broken_or_enormous_has_none_and_costs_little(
    make: Callable[[], bytes],
) -> None:
    data = make()
    tracemalloc.start()
    try:
        assert small_picture(data) == b""
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"),
        ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16"), ("GIF", "P"), ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_small_one(form: str, mode: str) -> None:
    if mode == "I;16":
        row = struct.pack("<H", 65_535) * 650 + struct.pack("<H", 30_000) * 650
        picture = Image.frombytes(mode, (1300, 700), row * 700)
    else:
        picture = halves(mode, (1300, 700))
    small = opened(small_picture(saved(picture, form)))
    assert max(small.size) == SIDE
    left, right = small.getpixel((100, 100)), small.getpixel((500, 100))
    if mode == "I;16":
        assert near(left, (255, 255, 255))
        assert near(right, (117, 117, 117))
    elif mode in ("RGB", "RGBA", "P", "CMYK"):
        assert near(left, RED)
        assert near(right, GREEN)


def test_a_large_photo_of_a_telephone_is_made_small_and_a_small_one_is_not_made_large() -> None:
    assert opened(small_picture(saved(halves(size=(8160, 6120)), "JPEG"))).size == (640, 480)
    assert opened(small_picture(saved(halves(size=(80, 40)), "PNG"))).size == (80, 40)
    assert opened(small_picture(saved(halves(size=(5000, 2)), "PNG"))).size == (640, 1)


def test_what_is_see_through_lies_on_white() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    small = opened(small_picture(saved(clear, "PNG")))
    assert near(small.getpixel((20, 20)), (255, 255, 255))


def test_a_photo_stands_upright_and_says_nothing_of_place_or_person() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it: left becomes top
    exif[0x010E] = "PATIENT Karimi"
    exif.get_ifd(0x8825)[2] = (34.0, 20.0, 31.0)
    photo = saved(halves(), "JPEG", exif=exif, comment=b"PATIENT Karimi", icc_profile=b"PATIENT")
    assert b"PATIENT" in photo
    for data in (
        photo,
        saved(halves(), "WEBP", exif=exif),
        saved(halves("RGBA"), "PNG", exif=exif),
    ):
        small = opened(small_picture(data))
        assert small.size == (40, 80)
        assert near(small.getpixel((20, 10)), RED)
        assert b"PATIENT" not in small_picture(data)
        assert not dict(small.getexif())
    words = PngInfo()
    words.add_text("Comment", "PATIENT Karimi")
    words.add_text("Author", "PATIENT Karimi", zip=True)
    plain = small_picture(saved(halves(), "PNG", pnginfo=words))
    assert plain
    assert b"PATIENT" not in plain
    assert opened(plain).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a_picture_that_moves_shows_its_first_image(form: str) -> None:
    first, second = Image.new("RGB", (60, 60), RED), Image.new("RGB", (60, 60), GREEN)
    moving = saved(first, form, save_all=True, append_images=[second] * 200, duration=50)
    assert near(opened(small_picture(moving)).getpixel((30, 30)), RED)


def test_what_hangs_behind_a_picture_does_not_come_along() -> None:
    both = saved(halves(), "JPEG") + b"PK\x03\x04<script>alert(1)</script>"
    assert b"script" not in small_picture(both)
    assert opened(small_picture(both)).size == (80, 40)


def test_broken_exif_is_no_reason_to_refuse_or_to_fail() -> None:
    whole = saved(halves(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + b"\xff" * 60)
    small_picture(whole)  # a picture or none, but no exception


def test_it_is_made_once_and_again_when_it_is_lost(tmp_path: Path) -> None:
    digest = attachments.keep(tmp_path, saved(halves(), "PNG"))
    small = thumbnails.read(tmp_path, digest)
    path = tmp_path / thumbnails.FOLDER / digest
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (small, 0o640)
    path.unlink()
    assert thumbnails.read(tmp_path, digest) == small
    (tmp_path / attachments.FOLDER / digest).unlink()
    assert thumbnails.read(tmp_path, digest) == small
    path.unlink()
    with pytest.raises(StoreError):
        thumbnails.read(tmp_path, digest)


def test_what_cannot_be_shown_is_tried_once_and_what_is_refused_leaves_nothing(
    tmp_path: Path,
) -> None:
    assert thumbnails.keep(tmp_path, "0" * 64, b"photo") == b""
    assert list(tmp_path.iterdir()) == []
    digest = attachments.keep(tmp_path, b"photo")
    assert thumbnails.read(tmp_path, digest) == b""
    assert (tmp_path / thumbnails.FOLDER / digest).read_bytes() == b""
