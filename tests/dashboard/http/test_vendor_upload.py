"""Files of a supplier: of few kinds, what their names say, bounded, and never part of a page."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from dashboard.http import vendor_upload
from dashboard.queries import files as file_queries
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.attachments import LARGEST
from storage.records import File, VendorVisit
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import Visitor, link_to


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    return data.getvalue()


def png_bomb() -> bytes:
    """It says that it has 100,000 dots a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9999))


def zipped(name: str, size: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(max(size // 10_000_000, 1)):
            archive.writestr(f"{name}{number}", bytes(min(size, 10_000_000)))
    return data.getvalue()


@pytest.fixture
def path(furnished: Centre) -> str:
    with furnished.change(1) as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "Hot").id
    return link_to(furnished, number, is_bound=False)


def kept(centre: Centre) -> list[File]:
    with centre.records.reading() as db:
        return table_rows.all_rows(db, File)


def name_of(parameter: object) -> str:
    """A file's name, or nothing: a ZIP holds the moment it was made, and each process makes its own."""
    return parameter if isinstance(parameter, str) else ""


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("error.log", b"2026-11-28 E17 arc\r\n", "text/plain"),
        ("latin.txt", "Fehler: Lüfter".encode("latin-1"), "text/plain"),
        ("values.csv", b"t;v\n1;2\n", "text/csv"),
        ("guide.PDF", b"%PDF-1.7\n%", "application/pdf"),
        ("screen.png", png(), "image/png"),
        ("logs.zip", zipped("a.log", 20_000_000), "application/zip"),
        ("../../etc/کتاب راهنما.pdf", b"%PDF-1.4", "application/pdf"),
    ],
    ids=name_of,
)
def test_a_file_is_kept_with_the_ticket(
    furnished: Centre, path: str, name: str, content: bytes, kind: str
) -> None:
    for _ in range(2):  # sent again over a bad line it is one file
        assert Visitor().upload(path, name, content).status == 303
    [file] = kept(furnished)
    assert (file.about, file.name, file.media_type) == ("ticket", name.rpartition("/")[2], kind)
    assert file.who.startswith("link: ")
    assert file_queries.content(file) == content
    assert file.name in Visitor().get(path).text
    with furnished.records.reading() as db:
        visits = [(v.kind, v.about) for v in table_rows.all_rows(db, VendorVisit)]
    assert visits[0] == ("uploaded", file.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", b"MZ"),
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg onload='alert(1)'/>"),
        ("page.txt", b"\xef\xbb\xbf <!DOCTYPE html><script>"),
        ("program.log", b"MZ\0\0"),
        ("screen.png", b"<html>"),
        ("screen.jpg", b"\xff\xd8\xff half a picture"),
        ("bomb.png", png_bomb()),
        ("bomb.zip", zipped("zeros", 600_000_000)),
        ("out.zip", zipped("../../etc/passwd", 10)),
        ("root.zip", zipped("/etc/passwd", 10)),
        ("half.zip", zipped("a.log", 1000)[:-30]),
        ("no.pdf", b"PK"),
        ("empty.txt", b""),
        ("large.txt", b"x" * (LARGEST + 1)),
        ("", b"x"),
        (".png", b"x"),
    ],
    ids=name_of,
)
def test_what_is_not_what_its_name_says_is_refused_in_words(
    furnished: Centre, path: str, name: str, content: bytes
) -> None:
    reply = Visitor().upload(path, name, content)
    assert reply.status == 400
    assert "<script>" not in reply.text
    assert kept(furnished) == []


def test_no_more_is_read_than_a_file_may_have(furnished: Centre, path: str) -> None:
    visitor = Visitor()
    assert visitor.upload(path, "a.txt", b"x" * (LARGEST * 3)).status == 400
    assert visitor.read < LARGEST + 200_000
    stranger = Visitor()
    assert stranger.upload("/vendor/x", "a.txt", b"x" * LARGEST).status == 404
    assert stranger.read == 0, "nothing is read of who has no link"


def test_a_ticket_is_no_store_of_files(
    furnished: Centre, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_upload, "MOST_BYTES", 10)
    assert Visitor().upload(path, "a.txt", b"123456").status == 303
    assert "too many files" in Visitor().upload(path, "b.txt", b"123456").text
    monkeypatch.setattr(vendor_upload, "AT_ONCE", 0)
    assert "on their way" in Visitor().upload(path, "b.txt", b"1").text


def test_a_link_that_nobody_has_opened_takes_no_file(furnished: Centre, path: str) -> None:
    bound = link_to(furnished, 1)
    assert Visitor().upload(bound, "a.txt", b"x").status == 404
    assert kept(furnished) == []


@pytest.mark.parametrize(
    "body", [b"", b"--b\r\n", b"--b--\r\n", b"x" * 1000, b"--b\r\n\r\n\r\n--b--"]
)
def test_what_is_no_form_is_refused(furnished: Centre, path: str, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=b", "multipart/form-data", "text/plain", ""):
        reply = Visitor().ask("POST", f"{path}/files", body, {"content_type": kind})
        assert reply.status == 400, kind
