"""The port beside the encrypted one, and who is let in without a token or too often: real requests."""

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.api_tokens import make_token
from core.errors import ConfigError
from core.schema.load import load_site
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, serving
from tests.dashboard.http.api.asking import document
from tests.dashboard.http.test_middleware import UPGRADE, ask
from tests.dashboard.people import session_cookie
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

MOST = 12


@pytest.fixture
def site_path(site_path: Path) -> Path:
    with site_path.open("a", encoding="utf-8") as file:
        file.write(
            f"http: {{tls: own, names: [scan.example], plain_port: {free_port()}, "
            f"metrics_from: [127.0.0.0/8], api_per_minute: {MOST}}}\n"
        )
    return site_path


@pytest.fixture
def served(centre: Centre, tmp_path: Path) -> Iterator[Served]:
    now = time.time_ns() // 1_000_000
    centre.all_well(now)
    with serving(centre, tmp_path) as served:
        served.cookie = session_cookie(centre)
        yield served


def encrypted(served: Served, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    context = ssl._create_unverified_context()
    line = http.client.HTTPSConnection("127.0.0.1", served.port, context=context, timeout=20)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    try:
        return (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read(),
        )
    finally:
        line.close()


def test_the_plain_port_leads_to_the_encrypted_port_only(served: Served, centre: Centre) -> None:
    own = served.port
    served.port = centre.site.file.http.plain_port or 0
    for host in ("127.0.0.1", "scan.example", "localhost:8080"):
        reply = ask(served, "/device?device=ct-2&a=%0d%0aX", f"Host: {host}")
        name = host.partition(":")[0]
        assert reply.status == 308
        assert reply.headers["location"] == f"https://{name}:{own}/device?device=ct-2&a=%0d%0aX"
    for host in (
        "Host: evil.example",
        "Host: 127.0.0.1@evil.example",
        "Host: a\r\nHost: localhost",
    ):
        reply = ask(served, "/", host)
        assert (reply.status, reply.headers.get("location")) in ((421, None), (400, None)), host
    reply = ask(served, "//evil.example/", "Host: localhost")
    assert reply.headers["location"].startswith(f"https://localhost:{own}/")
    reply = ask(served, "/login", "Host: localhost", method="POST", body=b"password=x")
    assert (reply.status, reply.headers.get("location")) == (403, None)
    assert ask(served, "/_stcore/stream", "Host: localhost", *UPGRADE).status != 101
    assert ask(served, "/healthz", "Host: localhost").status == 200
    assert ask(served, "/trust", "Host: localhost").status == 200
    assert b"BEGIN CERTIFICATE" in ask(served, "/trust/scanward.crt", "Host: localhost").body


def test_the_houses_prometheus_needs_no_token_and_who_asks_too_often_waits(
    served: Served, centre: Centre
) -> None:
    with centre.change(time.time_ns() // 1_000_000) as tx:
        tokens = [make_token(tx, "sara", name, ["read"]) for name in ("a", "b")]
    status, _, text = encrypted(served, "/metrics")
    assert (status, b"scanward_" in text) == (200, True)
    assert encrypted(served, "/api/v1/site")[0] == 401
    assert encrypted(served, "/metricsx")[0] == 404
    first, second = ({"Authorization": f"Bearer {token}"} for token in tokens)
    for _ in range(MOST + 5):
        status, headers, text = encrypted(served, "/api/v1/site", **first)
        if status != 200:
            break
    assert (status, headers["content-type"]) == (429, "application/problem+json")
    assert 1 <= int(headers["retry-after"]) <= 60
    assert json.loads(text)["detail"].startswith("too many requests")
    assert encrypted(served, "/api/v1/site", **second)[0] == 200  # another token, the same address
    for _ in range(MOST + 5):
        status, headers, text = encrypted(served, "/api/v1/site", Authorization="Bearer scw_guess")
    assert status == 429
    assert encrypted(served, "/healthz")[0] == 200
    described = document()["paths"]["/site"]["get"]["responses"]
    assert "429" in described


def test_a_plain_port_needs_tls_beside_it(centre: Centre) -> None:
    text = centre.path.read_text()
    centre.path.write_text(text.replace("tls: own, ", ""))
    with pytest.raises(ConfigError, match="needs `tls`"):
        load_site(centre.path)
    centre.path.write_text(text.replace("plain_port:", "plain_port: 8501, api_per_minute: 99} #"))
    with pytest.raises(ConfigError, match="must differ"):
        load_site(centre.path)
