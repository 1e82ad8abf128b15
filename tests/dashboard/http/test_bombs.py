"""What unpacks to far more than it is, sent to the real server: refused, not kept, and others are answered."""

import gzip
import time

import pytest

from access import api_tokens
from maintenance.tickets.lifecycle import open_ticket, write
from storage.records import File
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_middleware import HERE, ask
from tests.dashboard.http.test_slow_and_large import MIB, memory
from tests.dashboard.http.vendor_visitor import link_to
from tests.dashboard.sample_work import furnish
from tests.doors.bombs import archive
from tests.storage.files.test_thumbnails import png

pytestmark = pytest.mark.servers


def test_a_bomb_sent_to_the_server_is_refused_and_stored_nowhere(
    served: Served, centre: Centre
) -> None:
    now = time.time_ns() // 1_000_000
    furnish(centre, now)
    with centre.change(now, "Sara") as tx:
        number = open_ticket(tx, "ct-2", "tube-service", "Hot").id
        write(tx, number, "It is hot.", "out")
        token = api_tokens.make_token(tx, "sara", "his", ["enter readings"])
    link = link_to(centre, number, is_bound=False)
    assert ask(served, link, HERE).status == 200
    before = memory(served)
    for name, content in (("log.zip", archive(2**32 - 2)), ("photo.png", png(60_000, 60_000))):
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--b--\r\n"
        kind = "Content-Type: multipart/form-data; boundary=b"
        reply = ask(served, f"{link}/files", HERE, kind, method="POST", body=body)
        assert reply.status == 400, name
        assert f"{name} is not taken" in reply.body.decode(), name
    packed = gzip.compress(b" " * 100_000_000)
    lines = (HERE, f"Authorization: Bearer {token}", "Content-Type: application/json")
    for encoding in ("Content-Encoding: gzip", "X-a: b"):
        reply = ask(served, "/api/v1/readings", *lines, encoding, method="POST", body=packed)
        assert reply.status in (400, 415), encoding
        assert reply.json["status"] == reply.status
    assert memory(served) - before < 100 * MIB
    assert ask(served, "/healthz", HERE).status == 200
    with centre.records.reading() as db:
        assert table_rows.all_rows(db, File) == []
