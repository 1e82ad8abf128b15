"""Who is let in, and what every answer carries: asked of the real server, byte by byte."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.records import work_orders as order_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served

pytestmark = pytest.mark.servers

UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: streamlit",
)


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(served: Served, path: str, *lines: str, method: str = "GET", body: bytes = b"") -> Reply:
    """One request as it is written here; `{port}` is the server's. No Host is added."""
    head = [f"{method} {path} HTTP/1.1", *(line.format(port=served.port) for line in lines)]
    if not any(line.startswith("Cookie") for line in lines):
        head.append(f"Cookie: {served.cookie}")
    if not any(line.startswith("Upgrade") for line in lines):
        head.append("Connection: close")
    if body:
        head.append(f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        data = b""
        while b"\r\n\r\n" not in data and (chunk := line.recv(65536)):
            data += chunk
        while not data.startswith(b"HTTP/1.1 101") and (chunk := line.recv(65536)):
            data += chunk
    top, _, rest = data.partition(b"\r\n\r\n")
    status, *headers = top.decode("latin-1").split("\r\n")
    pairs = (header.partition(": ")[::2] for header in headers)
    return Reply(int(status.split()[1]), {name.lower(): value for name, value in pairs}, rest)


HERE = "Host: 127.0.0.1:{port}"
OWN = [
    "127.0.0.1:{port}",
    "localhost:{port}",
    "LOCALHOST:{port}",
    "localhost.",
    "localhost:9000",  # a port of a container's host, or of a tunnel
    "[::1]:{port}",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:{port}",
    "scan.example",  # `names` of the site file
    "Scan.Example.:443",
    "xn--rntgen-wxa.example",
]
FOREIGN = [
    "evil.example",
    "evil.example:{port}",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example#localhost",
    "user@localhost",
    "localhost:{port}@evil.example",
    "localhost:port",
    "localhost:99999",
    "203.0.113.9:{port}",
    "[2001:db8::9]:{port}",
    "[::1",
    "0.0.0.0:{port}",
    "255.255.255.255",
    "2130706433",
    "127.1",
    "localhost, evil.example",
    "..",
    "",
]


@pytest.fixture
def site_path(site_path: Path) -> Path:
    """A site that a proxy and the house's DNS know by names."""
    text = site_path.read_text(encoding="utf-8")
    site_path.write_text(f"{text}http: {{names: [scan.example, RÖNTGEN.example.]}}\n", "utf-8")
    return site_path


def test_only_names_of_this_machine_and_of_the_site_file_are_answered(served: Served) -> None:
    for path in ("/", "/api/v1/devices", "/fault/ct-2", "/_stcore/health", "/favicon.png"):
        for host in OWN if path == "/_stcore/health" else OWN[:2]:
            assert ask(served, path, f"Host: {host}").status == 200, (path, host)
        for host in FOREIGN if path == "/_stcore/health" else FOREIGN[:2]:
            assert ask(served, path, f"Host: {host}").status == 421, (path, host)
    for lines in ((), ("Host: localhost", "Host: evil.example")):
        assert ask(served, "/_stcore/health", *lines).status in (400, 421)
    # No proxy is trusted to say another name.
    spoofed = ("Host: evil.example", "X-Forwarded-Host: localhost", "Forwarded: host=localhost")
    assert ask(served, "/_stcore/health", *spoofed).status == 421
    assert ask(served, "/_stcore/health", HERE, "X-Forwarded-Host: evil.example").status == 200


def test_an_address_of_this_machine_is_its_name_too(served: Served) -> None:
    """As a telephone uses it that has read the code on a machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("203.0.113.9", 9)
            )  # sends nothing: the kernel says which way it would go
        except OSError:
            pytest.skip("needs server: this machine has no address but its own")
        address = probe.getsockname()[0]
    for path in ("/fault/ct-2", "/healthz"):
        assert ask(served, path, f"Host: {address}:{{port}}").status == 200
    origin = f"Origin: http://{address}:{{port}}"
    assert sent(served, f"Host: {address}:{{port}}", origin).status == 303


def test_the_stream_opens_for_pages_of_this_server_only(served: Served) -> None:
    def opened(*lines: str) -> int:
        return ask(served, "/_stcore/stream", *lines, *UPGRADE).status

    assert opened("Host: evil.example", "Origin: http://evil.example") == 421
    assert opened("Host: evil.example") == 421
    for origin in FOREIGN_ORIGINS:
        assert opened(HERE, f"Origin: {origin}") == 403, origin
    assert opened(HERE) == 101  # no browser: they all say an origin
    for host, origin in (
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}"),
        ("scan.example", "https://scan.example"),
        ("scan.example:443", "https://scan.example"),
        ("LOCALHOST:{port}", "http://localhost:{port}"),
    ):
        assert opened(f"Host: {host}", f"Origin: {origin}") == 101, origin
    assert ask(served, "/_stcore/other", HERE, *UPGRADE).status in (403, 404)


FOREIGN_ORIGINS = [
    "null",
    "http://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "https://127.0.0.1:{port}.evil.example",
    "http://localhost:{port}",  # another name is another origin
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@evil.example",
    "file://",
    "chrome-extension://127.0.0.1:{port}",
    "",
]


def sent(served: Served, *lines: str, kind: str = "application/x-www-form-urlencoded") -> Reply:
    """The form of faults, with the device out of service."""
    body = b"text=It+smells&state=down&name="
    return ask(
        served, "/fault/ct-2", *lines, f"Content-Type: {kind}", method="POST", body=body
    )  # fmt: skip


def test_a_form_of_another_page_opens_no_order_and_uses_up_nothing(
    centre: Centre, served: Served
) -> None:
    for _ in range(5):
        for origin in FOREIGN_ORIGINS:
            assert sent(served, HERE, f"Origin: {origin}").status == 403, origin
        assert sent(served, HERE, kind="text/plain").status == 415
        assert sent(served, HERE, kind="Text/Plain; charset=utf-8").status == 415
    with centre.records.reading() as db:
        assert order_rows.orders(db) == []
    own = "Origin: http://127.0.0.1:{port}"
    assert sent(served, HERE, own).status == 303
    assert sent(served, HERE, own, kind="application/x-www-form-urlencoded; charset=UTF-8").status == 303  # fmt: skip
    assert sent(served, HERE).status == 303
    with centre.records.reading() as db:
        assert len(order_rows.orders(db)) == 1


def test_a_refusal_says_which_key_to_set_and_not_what_the_stranger_wrote(served: Served) -> None:
    script = "<script>alert(1)</script>"
    for reply in (
        ask(served, f"/{script}", f"Host: {script}.example"),
        ask(served, "/", HERE, f"Origin: http://{script}"),
    ):
        assert "names: [" in reply.body.decode()
        assert script not in reply.body.decode()
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        carries_headers(reply)
    assert script not in ask(served, f"/{script}", HERE).body.decode()


def carries_headers(reply: Reply) -> None:
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert "unsafe-eval" not in reply.headers["content-security-policy"]
    scripts = reply.headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
    assert "unsafe-inline" not in scripts


def test_every_answer_carries_the_headers(served: Served) -> None:
    for path in (
        "/", "/device?device=ct-2", "/favicon.png", "/healthz", "/calendar.ics", "/fault/ct-2",
        "/fault/none", "/api/v1/devices", "/api/v1/readings", "/api/nope", "/nope", "/media/nope",
        "/_stcore/health", "/_stcore/host-config", "//", "/..%5c..%5cx", "/device/",
    ):  # fmt: skip
        carries_headers(ask(served, path, HERE))
    carries_headers(ask(served, "/", HERE, method="POST"))
    carries_headers(ask(served, "/_stcore/stream", "Host: evil.example", *UPGRADE))


def test_what_is_not_in_the_api_is_not_found_in_json(served: Served) -> None:
    for path in (
        "/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/nope", "/api/v2/devices", "//api/v1",
        "///api/v1/devices", "/api//v1/devices", "/api/v1/nope/ct-2", "/%2Fapi/v1",
        "/api/v1/<b>",
    ):  # fmt: skip
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
            reply = ask(served, path, HERE, method=method)
            kind = "application/problem+json"
            assert (reply.status, reply.headers["content-type"]) == (404, kind), path
            assert reply.json["status"] == 404
    assert ask(served, "/api/v1/devices", HERE, method="POST").status == 405
    assert ask(served, "/api/v1/devices", HERE).status == 200
    assert ask(served, "/api/v1/devices/", HERE).headers["location"] == "/api/v1/devices"


def test_an_address_that_leads_nowhere_is_not_the_main_page(served: Served) -> None:
    for path in (
        "/nope", "/devicex", "/device/nope", "/fleet", "/Device", "/healthz/x", "/fault", "/static/x.js",
        "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/nope", "/wp-login.php",
        "/device/_stcore/host-config", "/index.html", "/apis", "/fault/ct-2/x",
    ):  # fmt: skip
        reply = ask(served, path, HERE)
        assert reply.status == 404, path
        assert "no such page" in reply.body.decode(), path
    for path in ("/device", "/today", "/order?order=1", "/assets"):
        assert b"__streamlit" in ask(served, path, HERE).body
    assert ask(served, "/device/?device=ct-2", HERE).headers["location"] == "/device?device=ct-2"


def test_no_page_of_another_server_may_steer_this_one(served: Served) -> None:
    assert ask(served, "/_stcore/host-config", HERE).json["allowedOrigins"] == []
