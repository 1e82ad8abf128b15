"""For whom a proxy asks: believed from the proxies of the site file, and from nobody else."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from dashboard.http import demo_login
from dashboard.http.proxy_headers import UNKNOWN_SENDER, ProxyHeaders
from storage.records import LoginSession
from storage.records.base import all_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, wait_for
from tests.dashboard.http.test_login_page import Visitor, visitor
from tests.dashboard.http.test_middleware import UPGRADE, ask
from tests.support.mosquitto import write_certificates
from tests.support.ports import free_port

__all__ = ["visitor"]

PROXY, CLIENT, FORGED = "10.0.0.1", "198.51.100.7", "203.0.113.66"
ELSEWHERE = "127.0.0.2"  # no proxy of the site file


def seen(
    headers: dict[str, str], *, by: str = PROXY, kind: str = "x-forwarded", socket: bool = False
) -> tuple[str, str, str, list[str]]:
    """Client, scheme, host and the headers that are left, as all behind it see them."""
    scopes: list[Scope] = []

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        scopes.append(scope)

    async def ask_it() -> None:
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "websocket" if socket else "http",
            "scheme": "ws" if socket else "http",
            "client": (by, 40000),
            "headers": [(b"host", b"inner:8501"), *pairs],
            demo_login.LOOPBACK: True,
        }
        proxies = [f"{PROXY}/32", "10.0.1.0/24", "::1/128"]
        await ProxyHeaders(application, proxies, kind)(scope, _never, _never)  # type: ignore[arg-type]

    anyio.run(ask_it)
    (scope,) = scopes
    left = {name.decode(): value.decode() for name, value in scope["headers"]}
    assert scope[demo_login.LOOPBACK] is (not headers)
    # Whom a proxy asks for is known if it is one of ours, and says so.
    assert scope.get(UNKNOWN_SENDER, False) is (bool(headers) and scope["client"] == (by, 40000))
    return scope["client"][0], scope["scheme"], left.pop("host"), sorted(left)


async def _never(*_: object) -> None:
    raise AssertionError("nobody asks")


ALL = {"X-Forwarded-For": CLIENT, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "scan.example"}


def test_a_proxy_of_the_site_file_is_believed() -> None:
    assert seen(ALL) == (CLIENT, "https", "scan.example", [])
    assert seen(ALL, socket=True) == (CLIENT, "wss", "scan.example", [])
    assert seen(ALL, by="10.0.1.77") == (CLIENT, "https", "scan.example", [])
    assert seen(ALL, by="::1")[0] == CLIENT
    assert seen({}) == (PROXY, "http", "inner:8501", [])


def test_nobody_else_is() -> None:
    every = {**ALL, "Forwarded": f"for={FORGED}", "X-Real-IP": FORGED, "X_Forwarded_For": FORGED}
    for by in (FORGED, "10.0.2.1", "127.0.0.1", "not an address"):
        assert seen(every, by=by) == (by, "http", "inner:8501", [])
    assert seen({**every, "X-Forwarded-For": "unknown"})[0] == PROXY


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        (f"{FORGED}, {CLIENT}", CLIENT),  # what the client wrote himself stands before it
        (f"{FORGED}, {CLIENT}, 10.0.1.5", CLIENT),  # two proxies of the site
        (f"{CLIENT}:4711", CLIENT),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{FORGED}, unknown", PROXY),
        (f"{FORGED}, <script>", PROXY),
        (", ,", PROXY),
        ("", PROXY),
        (f"{FORGED}, " * 2000 + CLIENT, CLIENT),
    ],
)
def test_the_nearest_that_is_no_proxy_is_who_asks(chain: str, client: str) -> None:
    assert seen({"X-Forwarded-For": chain})[0] == client


@pytest.mark.parametrize(
    ("text", "client", "scheme"),
    [
        (f"for={CLIENT};proto=https;host=scan.example", CLIENT, "https"),
        ('For="[2001:db8::7]:4711" ; Proto=HTTPS', "2001:db8::7", "https"),
        (f"for={FORGED}, for={CLIENT}", CLIENT, "http"),
        (f"for={FORGED}, for=_hidden", PROXY, "http"),
        (f'for={FORGED}, for="{CLIENT}', PROXY, "http"),
        ("for", PROXY, "http"),
        ("proto=gopher", PROXY, "http"),
    ],
)  # fmt: skip
def test_forwarded_is_read_where_the_site_file_says_so(text: str, client: str, scheme: str) -> None:
    headers = {"Forwarded": text, "X-Forwarded-For": FORGED}
    assert seen(headers, kind="forwarded")[:2] == (client, scheme)


@pytest.fixture
def site_path(site_path: Path) -> Path:
    with site_path.open("a", encoding="utf-8") as file:
        file.write("http: {names: [scan.example], proxies: [127.0.0.1]}\n")
    return site_path


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For 198.51.100.7;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
  {deployed}
}}
"""
DEPLOYED = Path(__file__).parents[3] / "deploy" / "nginx" / "scanward.conf"


def deployed(folder: Path, served: Served, tls_port: int, plain_port: int) -> str:
    """The file that ships, on free ports and with a certificate of the test."""
    write_certificates(folder)
    text = DEPLOYED.read_text(encoding="utf-8")
    for there, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{tls_port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain_port}"),
        ("127.0.0.1:8501", f"127.0.0.1:{served.port}"),
        ("/etc/scanward/page.pem", str(folder / "server.pem")),
        ("/etc/scanward/page.key", str(folder / "server.key")),
        ("/var/log/nginx", str(folder)),
        ("scanward.example", "scan.example"),
    ):
        assert there in text
        text = text.replace(there, here)
    return text


class Proxied(NamedTuple):
    """The same server as it is reached by the proxy: by a stub of a file, and by the file that ships."""

    stub: Served
    folder: Path
    tls_port: int
    plain_port: int

    def ask(self, request: str, *, is_tls: bool = True) -> bytes:
        """The answer to what is written here, from another address of this machine; to the end of its head at least."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        context.check_hostname = False
        port = self.tls_port if is_tls else self.plain_port
        raw = socket.create_connection(("127.0.0.1", port), 30, source_address=(ELSEWHERE, 0))
        with context.wrap_socket(raw) if is_tls else raw as line:
            line.sendall(request.encode())
            data = b""
            while b"\r\n\r\n" not in data and (chunk := line.recv(65536)):
                data += chunk
            while b" 101 " not in data[:20] and (chunk := line.recv(65536)):
                data += chunk
        return data


@pytest.fixture
def through_nginx(served: Served, tmp_path: Path) -> Iterator[Proxied]:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if nginx is None:
        pytest.skip("needs server: nginx is not installed")
    folder, port, ports = tmp_path / "nginx", free_port(), (free_port(), free_port())
    folder.mkdir()
    shipped = deployed(folder, served, *ports)
    text = NGINX.format(folder=folder, port=port, behind=served.port, deployed=shipped)
    (folder / "conf").write_text(text)
    process = subprocess.Popen([nginx, "-c", folder / "conf", "-e", folder / "error.log"])
    proxied = Served(port, served.process, served.log, served.cookie)
    try:
        wait_for(proxied)
        yield Proxied(proxied, folder, *ports)
    finally:
        process.terminate()
        process.wait()


@pytest.mark.servers
def test_by_nginx_the_session_is_of_the_client_and_its_cookie_is_bound_to_tls(
    centre: Centre, through_nginx: Proxied, visitor: Visitor
) -> None:
    visitor.served = through_nginx.stub
    host = {"Host": "scan.example", "X-Forwarded-For": FORGED, "Forwarded": f"for={FORGED}"}
    form = visitor.ask("/login", **host)
    assert form.set_cookies[0].startswith("__Host-scanward-form=")
    assert form.headers["strict-transport-security"]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
    fields = urlencode({**hidden, "name": "ali", "password": "seven blue camels"})
    answer = visitor.ask("/login", "POST", fields, **host)
    assert answer.status == 303
    with centre.records.reading() as db:
        addresses = [row.address for row in all_rows(db, LoginSession)]
    assert CLIENT in addresses
    assert FORGED not in addresses
    check_deployed(through_nginx)


def check_deployed(proxy: Proxied) -> None:
    """The file that ships: TLS and no way round it, pages, websockets and uploads, and no key in a log."""
    head = f"Host: scan.example\r\nX-Forwarded-For: {FORGED}\r\nConnection: close\r\n"
    moved = proxy.ask(f"GET /fault/ct-2 HTTP/1.1\r\n{head}\r\n", is_tls=False)
    assert b"Location: https://scan.example/fault/ct-2\r\n" in moved
    login = proxy.ask(f"GET /login HTTP/1.1\r\n{head}\r\n")
    assert login.startswith(b"HTTP/1.1 200 ")
    assert b"__Host-scanward-form=" in login
    assert b"trict-" in login and b"max-age=" in login  # noqa: PT018
    assert b"WWW-Authenticate" not in login

    upgrade = "\r\n".join(UPGRADE)
    socket_head = f"Host: scan.example\r\nCookie: __Host-{proxy.stub.cookie}\r\n{upgrade}\r\n"
    opened = proxy.ask(f"GET /_stcore/stream HTTP/1.1\r\n{socket_head}\r\n")
    assert opened.startswith(b"HTTP/1.1 101 ")

    body = "x" * 2_000_000  # more than nginx takes unless it is told to
    size = f"Content-Length: {len(body)}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    upload = proxy.ask(f"POST /vendor/none-of-ours/files HTTP/1.1\r\n{head}{size}\r\n{body}")
    assert upload.startswith(b"HTTP/1.1 404 ")
    log = (proxy.folder / "scanward.log").read_text()
    assert "/login" in log
    assert ELSEWHERE in log
    assert "none-of-ours" not in log


@pytest.mark.servers
def test_a_host_that_a_proxy_hands_on_must_be_ours_too(served: Served) -> None:
    own = "Host: 127.0.0.1:{port}"
    assert ask(served, "/healthz", own).status == 200
    assert ask(served, "/healthz", own, "X-Forwarded-Host: scan.example").status == 200
    assert ask(served, "/healthz", own, "X-Forwarded-Host: evil.example").status == 421
