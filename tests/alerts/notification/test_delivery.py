"""Deliveries: routed by severity, in order, at least once, and nothing is lost with the line down."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from alerts.channels import Notification
from alerts.channels.apprise import AppriseSender
from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from core.errors import DeliveryError
from core.time.clock import HOUR, MINUTE
from storage.records import Delivery
from storage.records.outbox import FIRST_PAUSE, LONGEST_PAUSE, pause
from tests.alerts.conftest import Centre, Phone, at


def deliver(centre: Centre, minute: float, **phones: Phone) -> int:
    centre.engine.tick(at(minute))
    NoticeGiver(centre.site, centre.records).give_notices(at(minute))
    centre.engine.tick(at(minute))
    NoticeGiver(centre.site, centre.records).give_notices(at(minute))
    return deliver_due(centre.site, centre.records, phones, lambda: at(minute))


def low_helium(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 58.0, 10)
    NoticeGiver(centre.site, centre.records).give_notices(at(10))


def test_severity_chooses_the_channels(centre: Centre) -> None:
    log, phone = Phone(), Phone()
    centre.read("leak", 1, 0)
    low_helium(centre)
    assert deliver(centre, 11, log=log, phone=phone) == 3
    assert [m.severity for m in log.received] == ["warning", "critical"]
    assert [m.severity for m in phone.received] == ["critical"]
    assert deliver(centre, 12, log=log, phone=phone) == 0


def test_a_notification_has_what_where_since_when_and_the_number(centre: Centre) -> None:
    phone = Phone()
    low_helium(centre)
    deliver(centre, 11, phone=phone, log=Phone())
    centre.read("helium_level_pct", 70.0, 100)
    deliver(centre, 101, phone=phone, log=Phone())
    fired, over = phone.received
    assert fired.title == "Critical: MRI (Magnet room): Helium is low"
    assert "Since 2025-10-09 13:30 +0430" in fired.body
    assert "Helium: 58 % when it fired, limit 60 %" in fired.body
    assert over.resolved
    assert "Over after 1 h 40 min" in over.body


def test_with_the_line_down_everything_waits_and_then_goes_in_order(centre: Centre) -> None:
    phone = Phone(is_down=True)
    low_helium(centre)
    assert deliver(centre, 11, phone=phone, log=Phone()) == 1
    centre.read("helium_level_pct", 70.0, 20)
    assert deliver(centre, 21, phone=phone, log=Phone()) == 1
    for hour in range(1, 48):
        assert deliver(centre, 21 + 60 * hour, phone=phone, log=Phone()) == 0
    phone.is_down = False
    assert deliver(centre, 21 + 60 * 48, phone=phone) == 2
    assert [m.resolved for m in phone.received] == [False, True]


def test_a_delivery_that_can_never_leave_does_not_hold_up_the_rest(centre: Centre) -> None:
    phone = Phone(is_down=True, permanent=True)
    low_helium(centre)
    assert deliver(centre, 11, phone=phone, log=Phone()) == 1, "one has left, one never can"
    centre.read("helium_level_pct", 70.0, 20)
    phone.is_down = False
    deliver(centre, 21, phone=phone, log=Phone())
    assert [m.resolved for m in phone.received] == [True]
    with centre.records.reading() as db:
        failed = db.get_one(Delivery, 2)
    assert (failed.channel, failed.error) == ("phone", "no line")
    assert failed.failed_at == at(11)


def test_killed_between_sending_and_noting_it_is_sent_again(centre: Centre) -> None:
    class Killed(BaseException):
        """As SIGKILL would: nothing below catches it."""

    class Dying(Phone):
        def send(self, notification: Notification) -> None:
            super().send(notification)
            raise Killed

    dying, phone = Dying(), Phone()
    low_helium(centre)
    with pytest.raises(Killed):
        deliver(centre, 11, phone=dying)
    assert deliver(centre, 12, phone=phone) == 0, "its lease is still held"
    deliver(centre, 20, phone=phone)
    assert [m.delivery for m in phone.received] == [m.delivery for m in dying.received]


def test_pauses_grow_to_a_quarter_of_an_hour_and_no_further() -> None:
    pauses = [pause(attempt) for attempt in range(1, 40)]
    assert 0.8 * FIRST_PAUSE <= pauses[0] <= FIRST_PAUSE
    assert max(pauses) <= LONGEST_PAUSE < HOUR
    assert pauses[-1] >= 0.8 * LONGEST_PAUSE > MINUTE


class Webhook(BaseHTTPRequestHandler):
    """Answers as its server says and keeps what it was sent."""

    answer = 200
    received: list[bytes] = []

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def webhook() -> Iterator[tuple[str, type[Webhook]]]:
    handler = type("Handler", (Webhook,), {"received": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/", handler
    server.shutdown()
    server.server_close()


NOTIFICATION = Notification(17, "critical", resolved=False, title="Helium is low", body="58 %")


@pytest.mark.servers
def test_apprise_reaches_a_real_webhook(webhook: tuple[str, type[Webhook]]) -> None:
    url, handler = webhook
    AppriseSender(url).send(NOTIFICATION)
    assert b"Helium is low" in handler.received[0]


@pytest.mark.servers
def test_a_webhook_that_refuses_is_tried_again(webhook: tuple[str, type[Webhook]]) -> None:
    url, handler = webhook
    handler.answer = 503
    with pytest.raises(DeliveryError) as refused:
        AppriseSender(url).send(NOTIFICATION)
    assert not refused.value.permanent


def test_a_url_that_apprise_does_not_know_is_permanent() -> None:
    with pytest.raises(DeliveryError, match="does not understand") as refused:
        AppriseSender("nonsense").send(NOTIFICATION)
    assert refused.value.permanent
