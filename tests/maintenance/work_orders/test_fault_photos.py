"""The photo of a reported fault: small, upright, without its place; what is none is refused in words."""

import shutil

import pytest
from PIL import Image

from core.errors import RefusedError
from core.time.clock import DAY
from maintenance.work_orders import fault_photos
from maintenance.work_orders.fault_photos import SIDE, prepared_photo
from maintenance.work_orders.fault_reports import ReportDetails, report_fault
from storage.files import attachments
from storage.records import FaultReport
from storage.records import files as file_rows
from storage.records.base import all_rows
from tests.maintenance.cast import T0, House
from tests.storage.files.test_thumbnails import GREEN, RED, halves, near, opened, saved

HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)


def with_exif(size: tuple[int, int] = (80, 40)) -> bytes:
    """As a telephone held upright takes it: turned by its EXIF, with its place."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right by a quarter
    exif[0x010F] = "Maker of telephones"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 20.0, 31.0)})
    return saved(halves(size=size), "JPEG", exif=exif)


def report(house: House, photo: bytes, page: str = "p", now: int = T0) -> int:
    with house.change(now, "fault form") as tx:
        details = ReportDetails(photo=photo, page=page)
        return report_fault(tx, "ct-1", f"It hums, {page}", None, details).id


def test_it_stands_upright_and_tells_no_place() -> None:
    photo = prepared_photo(with_exif())
    picture = opened(photo)
    assert picture.size == (40, 80)
    assert near(picture.getpixel((20, 10)), RED)
    assert near(picture.getpixel((20, 70)), GREEN)
    assert dict(picture.getexif()) == {}
    assert b"Maker" not in photo


def test_it_is_made_small() -> None:
    assert max(opened(prepared_photo(with_exif((4000, 3000)))).size) == SIDE
    assert opened(prepared_photo(saved(halves(size=(10, 5)), "WEBP"))).size == (10, 5)
    assert prepared_photo(b"") == b""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEIC, "HEIC cannot be shown"),
        (b"\x00\x00\x00\x1cftypmif1" + bytes(40), "HEIC cannot be shown"),
        (b"photo", "damaged or no picture"),
        (with_exif()[:-300], "damaged or no picture"),
        (b"\xff\xd8\xff\xe1" + bytes(2000), "damaged or no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "damaged or no picture"),
        (bytes(fault_photos.LARGEST_PHOTO + 1), "more than 15 MB"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        prepared_photo(content)


def test_it_is_kept_with_the_order_once_and_a_later_try_may_bring_it(house: House) -> None:
    assert report(house, b"") == 1
    photo = prepared_photo(with_exif())
    other = prepared_photo(saved(halves(size=(60, 60)), "JPEG"))
    for again in (photo, photo, other):  # a telephone makes other bytes of the same picture
        assert report(house, again) == 1
    with house.look() as db:
        [file], [row] = file_rows.files(db, "order", "1"), all_rows(db, FaultReport)
    assert (file.name, file.media_type, row.photo_id) == ("fault-1.jpg", "image/jpeg", file.id)
    assert attachments.read(house.site.file.storage.folder, file.sha256) == photo


def test_photos_fill_no_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = prepared_photo(with_exif())
    monkeypatch.setattr(fault_photos, "MOST_BYTES_A_DAY", 2 * len(photo))
    for n in range(2):
        report(house, photo, f"p{n}")
    with pytest.raises(RefusedError, match="no more photos can be kept today"):
        report(house, photo, "p2")
    assert report(house, b"", "p2") == 3, "the report itself is taken"
    assert report(house, photo, "p3", T0 + DAY) == 4
    usage = shutil.disk_usage(house.path.parent)
    full = usage._replace(free=fault_photos.LEAST_FREE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(RefusedError, match="send it without"):
        report(house, photo, "p4", T0 + 2 * DAY)
