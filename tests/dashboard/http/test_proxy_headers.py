"""For whom a proxy asks: believed from the proxies of the site file, and from nobody else."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
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
from tests.dashboard.http.test_middleware import ask
from tests.support.ports import free_port

__all__ = ["visitor"]

PROXY, CLIENT, FORGED = "10.0.0.1", "198.51.100.7", "203.0.113.66"


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
}}
"""


@pytest.fixture
def through_nginx(served: Served, tmp_path: Path) -> Iterator[Served]:
    """The same server as it is reached by the proxy."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if nginx is None:
        pytest.skip("needs server: nginx is not installed")
    folder, port = tmp_path / "nginx", free_port()
    folder.mkdir()
    (folder / "conf").write_text(NGINX.format(folder=folder, port=port, behind=served.port))
    process = subprocess.Popen([nginx, "-c", folder / "conf", "-e", folder / "error.log"])
    proxied = Served(port, process, served.log, served.cookie)
    try:
        wait_for(proxied)
        yield proxied
    finally:
        process.terminate()
        process.wait()


@pytest.mark.servers
def test_by_nginx_the_session_is_of_the_client_and_its_cookie_is_bound_to_tls(
    centre: Centre, through_nginx: Served, visitor: Visitor
) -> None:
    visitor.served = through_nginx
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


@pytest.mark.servers
def test_a_host_that_a_proxy_hands_on_must_be_ours_too(served: Served) -> None:
    own = "Host: 127.0.0.1:{port}"
    assert ask(served, "/healthz", own).status == 200
    assert ask(served, "/healthz", own, "X-Forwarded-Host: scan.example").status == 200
    assert ask(served, "/healthz", own, "X-Forwarded-Host: evil.example").status == 421
