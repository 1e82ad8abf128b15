"""Scripts come packed to who can unpack them; parts of them do not."""

import gzip
import http.client
import re

import pytest

from dashboard.http.charts_script import LIBRARY_PATH
from tests.dashboard.conftest import Served

pytestmark = pytest.mark.servers


def asked(served: Served, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": served.cookie, **headers})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply, content


def test_a_script_comes_packed_and_is_the_same(served: Served) -> None:
    page = asked(served, "/")[1].decode()
    name = re.search(r"static/js/[\w.-]+\.js", page)
    assert name is not None
    for path in (f"/{name[0]}", LIBRARY_PATH):
        plain, whole = asked(served, path)
        assert plain.status == 200
        assert plain.headers["content-encoding"] is None
        packed, content = asked(served, path, **{"Accept-Encoding": "gzip, br"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in packed.headers["vary"].lower()
        assert gzip.decompress(content) == whole
        assert len(content) < len(whole) / 2


def test_a_part_of_a_script_is_sent_as_it_lies(served: Served) -> None:
    name = re.search(r"static/js/[\w.-]+\.js", asked(served, "/")[1].decode())
    assert name is not None
    whole = asked(served, f"/{name[0]}")[1]
    part = {"Accept-Encoding": "gzip", "Range": "bytes=10-99"}
    reply, content = asked(served, f"/{name[0]}", **part)
    assert reply.headers["content-encoding"] is None
    assert content in (whole, whole[10:100])
