"""A supplier's file in parts: what came before the line broke is not sent again."""

from base64 import b64encode

import pytest

from dashboard.queries import files as file_queries
from dashboard.queries import stores
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.attachments import LARGEST
from storage.files import partial_uploads
from storage.records import File
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.vendor_visitor import VendorReply, Visitor, link_to

CONTENT = b"E17 arc\n" * 1000
PART = {"content_type": "application/offset+octet-stream"}


@pytest.fixture
def path(furnished: Centre) -> str:
    with furnished.change(1) as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "Hot").id
    return link_to(furnished, number, is_bound=False)


def begin(path: str, name: str = "error.log", length: object = len(CONTENT)) -> VendorReply:
    about = f"kind eA==,filename {b64encode(name.encode()).decode()}"
    headers = {"upload_length": str(length), "upload_metadata": about}
    return Visitor().ask("POST", f"{path}/uploads", b"", headers)


def add(where: str, offset: int, content: bytes) -> VendorReply:
    return Visitor().ask("PATCH", where, content, {**PART, "upload_offset": str(offset)})


def kept(centre: Centre) -> list[File]:
    with centre.records.reading() as db:
        return table_rows.all_rows(db, File)


def test_it_goes_on_where_the_line_broke(furnished: Centre, path: str) -> None:
    reply = begin(path)
    assert (reply.status, reply.headers["tus-resumable"]) == (201, "1.0.0")
    where = f"{path}/{reply.headers['location']}"
    assert add(where, 0, CONTENT[:3000]).headers["upload-offset"] == "3000"
    assert add(where, 0, CONTENT).status == 409, "sent again from the beginning"
    assert add(where, 4000, CONTENT).status == 409, "something is missing between"
    state = Visitor().ask("HEAD", where, b"", {})
    assert (state.status, state.headers["upload-offset"]) == (200, "3000")
    assert kept(furnished) == []
    done = add(where, 3000, CONTENT[3000:] + b"more than was said")
    assert (done.status, done.headers["upload-offset"]) == (204, str(len(CONTENT)))
    [file] = kept(furnished)
    assert (file.name, file_queries.content(file)) == ("error.log", CONTENT)
    assert Visitor().ask("HEAD", where, b"", {}).status == 404
    folder = stores.site().file.storage.folder / partial_uploads.FOLDER
    assert list(folder.iterdir()) == []


def test_what_is_there_at_the_end_is_checked(furnished: Centre, path: str) -> None:
    where = f"{path}/{begin(path, 'a.exe', 2).headers['location']}"
    assert add(where, 0, b"MZ").status == 400
    assert kept(furnished) == []


@pytest.mark.parametrize(
    ("length", "status"), [("", 400), ("-1", 400), ("0", 400), ("1e3", 400), ("9" * 40, 400), (LARGEST + 1, 413)]
)  # fmt: skip
def test_a_length_that_is_none_is_refused(path: str, length: object, status: int) -> None:
    assert begin(path, length=length).status == status


def test_few_are_under_way_and_each_belongs_to_its_link(furnished: Centre, path: str) -> None:
    replies = [begin(path) for _ in range(4)]
    assert [reply.status for reply in replies] == [201, 201, 201, 429]
    other, where = link_to(furnished, 1, is_bound=False), replies[0].headers["location"]
    assert add(f"{other}/{where}", 0, b"x").status == 404
    assert add(f"{path}/uploads/../1", 0, b"x").status == 404
    assert Visitor().ask("PATCH", f"{path}/{where}", b"x", {"upload_offset": "0"}).status == 415
    bound = link_to(furnished, 1)
    assert begin(bound).status == 404
