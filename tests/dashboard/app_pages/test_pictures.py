"""Pictures on a page: whatever was uploaded or came by mail, the page stands."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.errors import RefusedError
from core.time.clock import HOUR
from dashboard.components.shared import attachments as page_attachments
from maintenance.work_orders.attachments import attach
from storage.records import files as file_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page
from tests.dashboard.sample_work import order_by_hand
from tests.storage.files.test_thumbnails import halves, png, saved

BAD: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "enormous": ("huge.png", "image/png", lambda: png(20_000, 20_000)),
    "large": ("large.png", "image/png", lambda: png(12_000, 12_000)),
    "five letters": ("five.jpg", "image/jpeg", lambda: b"photo"),
    "cut off": ("cut.jpg", "image/jpeg", lambda: saved(halves(size=(600, 600)), "JPEG")[:-3000]),
    "vectors": ("x.png", "image/png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "by its name alone": ("x.JPG", "application/octet-stream", lambda: b"photo"),
}


@pytest.fixture
def order(furnished: Centre) -> int:
    return order_by_hand(furnished, time.time_ns() // 1_000_000 - HOUR)


def drawn(number: int) -> AppTest:
    test = page("order", order=number)
    assert list(test.exception) == []
    return test


def pictures(test: AppTest) -> list[Any]:
    return list(test.get("image"))


@pytest.mark.parametrize("what", BAD)
def test_a_picture_that_cannot_be_shown_is_refused_to_a_person(
    furnished: Centre, order: int, what: str
) -> None:
    name, media_type, make = BAD[what]
    with pytest.raises(RefusedError, match="no picture that can be shown"):
        page_attachments._attached("order", str(order), [(name, media_type, make())])
    with furnished.records.reading() as db:
        assert file_rows.files(db, "order", str(order)) == []


@pytest.mark.parametrize("what", BAD)
def test_what_came_by_mail_or_long_ago_breaks_no_page(
    furnished: Centre, order: int, what: str
) -> None:
    name, media_type, make = BAD[what]
    with furnished.change(time.time_ns() // 1_000_000) as tx:
        attach(tx, "order", str(order), name, media_type, make())
        attach(tx, "order", str(order), "after.txt", "text/plain", b"seen")
    test = drawn(order)
    buttons: Any = test.get("download_button")
    assert [button.proto.label.split(" ")[0] for button in buttons] == [name, "after.txt"]
    assert pictures(test) == []
    assert "cannot be shown as a picture" in " ".join(
        str(caption.value) for caption in test.caption
    )


def test_what_is_shown_is_small_and_bare_and_what_is_fetched_is_the_file(
    order: int, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "PATIENT Karimi"
    photo = saved(halves(size=(4000, 3000)), "JPEG", exif=exif)
    page_attachments._attached("order", str(order), [("a.jpg", "image/jpeg", photo)])
    [thumbnail] = (tmp_path / "var" / "thumbnails").iterdir()
    assert Image.open(BytesIO(thumbnail.read_bytes())).size == (640, 480)
    assert b"PATIENT" not in thumbnail.read_bytes()
    assert [path.read_bytes() for path in (tmp_path / "var" / "files").iterdir()] == [photo]
    assert len(pictures(drawn(order))) == 1
