"""The doctor and DICOM: what is set wrong is named in words, each beside real peers."""

import asyncio
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.clock import now
from app.doctor.certificates import check_certificates
from app.doctor.dicom import check_listener
from app.doctor.sources import check_sources
from core.finding import Finding
from core.schema.load import load_site
from core.schema.site import Site
from tests.support.certificates import Authority
from tests.support.dicom_peers import Storescp, orthanc_server, own_node, storescp_server
from tests.support.evil_peer import evil_peer, silent
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
dicom: {{ae_title: SCANWARD{listen}}}
devices:
{devices}
"""


def site(folder: Path, devices: list[str], listen: str = "") -> Site:
    path = folder / "site.yaml"
    lines = "\n".join(
        f"  - {{id: {name}, name: {name}, profile: _ct, {rest}}}"
        for name, _, rest in (device.partition(" ") for device in devices)
    )
    path.write_text(SITE.format(folder=folder, devices=lines, listen=listen))
    return load_site(path)


def node(name: str, port: int, title: str, more: str = "", host: str = "127.0.0.1") -> str:
    settings = f"kind: dicom, host: {host}, port: {port}, ae_title: {title}, timeout: 3s{more}"
    return f"{name} sources: [{{{settings}}}]"


def findings(folder: Path, *devices: str) -> list[Finding]:
    return asyncio.run(check_sources(site(folder, list(devices)), []))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def web_server() -> Iterator[int]:
    """One that waits for the end of what it takes for a request."""

    class Page(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    with HTTPServer(("127.0.0.1", free_port()), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_each_of_five_broken_settings_is_named_in_words(
    tmp_path: Path, authority: Authority
) -> None:
    def strict(entity: object) -> None:
        entity.require_calling_aet = ["PACS"]  # type: ignore[attr-defined]

    expired = authority.certify(days=(-9, -2))
    secure = ("+tls", str(expired.key), str(expired.certificate), "--ignore-peer-cert")
    tls = f", tls: {{ca: '{authority.ca}'}}"
    (tmp_path / "orthanc").mkdir()
    with (
        orthanc_server(tmp_path / "orthanc", settings={"DicomCheckCalledAet": True}) as pacs,
        own_node(change=strict) as closed_to_us,
        storescp_server(tmp_path, *secure) as expired_one,
        storescp_server(tmp_path, ae_title="PLAIN") as plain,
    ):
        wrong = findings(
            tmp_path,
            node("pacs", pacs.port, "ORTHANK"),
            node("mri", closed_to_us, "NODE"),
            node("dxa", free_port(), "DXA"),
            node("ct", expired_one.port, "STORESCP", tls),
            node("us", plain.port, "PLAIN", tls),
        )
        right = findings(
            tmp_path,
            node("pacs", pacs.port, "ORTHANC"),
            node("mri", closed_to_us, "NODE", ", calling: PACS"),
            node("us", plain.port, "PLAIN"),
        )
    assert [finding.outcome for finding in wrong] == ["failed"] * 5
    texts = {finding.what.split()[0]: finding.text for finding in wrong}
    assert "does not know the AE title 'ORTHANK' as its own: check `ae_title`" in texts["pacs"]
    assert "does not let the AE title 'SCANWARD' in: register it there" in texts["mri"]
    assert "nothing listens on 127.0.0.1:" in texts["dxa"]
    assert "has expired: have another made" in texts["ct"]
    assert "does not speak TLS there: remove `tls`" in texts["us"]
    assert [finding.outcome for finding in right] == ["ok"] * 3
    assert all("answers" in finding.text for finding in right)


def test_five_more_are_named_as_well(tmp_path: Path, authority: Authority, web_server: int) -> None:
    theirs = authority.certify("192.0.2.9")
    words = ("+tls", str(theirs.key), str(theirs.certificate))
    absent = f", tls: {{ca: '{tmp_path}/absent.pem'}}"
    tls = f", tls: {{ca: '{authority.ca}'}}"
    with storescp_server(tmp_path, *words) as secure, evil_peer(silent) as deaf:
        wrong = findings(
            tmp_path,
            node("web", web_server, "WEB"),
            node("plain", secure.port, "A"),
            node("renamed", secure.port, "B", tls),
            node("files", secure.port, "C", absent),
            node("nowhere", 104, "D", host="ct.invalid"),
            node("deaf", deaf, "E"),
        )
    texts = {finding.what.split()[0]: finding.text for finding in wrong}
    assert [finding.outcome for finding in wrong] == ["failed"] * 6
    assert "is a web server, not DICOM: check `port`" in texts["web"]
    assert "expects TLS" in texts["plain"]
    assert "is of another address than '127.0.0.1'" in texts["renamed"]
    assert "`tls.ca` cannot be read" in texts["files"]
    assert "the name of the host 'ct.invalid' is not known" in texts["nowhere"]
    assert "takes the connection and gives no answer in time" in texts["deaf"]


def test_a_node_that_is_busy_or_cannot_verify_is_a_warning(tmp_path: Path) -> None:
    from tests.support.evil_peer import rejecting

    with evil_peer(rejecting(2, 3, 1)) as port:
        (only,) = findings(tmp_path, node("ct", port, "CT1"))
    assert only.outcome == "warning"
    assert "is too busy to take another association" in only.text


def listener(folder: Path, settings: str, *devices: str) -> list[Finding]:
    whole = site(folder, list(devices) or ["ct dicom: {ae_titles: [CT1]}"], f", listen: {settings}")
    assert whole.file.dicom.listen is not None
    return check_listener(whole, whole.file.dicom.listen)


def test_a_listener_whose_port_is_free_ours_or_another_s(
    tmp_path: Path, storescp: Storescp, web_server: int
) -> None:
    (free,) = listener(tmp_path, f"{{port: {free_port()}}}")
    assert (free.outcome, "is free" in free.text) == ("ok", True)
    with own_node(ae_title="SCANWARD") as port:
        (ours,) = listener(tmp_path, f"{{port: {port}}}")
    assert (ours.outcome, ours.text) == ("ok", "answers as SCANWARD")
    (other,) = listener(tmp_path, f"{{port: {web_server}}}")
    assert other.outcome == "failed"
    assert "another program has the port" in other.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{address: 192.0.2.1, port: 11112}", "`address` is not one of this machine's"),
        ("{port: 11112, tls: {certificate: absent.pem, key: absent.key}}", "cannot be read"),
    ],
)
def test_a_listener_that_cannot_listen_says_why(tmp_path: Path, settings: str, words: str) -> None:
    (only,) = listener(tmp_path, settings)
    assert only.outcome == "failed"
    assert words in only.text


def test_a_listener_to_which_nobody_may_send_is_a_warning(tmp_path: Path) -> None:
    *_, last = listener(tmp_path, f"{{port: {free_port()}}}", "ct room: X")
    assert last.outcome == "warning"
    assert "nobody may send to it" in last.text


def test_certificates_of_nodes_and_our_own_are_watched(
    tmp_path: Path, authority: Authority
) -> None:
    theirs, ended = authority.certify(days=(-9, 90)), authority.certify("us", days=(-9, -2))
    words = ("+tls", str(theirs.key), str(theirs.certificate), "--ignore-peer-cert")
    files = f"certificate: '{ended.certificate}', key: '{ended.key}'"
    with storescp_server(tmp_path, *words) as server:
        tls = f", tls: {{ca: '{authority.ca}', {files}}}"
        whole = site(tmp_path, [node("ct", server.port, "CT1", tls)])
        held, over = check_certificates(whole, now())
    assert "that of ct (CT1) holds for 8" in held.text
    assert over.outcome == "failed"
    assert "ended 2 days ago: have another made" in over.text


def test_the_port_of_another_listener_is_seen_as_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        (only,) = listener(tmp_path, f"{{port: {taken.getsockname()[1]}}}")
    assert only.outcome == "failed"
