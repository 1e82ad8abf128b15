"""An outage at real receivers: a mail server, a webhook and an ntfy server that come back after days."""

import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest

from alerts.channels import Notification, Sender
from alerts.channels.apprise import AppriseSender
from storage.records import Delivery
from tests.alerts.notification.incidents import Ward
from tests.support.mail_server import PASSWORD, USER, MailServers

pytestmark = pytest.mark.servers

DAY = 24 * 60  # minutes
ALERTS = 30


class Killed(BaseException):
    """As SIGKILL would: nothing below catches it."""


class DyingSender:
    """The machine loses its power when the message has left."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, notification: Notification) -> None:
        self._sender.send(notification)
        raise Killed


class Receiver(BaseHTTPRequestHandler):
    """A webhook and an ntfy server: keeps what it accepts."""

    is_down = True
    received: list[dict[str, str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.is_down:
            self.received.append(json.loads(body))
        self.send_response(503 if self.is_down else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[tuple[int, type[Receiver]]]:
    handler = type("Handler", (Receiver,), {"received": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail_servers() -> Iterator[MailServers]:
    servers = MailServers()
    yield servers
    servers.stop()


def outage(ward: Ward, sender: Sender) -> None:
    """Three days of alerts that cannot leave; every other ends."""
    for batch in range(3):
        rules = [f"rule_{batch}_{number}" for number in range(ALERTS // 3)]
        alerts = ward.begin_many(batch * DAY, rules)
        ward.give(batch * DAY + 1)
        ward.end_many(alerts[1::2], batch * DAY + 5)
        ward.give(batch * DAY + 6)
        assert ward.send(batch * DAY + 30, phone=sender) == 0


def check(ward: Ward, subject: str, body: str) -> None:
    """One message has everything, and nothing waits any more."""
    assert f"Digest: {ALERTS} alerts, {ALERTS // 2} not over" in subject
    assert body.count("NOT OVER") == ALERTS // 2
    assert body.count("over after 5 min") == ALERTS // 2
    days = re.findall(r"2026-(?:11|12)-\d\d", body)
    assert days == sorted(days)
    with ward.records.reading() as db:
        assert db.query(Delivery).filter_by(delivered_at=None).count() == 0


def number(body: str) -> str:
    return body.rpartition("elivery ")[2].strip()


@pytest.mark.parametrize(
    ("url", "title", "text"),
    [("json://127.0.0.1:{}/", "title", "message"), ("ntfy://127.0.0.1:{}/x", "title", "message")],
)
def test_a_web_receiver_is_away_for_three_days(
    tmp_path: Path, receiver: tuple[int, type[Receiver]], url: str, title: str, text: str
) -> None:
    port, handler = receiver
    ward = Ward(tmp_path)
    sender = AppriseSender(url.format(port))
    outage(ward, sender)
    handler.is_down = False
    with pytest.raises(Killed):
        ward.send(3 * DAY, phone=DyingSender(sender))
    assert ward.send(3 * DAY + 10, phone=sender) > ALERTS
    first, second = handler.received
    assert number(first[text]) == number(second[text])
    check(ward, second[title], second[text])


def test_a_mail_server_is_away_for_three_days(tmp_path: Path, mail_servers: MailServers) -> None:
    ward = Ward(tmp_path)
    address = f"mailtos://{quote(USER, '')}:{PASSWORD}@127.0.0.1:{mail_servers.smtp}"
    sender = AppriseSender(f"{address}/?mode=starttls&verify=no&from={USER}&to=sara@example.org")
    mail_servers.cut_the_line()
    outage(ward, sender)
    mail_servers.connect_the_world()
    with pytest.raises(Killed):
        ward.send(3 * DAY, phone=DyingSender(sender))
    assert ward.send(3 * DAY + 10, phone=sender) > ALERTS
    first, second = mail_servers.sent()
    assert number(text_of(first)) == number(text_of(second))
    check(ward, str(second["Subject"]), text_of(second))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    assert body is not None
    content: str = body.get_content()
    return re.sub(r"<[^>]+>", "\n", content).strip()
