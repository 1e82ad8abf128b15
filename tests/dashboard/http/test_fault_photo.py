"""The form at the machine with chips and a photo, as a browser without scripts sends it."""

import pytest

from dashboard.http import fault_fields, fault_form
from dashboard.queries import stores
from storage.records import FaultReport
from storage.records import files as file_rows
from storage.records import work_orders as order_rows
from storage.records.base import all_rows
from tests.dashboard.centre import PROFILES, Centre
from tests.dashboard.http.test_fault_form import Reply, ask
from tests.maintenance.work_orders.test_fault_photos import HEIC, with_exif

HUMS, SMELLS = "It hums & buzzes", "It smells"
PAGE = "A" * fault_fields.PAGE_LENGTH
TYPED = [
    ("page", PAGE), ("fault", HUMS), ("fault", SMELLS), ("text", "Since\r\nnoon"), ("state", "usable"),
    ("tried", "Off & on"), ("phone", "+93 799 123 456"), ("name", "Omar"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _usual_faults(centre: Centre) -> None:
    """The tube has two."""
    text = (
        PROFILES["tube"] + f'usual_faults: [{{en: "{HUMS}", fa: وزوز}}, {{en: {SMELLS}, fa: بو}}]\n'
    )
    (centre.path.parent / "profiles" / "tube.yaml").write_text(text, encoding="utf-8")
    stores.site.clear()


def parts(fields: list[tuple[str, str]], photo: bytes | None = None, name: str = "x.jpg") -> bytes:
    """A form as multipart/form-data; the photo is the last."""
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields
    )
    if photo is not None:
        head = f'Content-Disposition: form-data; name="photo"; filename="{name}"\r\n'
        body += b"--b\r\n" + head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + photo + b"\r\n"
    return body + b"--b--\r\n"


def post(body: bytes, **how: str) -> Reply:
    return ask("/fault/ct-2", body, "multipart/form-data; boundary=b", **how)


def test_chips_and_photo_become_one_order_however_often_they_are_sent(centre: Centre) -> None:
    body = parts(TYPED, with_exif())
    for _ in range(3):
        assert post(body).status == 303
    with centre.records.reading() as db:
        [order] = order_rows.orders(db)
        [report] = all_rows(db, FaultReport)
        [file] = file_rows.files(db, "order", str(order.id))
    assert (order.title, order.text) == (f"{HUMS} · {SMELLS}", "Since\nnoon")
    assert (report.usual_faults, report.phone, report.tried) == (
        [HUMS, SMELLS], "+93 799 123 456", "Off & on",
    )  # fmt: skip
    assert (report.address, file.id) == ("10.0.0.9", report.photo_id)


def test_a_chip_alone_is_a_report_and_one_that_is_no_chip_is_none(centre: Centre) -> None:
    assert post(parts([("fault", HUMS), ("state", "down"), ("photo", "")])).status == 303
    assert post(parts([("fault", "<b>"), ("state", "down")])).status == 400
    with centre.records.reading() as db:
        assert [order.title for order in order_rows.orders(db)] == [HUMS]


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (HEIC, "HEIC cannot be shown"),
        (b"photo", "damaged or no picture"),
        (None, "more than 15 MB"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_refused_and_what_was_typed_stays(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, photo: bytes | None, words: str
) -> None:
    with monkeypatch.context() as smaller:
        if photo is None:
            smaller.setattr(fault_fields, "LARGEST_PHOTO", 1500 - fault_fields.LARGEST)
        reply = post(parts(TYPED, photo or bytes(fault_fields.LARGEST)))
    assert (reply.status, words in reply.text) == (400, True), reply.text
    chips = ('value="It hums &amp; buzzes" checked', 'value="It smells" checked')
    for part in (*chips, "Since\nnoon", 'value="usable" required checked', "Off &amp; on",
                 'value="+93 799 123 456"', 'value="Omar"', f'value="{PAGE}"'):  # fmt: skip
        assert part in reply.text, part
    with centre.records.reading() as db:
        assert order_rows.orders(db) == []
    assert post(parts(TYPED)).status == 303


def test_a_bomb_is_no_photo() -> None:
    from tests.storage.files.test_thumbnails import png

    assert post(parts(TYPED, png(20_000, 20_000))).status == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"--b", b"--b--", b"\xff" * 300, parts(TYPED * 9), parts([("x", "y" * 40_000)])],
)  # fmt: skip
def test_a_form_that_is_broken_or_stuffed_is_refused_in_words(body: bytes) -> None:
    assert post(body).status == 400
    assert ask("/fault/ct-2", body, "multipart/form-data").status == 400


def test_the_form_needs_no_script_and_the_script_is_our_own_file() -> None:
    page = ask("/fault/ct-2")
    assert '<input type="checkbox" name="fault" value="It hums &amp; buzzes">' in page.text
    assert 'enctype="multipart/form-data"' in page.text
    assert '<script src="photo.js" defer></script>' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    script = ask("/fault/photo.js")
    assert (script.status, script.headers["content-type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )


def test_each_page_has_a_number_of_its_own() -> None:
    numbers = {ask("/fault/ct-2").text.partition('name="page" value="')[2][:43] for _ in range(3)}
    assert len(numbers) == 3


def test_two_at_once_from_one_telephone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_form, "_reading", ["10.0.0.9"] * fault_form.AT_ONCE_OF_ADDRESS)
    assert post(parts(TYPED)).status == 503
    assert post(parts(TYPED), client="10.0.0.8").status == 303
