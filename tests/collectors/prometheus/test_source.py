"""Pages of real servers, and of servers that are none: what came is kept, and every fault has words."""

import asyncio
import gzip
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.clock import now
from app.doctor.sources import check_sources
from collectors.prometheus import sources
from collectors.prometheus.fetch import LARGEST_PAGE
from core.readings import NOT_UNDERSTOOD, UNDERSTOOD
from core.schema.load import load_site
from core.schema.sources.prometheus import PrometheusSource
from tests.collectors.prometheus.cast import (
    OPENMETRICS,
    T0,
    MemorySink,
    PageServer,
    device,
    looked_at,
    page_server,
    site,
    source,
)
from tests.support.certificates import Authority
from tests.support.cpu_clock import own_time
from tests.support.dicom_peers import Orthanc
from tests.support.evil_peer import Behaviour, answering, closing, evil_peer, silent
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
TEXT = 'studies 1203\njobs{state="pending"} 4\nrx_bytes_total{device="eth0"} 1\n'
BOTH = {("studies_count", ""): 1203.0, ("jobs_pending_count", ""): 4.0}


def test_a_page_becomes_readings_and_reachability() -> None:
    with page_server() as page:
        page.says(TEXT)
        sink, loop = looked_at(device(source(page.url)))
        (request,) = page.requests
    assert sink.values() == BOTH
    assert sink.up() == [1.0]
    assert loop.last_error == ""
    assert {r.component for r in sink.readings if r.metric in ("up", "response_ms")} == {
        "prometheus"
    }
    assert request["path"] == "/metrics"
    assert "text/plain" in request["Accept"]


def test_counters_are_rates_from_the_second_poll_on() -> None:
    sink = MemorySink()

    async def play(page: PageServer) -> None:
        (loop,) = sources(site(device(source(page.url))), sink, lambda: T0)
        for count in (0, 1_000_000, 5, 1_000_005):
            page.says(f'rx_bytes_total{{device="eth0"}} {count}\n')
            await loop.once()
            await asyncio.sleep(0.01)  # the loop's clock has moved

    with page_server() as page:
        asyncio.run(play(page))
    rates = [len([r for r in batch.readings if "bytes" in r.metric]) for batch in sink.batches]
    assert rates == [0, 1, 0, 1]


def test_openmetrics_is_read_and_its_end_is_missed() -> None:
    with page_server() as page:
        page.says("# TYPE studies gauge\nstudies 1203\n# EOF\n", OPENMETRICS)
        whole, loop = looked_at(device(source(page.url)))
        assert loop.last_error == ""
        page.says("# TYPE studies gauge\nstudies 1203\n", OPENMETRICS)
        half, loop = looked_at(device(source(page.url)))
    assert whole.values() == half.values() == {("studies_count", ""): 1203.0}
    assert "it is cut off at its end" in loop.last_error


def packed(page: PageServer, body: bytes) -> None:
    page.body = body
    page.headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}


def test_a_packed_page_is_unpacked_and_half_a_packed_page_gives_what_is_whole() -> None:
    long = TEXT + "".join(f"x{n} {n * 7919 % 104729}\n" for n in range(20_000))
    with page_server() as page:
        packed(page, gzip.compress(TEXT.encode()))
        assert looked_at(device(source(page.url)))[0].values() == BOTH
        packed(page, gzip.compress(long.encode())[:-3000])
        sink, loop = looked_at(device(source(page.url)))
        assert sink.values() == BOTH
        assert "broke before its end" in loop.last_error
        packed(page, b"this is not packed at all")
        sink, loop = looked_at(device(source(page.url)))
    assert sink.values() == {}
    assert "it is packed, and broken" in loop.last_error


def test_a_page_that_unpacks_without_end_is_read_as_far_as_a_page_may_be_long() -> None:
    bomb = gzip.compress(TEXT.encode() + b"# " + b"x" * (4 * LARGEST_PAGE))
    with page_server() as page:
        packed(page, bomb)
        sink, loop = looked_at(device(source(page.url, timeout="30s")))
    assert sink.values() == BOTH
    assert "it is larger than 16 MB" in loop.last_error


def test_a_page_that_promises_more_than_it_sends_gives_its_whole_lines() -> None:
    with page_server() as page:
        page.says(TEXT + "disk_ra")
        page.length = 10_000
        sink, loop = looked_at(device(source(page.url)))
    assert sink.values() == BOTH
    assert sink.up() == [1.0]
    assert "broke before its end" in loop.last_error


@pytest.mark.parametrize(
    ("status", "headers", "words", "is_permanent"),
    [
        (401, {}, "wants another user, password or token", True),
        (403, {}, "may not read the page", True),
        (404, {}, "there is no such page: check the path in `url`", True),
        (302, {"Location": "http://login.example/?next=x"}, "elsewhere to 'login.example'", True),
        (500, {}, "answers with the status 500", False),
        (503, {}, "answers with the status 503", False),
        (429, {}, "answers with the status 429", False),
    ],
)
def test_each_refusal_has_words(
    status: int,
    headers: dict[str, str],
    words: str,
    is_permanent: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with page_server() as page:
        page.status, page.headers = status, headers
        sink, loop = looked_at(device(source(page.url)))
    assert sink.up() == [0.0]
    assert words in loop.last_error
    assert ("this needs a person" in caplog.text) == is_permanent


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<!DOCTYPE html><html>Log in</html>", "text/html; charset=utf-8", "a page for people"),
        (b"\n <HTML><body>studies 5</body>", "text/plain", "a page for people"),
        (b"\x0a\x05\x00\x01", "application/vnd.google.protobuf", "answers with no text"),
        (b"studies\x00 5\n", "text/plain", "answers with no text"),
    ],
)
def test_what_is_no_page_of_metrics_is_called_so(body: bytes, kind: str, words: str) -> None:
    with page_server() as page:
        page.body, page.headers = body, {"Content-Type": kind}
        sink, loop = looked_at(device(source(page.url)))
    assert sink.up() == [0.0]
    assert words in loop.last_error


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (silent, "no answer in time"),
        (closing(), "closes the connection without an answer"),
        (closing(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP there"),
        (closing(bytes(range(256)) * 9), "does not speak HTTP there"),
        (answering(b"HTTP/1.1 200 OK\r\nX: "), "no answer in time"),
    ],
)
def test_a_server_that_is_none_has_words_and_an_end(behave: Behaviour, words: str) -> None:
    with evil_peer(behave) as port:
        began = own_time()
        page = source(f"http://127.0.0.1:{port}/metrics", timeout="700ms")
        sink, loop = looked_at(device(page))
        assert own_time() - began < 10
    assert sink.up() == [0.0]
    assert words in loop.last_error


def drip(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nstudies 7\n")
    while True:
        line.sendall(b"#")
        time.sleep(0.05)


def drip_of_headers(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X")
        time.sleep(0.05)


def test_a_server_that_drips_is_not_waited_for() -> None:
    for behave, up in ((drip, [1.0]), (drip_of_headers, [0.0])):
        with evil_peer(behave) as port:
            began = own_time()
            page = source(f"http://127.0.0.1:{port}/", timeout="700ms")
            sink, loop = looked_at(device(page))
            assert own_time() - began < 12
        assert sink.up() == up
        assert "in time" in loop.last_error


def test_nobody_there_and_no_such_name() -> None:
    for host, words in (
        (f"127.0.0.1:{free_port()}", "nothing listens there"),
        ("pacs.invalid", "its name is not known"),
    ):
        sink, loop = looked_at(device(source(f"http://{host}/metrics")))
        assert sink.up() == [0.0]
        assert words in loop.last_error


def test_passwords_and_tokens_are_sent_and_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("only-for-tests\n")
    with page_server() as page:
        page.says(TEXT)
        looked_at(device(source(page.url, user="sara", password=f"file:{secret}")))
        looked_at(device(source(page.url, token=f"file:{secret}")))
        basic, bearer = (request["Authorization"] for request in page.requests)
        _, absent = looked_at(device(source(page.url, token="env:NO_SUCH_VARIABLE")))
        page.status = 401
        _, refused = looked_at(device(source(page.url, token=f"file:{secret}")))
    assert basic == "Basic c2FyYTpvbmx5LWZvci10ZXN0cw=="
    assert bearer == "Bearer only-for-tests"
    assert "NO_SUCH_VARIABLE is not set" in absent.last_error
    assert "only-for-tests" not in caplog.text + refused.last_error


def test_tls_with_its_own_authority_and_without(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.certify()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    with page_server(lambda plain: context.wrap_socket(plain, server_side=True)) as page:
        page.says(TEXT)
        url = page.url.replace("http:", "https:")
        trusted, _ = looked_at(device(source(url, tls={"ca": str(authority.ca)})))
        _, stranger = looked_at(device(source(url)))
        _, plain = looked_at(device(source(page.url, timeout="3s")))
    assert trusted.values() == BOTH
    assert "its certificate is not accepted" in stranger.last_error
    assert plain.last_error


def test_a_page_of_other_names_is_reported_once_and_its_end_once() -> None:
    with page_server() as page:
        page.says("pg_up 1\npg_size 2\n")
        sink, _ = looked_at(device(source(page.url)))
        (event,) = sink.events
        assert event.kind == NOT_UNDERSTOOD
        assert event.text.endswith("keys pg_up, pg_size")
        looked_at(device(source(page.url)), sink)  # after a restart as well
        assert len(sink.events) == 1
        page.says(TEXT)
        looked_at(device(source(page.url)), sink)
    assert [event.kind for event in sink.events] == [NOT_UNDERSTOOD, UNDERSTOOD]


def test_an_empty_page_is_up_and_not_understood() -> None:
    with page_server() as page:
        sink, _ = looked_at(device(source(page.url)))
    assert sink.up() == [1.0]
    assert [event.kind for event in sink.events] == [NOT_UNDERSTOOD]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"user": "sara"}, "`user` and `password` belong together"),
        ({"user": "s", "password": "env:A", "token": "env:B"}, "give either"),
        ({"password": "plain"}, "write env:NAME or file:PATH"),
        ({"tls": {}}, "`tls` needs a `url` that begins with https"),
        ({"every": "1s"}, "greater than or equal to 10000"),
        ({"url": "pacs:8042/metrics"}, "should match pattern"),
        ({"url": "http://sara:secret@pacs/metrics"}, "should match pattern"),
    ],
)
def test_what_cannot_be_in_a_site_file(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PrometheusSource.model_validate(
            {"kind": "prometheus", "url": "http://pacs/metrics", **settings}
        )


SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
devices: [{{id: pacs, name: PACS, profile: pacs, sources: [{source}]}}]
"""


def test_orthanc_s_own_page_and_what_the_doctor_says_of_it(
    tmp_path: Path, orthanc: Orthanc
) -> None:
    path = tmp_path / "site.yaml"
    url = f"{orthanc.url}/tools/metrics-prometheus"
    path.write_text(SITE.format(folder=tmp_path, source=f"{{kind: prometheus, url: '{url}'}}"))
    whole = load_site(path)
    sink = MemorySink()
    (loop,) = sources(whole, sink, now)  # Orthanc's samples have times of its own
    asyncio.run(loop.once())
    (finding,) = asyncio.run(check_sources(whole, []))
    assert sink.up() == [1.0]
    assert sink.values()["stored_studies_count", ""] == 0.0
    assert len(sink.values()) >= 9
    assert loop.last_error == ""
    assert finding.outcome == "ok"
    assert "readings" in finding.text


def test_the_doctor_names_what_nobody_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    with page_server() as page:
        page.says("orthanc_count_studies 5\npg_up 1\nhttp_requests_total 7\n")
        path.write_text(
            SITE.format(folder=tmp_path, source=f"{{kind: prometheus, url: '{page.url}'}}")
        )
        (finding,) = asyncio.run(check_sources(load_site(path), []))
    assert "2 names that nobody looks for: pg_up, http_requests_total" in finding.text


def test_a_term_signal_ends_the_collector_though_the_page_hangs(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    with evil_peer(silent) as port:
        entry = f"{{kind: prometheus, url: 'http://127.0.0.1:{port}/', timeout: 60s}}"
        path.write_text(SITE.format(folder=tmp_path, source=entry))
        command = [sys.executable, "-m", "app", "collect", "--site", str(path)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            try:
                while b"collecting from" not in process.stderr.readline():
                    assert process.poll() is None
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0
                assert time.monotonic() - began < 4.0
            finally:
                process.kill()
