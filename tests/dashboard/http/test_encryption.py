"""The dashboard by TLS: real handshakes, and another certificate while it runs."""

import http.client
import os
import socket
import ssl
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StoreError
from core.schema.load import load_site
from dashboard.certificates.authority import fingerprint, load_authority
from dashboard.certificates.own_certificate import certificate_state, keep_certificate, server_file
from dashboard.http.encryption import Encryption
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served, serving
from tests.dashboard.people import session_cookie

pytestmark = pytest.mark.servers


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def site_path(site_path: Path) -> Path:
    """A site with an authority of its own."""
    with site_path.open("a", encoding="utf-8") as file:
        file.write("http: {names: [scan.example], tls: own}\n")
    return site_path


@pytest.fixture
def served(centre: Centre, tmp_path: Path) -> Iterator[Served]:
    centre.all_well(now())
    with serving(centre, tmp_path) as served:
        served.cookie = session_cookie(centre)
        yield served


def _trusting(path: Path) -> ssl.SSLContext:
    authority = load_authority(load_site(path).tls_path)
    assert authority is not None
    return ssl.create_default_context(cadata=authority.public_pem.decode())


def test_pages_come_by_tls_only_and_cookies_are_bound_to_it(served: Served, centre: Centre) -> None:
    context = _trusting(centre.path)
    line = http.client.HTTPSConnection("localhost", served.port, context=context, timeout=20)
    line.request("GET", "/login")
    answer = line.getresponse()
    text = answer.read()
    line.close()
    assert answer.status == 200
    assert b"<form" in text
    assert answer.headers["Strict-Transport-Security"] == "max-age=2592000"
    assert "Server" not in answer.headers
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-scanward-form=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    for path in ("/trust", "/trust/scanward.crt"):  # without a session
        line = http.client.HTTPSConnection("localhost", served.port, context=context, timeout=20)
        line.request("GET", path)
        answer = line.getresponse()
        assert answer.status == 200
        text = answer.read()
        line.close()
        assert b"PRIVATE KEY" not in text
        if path == "/trust":
            authority = load_authority(load_site(centre.path).tls_path)
            assert authority is not None
            assert fingerprint(authority).encode() in text
            assert b"<svg" in text
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert ssl.create_default_context(cadata=text.decode()).get_ca_certs()
    plain = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    plain.request("GET", "/login")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        plain.getresponse()
    plain.close()


def test_old_tls_is_refused(served: Served, centre: Centre) -> None:
    context = _trusting(centre.path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=20) as line,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(line, server_hostname="localhost")


def test_another_certificate_is_shown_without_a_restart(site_path: Path) -> None:
    clock = [now()]
    tls = Encryption(load_site(site_path), "127.0.0.1", lambda: clock[0])
    folder = load_site(site_path).tls_path
    first = certificate_state(folder)
    clock[0] += 300 * 86_400_000
    tls.refresh()
    second = certificate_state(folder)
    assert first is not None
    assert second is not None
    assert second.server.certificate != first.server.certificate
    assert tls.context.cert_store_stats()["x509"] == 0  # it asks nobody for a certificate
    clock[0] = 0  # 1970: what there is goes on
    assert Encryption(load_site(site_path), "127.0.0.1", lambda: clock[0]).context


def test_half_of_another_pair_is_not_loaded(site_path: Path, tmp_path: Path) -> None:
    """Somebody copies a certificate, and its key a moment later."""
    for name in ("old", "new"):
        keep_certificate(tmp_path / name, name, ["localhost"], now())
    certificate, key = tmp_path / "page.pem", tmp_path / "page.key"
    certificate.write_bytes(server_file(tmp_path / "old").read_bytes())
    key.write_bytes(server_file(tmp_path / "old").read_bytes())
    text = site_path.read_text("utf-8").replace("tls: own", f"tls: {{certificate: {certificate}, key: {key}}}")  # fmt: skip
    site_path.write_text(text, "utf-8")
    tls = Encryption(load_site(site_path), "127.0.0.1", now)
    certificate.write_bytes(server_file(tmp_path / "new").read_bytes())
    os.utime(certificate, (1, 1))  # whatever its age is
    with pytest.raises(StoreError, match=r"page\.pem"):
        tls.refresh()
    key.write_bytes(server_file(tmp_path / "new").read_bytes())
    tls.refresh()
