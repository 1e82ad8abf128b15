"""The dead-man: an outside receiver hears of Scanward only while alerts are really judged and sent."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.services import heartbeat
from app.services.heartbeat import OLD, HeartbeatSender, hindrance
from app.services.liveness import Liveness
from core.errors import ConfigError
from core.schema.alive import Heartbeat
from core.schema.site import Site
from core.time.clock import MINUTE
from storage.files.alive import STANDSTILL
from tests.alerts.conftest import Centre, at
from tests.alerts.conftest import centre as centre
from tests.app.services.test_liveness import Clock
from tests.support.ports import free_port

pytestmark = pytest.mark.servers


class Receiver(BaseHTTPRequestHandler):
    status = 200
    hangs = threading.Event()
    requests: list[str] = []

    def do_GET(self) -> None:
        self.requests.append(f"{self.command} {self.path}")
        if self.status == 0:
            self.hangs.wait(30)
            return
        self.send_response(self.status)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    hangs = threading.Event()
    handler = type("Handler", (Receiver,), {"requests": [], "hangs": hangs})
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/ping/secret", handler
    hangs.set()
    server.shutdown()
    server.server_close()


class Reason:
    text = ""

    def __call__(self) -> str:
        return self.text


def sender(
    url: str, monkeypatch: pytest.MonkeyPatch, reason: Reason | None = None, **more: str
) -> HeartbeatSender:
    monkeypatch.setenv("SCANWARD_HEARTBEAT_URL", url)
    settings = Heartbeat.model_validate({"url": "env:SCANWARD_HEARTBEAT_URL", **more})
    return HeartbeatSender(settings, reason or Reason())


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_heartbeat_is_one_request(
    method: str, receiver: tuple[str, type[Receiver]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = receiver
    sender(url, monkeypatch, method=method).beat()
    assert handler.requests == [f"{method.upper()} /ping/secret"]


def test_none_is_sent_while_nothing_is_judged_and_that_is_logged_once(
    receiver: tuple[str, type[Receiver]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    url, handler = receiver
    reason = Reason()
    beats = sender(url, monkeypatch, reason)
    reason.text = "judging stood still"
    for _ in range(3):
        beats.beat()
    assert handler.requests == []
    assert caplog.messages == ["no heartbeat is sent: judging stood still"]
    reason.text = ""
    beats.beat()
    assert len(handler.requests) == 1
    assert caplog.messages[1:] == ["heartbeats are sent again"]


@pytest.mark.parametrize("status", [404, 500, 0, -1])
def test_a_receiver_that_fails_is_logged_once_without_its_url(
    status: int,
    receiver: tuple[str, type[Receiver]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    url, handler = receiver
    handler.status = status
    broken = f"http://127.0.0.1:{free_port()}/ping/secret" if status < 0 else url
    beats = sender(broken, monkeypatch, timeout="1s")
    beats.beat()
    beats.beat()
    assert len(caplog.messages) == 1
    assert "secret" not in caplog.text
    if status > 0:
        handler.status = 200
        beats.beat()
        assert caplog.messages[1:] == ["the heartbeat arrives again"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "hc.example/secret", ""])
def test_only_http_is_spoken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="must begin with https") as caught:
        sender(url, monkeypatch)
    assert "secret" not in str(caught.value)


def test_an_address_that_is_none_is_a_failure_like_any_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sender("http://127.0.0.1:99999/secret \n", monkeypatch).beat()
    assert len(caplog.messages) == 1
    assert "secret" not in caplog.text


def test_readings_that_are_judged_and_parts_that_move_are_what_is_asked_for(
    centre: Centre, tmp_path: Path
) -> None:
    clock = Clock()
    liveness = Liveness(tmp_path / "alive", ("judging", "sending"), clock)

    def why(minute: float) -> str:
        return hindrance(centre.site, centre.records, liveness, lambda: at(minute))

    assert why(0) == "no reading has been judged yet"
    centre.read("up", 1.0, 0)
    assert why(1) == ""
    assert why(OLD / MINUTE + 1) == "the newest reading that was judged is 11 min old"
    assert why(-10) == "the newest reading is of a time that has not come yet"
    clock.now += STANDSTILL + 1
    liveness.note("judging")
    assert why(1) == "sending stood still"


def test_a_site_without_sources_needs_no_reading(centre: Centre, tmp_path: Path) -> None:
    liveness = Liveness(tmp_path / "alive", ("judging",), Clock())
    empty = Site(centre.site.file, {})
    assert hindrance(empty, centre.records, liveness, lambda: at(0)) == ""


def test_a_thread_goes_on_whatever_a_beat_does(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = threading.Event()
    calls: list[int] = []

    def broken(*_: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            twice.set()
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(heartbeat, "send", broken)
    monkeypatch.setattr(heartbeat, "SECOND", 100_000)  # ten seconds are a tenth of one
    beats = sender("http://127.0.0.1/x", monkeypatch, every="10s")
    stop = threading.Event()
    beats.start(stop)
    assert twice.wait(30)
    stop.set()
