"""Who takes for ever to ask, and who sends what is far too large: connections end, and memory stays as it was."""

import contextlib
import http.client
import socket
import threading
import time
from pathlib import Path

import pytest

import dashboard
from dashboard.http.hurried_protocol import WITHIN_S
from maintenance.work_orders.attachments import LARGEST
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_middleware import HERE, UPGRADE, ask

pytestmark = pytest.mark.servers

GIB = 1024**3
MIB = 1024**2


def memory(served: Served) -> int:
    """Bytes of the server, resident."""
    lines = Path(f"/proc/{served.process.pid}/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def closed_after(port: int, head: bytes, *, drip: bytes = b"") -> float:
    """Seconds until the server ends a connection on which `drip` follows each second."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        line.sendall(head)
        while time.monotonic() - began < 3 * WITHIN_S:
            try:
                if drip:
                    line.sendall(drip)
                if not line.recv(65536):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it is still open")
    return time.monotonic() - began


def test_who_asks_too_slowly_is_not_waited_for_and_others_are_answered(served: Served) -> None:
    ways = {
        "nothing": (b"", b""),
        "head": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-a: b\r\n"),
        "second head": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT", b"T"),
        "body of a refused one": (
            b"POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 99999\r\n\r\n",
            b"a",
        ),
        "form": (
            b"POST /fault/ct-2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            b"a",
        ),
    }
    lasted: dict[str, float] = {}

    def wait(name: str) -> None:
        head, drip = ways[name]
        lasted[name] = closed_after(served.port, head, drip=drip)

    threads = [threading.Thread(target=wait, args=(name,)) for name in ways]
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", served.port)
        idle = [stack.enter_context(socket.create_connection(address)) for _ in range(300)]
        for thread in threads:
            thread.start()
        stream = stack.enter_context(socket.create_connection(address, timeout=20))
        lines = [HERE, f"Cookie: {served.cookie}", *UPGRADE]
        words = "\r\n".join(["GET /_stcore/stream HTTP/1.1", *lines, "\r\n"])
        stream.sendall(words.format(port=served.port).encode())
        assert stream.recv(65536).startswith(b"HTTP/1.1 101")
        assert ask(served, "/healthz", HERE).status == 200
        for thread in threads:
            thread.join()
        assert sorted(lasted) == sorted(ways)
        # The websocket has been quiet for as long, and is still there.
        stream.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            assert stream.recv(65536) != b""
        for line in idle:
            line.settimeout(WITHIN_S)
            with contextlib.suppress(ConnectionError):
                assert line.recv(1) == b""


def sent(served: Served, method: str, path: str, size: int, **headers: str) -> tuple[int, int]:
    """The status for a body of that many bytes, and how many of them were sent before the answer."""
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    line.putrequest(method, path)
    for name, value in {"Cookie": served.cookie, "Content-Length": str(size), **headers}.items():
        line.putheader(name.replace("_", "-"), value)
    line.endheaders()
    count, chunk = 0, b"x" * MIB
    assert line.sock is not None
    line.sock.settimeout(0.5)
    try:
        while count < size:
            try:
                line.sock.sendall(chunk)
            except TimeoutError:
                break  # nobody reads it
            count += len(chunk)
    except OSError:
        pass
    line.sock.settimeout(60)
    try:
        return line.getresponse().status, count
    except (OSError, http.client.HTTPException):
        return 0, count
    finally:
        line.close()


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=a"


def test_a_gigabyte_is_refused_and_not_kept_in_memory(served: Served) -> None:
    before = memory(served)
    for method, path, kind in (
        ("POST", "/login", FORM),
        ("POST", "/fault/ct-2", FORM),
        ("POST", "/fault/ct-2", PARTS),
        ("PUT", "/_stcore/upload_file/none/none", PARTS),
        ("POST", "/", "text/plain"),
    ):
        status, _ = sent(served, method, path, GIB, Content_Type=kind)
        assert status == 0 or 400 <= status < 500, path
        assert memory(served) - before < 40 * MIB, path
        assert ask(served, "/healthz", HERE).status == 200


def test_what_streamlit_takes_is_what_is_kept() -> None:
    text = (Path(dashboard.__file__).parent / ".streamlit" / "config.toml").read_text()
    assert f"maxUploadSize = {LARGEST // 1_000_000} " in text
