"""The alert process: its weekly message, its heartbeat, and the sign of life that ends when it hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from alerts.channels import Notification
from app.clock import now
from app.services import alert as service
from app.services import heartbeat, liveness
from core.schema.alive import Heartbeat, StillHere
from core.schema.site import Site
from core.time.clock import SECOND, from_ms
from core.time.covered_hours import WEEKDAYS
from storage.files.alive import touched_at
from tests.alerts.conftest import Centre, Phone
from tests.alerts.conftest import centre as centre

pytestmark = pytest.mark.servers


class HangingPhone(Phone):
    """A channel that never comes back, until the test is over."""

    def __init__(self) -> None:
        super().__init__()
        self.is_called, self.may_end = threading.Event(), threading.Event()

    def send(self, notification: Notification) -> None:
        self.is_called.set()
        self.may_end.wait(60)


@contextmanager
def running(site: Site) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=service.alert, args=(site, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def with_settings(site: Site, **settings: object) -> Site:
    return Site(site.file.model_copy(update=settings), site.devices)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> HangingPhone:
    phone = HangingPhone()
    monkeypatch.setattr(service, "senders", lambda _: {"phone": phone, "log": Phone()})
    return phone


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "TOUCH_EVERY", 50)
    monkeypatch.setattr(liveness, "STANDSTILL", 3 * SECOND)


def test_it_shows_life_until_a_channel_hangs_for_ever(centre: Centre, phone: HangingPhone) -> None:
    path = centre.site.alive_path
    with running(centre.site):
        until(lambda: touched_at(path) is not None)
        first = touched_at(path)
        until(lambda: touched_at(path) != first)
        centre.read("helium_level_pct", 58.0, 0)
        centre.read("helium_level_pct", 58.0, 10)
        assert phone.is_called.wait(60)
        stands_since = time.monotonic()

        def stands_still() -> bool:
            nonlocal stands_since
            before = touched_at(path)
            time.sleep(0.2)
            if touched_at(path) != before:
                stands_since = time.monotonic()
            return time.monotonic() - stands_since > 2.5

        until(stands_still)
        phone.may_end.set()
        last = touched_at(path)
        until(lambda: touched_at(path) != last)


def test_a_channel_that_hangs_holds_up_no_other(
    centre: Centre, phone: HangingPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Phone()
    monkeypatch.setattr(service, "senders", lambda _: {"phone": phone, "log": other})
    with running(centre.site):
        centre.read("helium_level_pct", 58.0, 0)
        centre.read("helium_level_pct", 58.0, 10)
        assert phone.is_called.wait(60)
        centre.read("leak", 1, 11, "mri-3")
        until(lambda: len(other.received) == 2)
        phone.may_end.set()
    assert [message.severity for message in other.received] == ["critical", "warning"]


def test_the_heartbeat_is_sent_while_it_judges_and_stays_away_when_it_hangs(
    centre: Centre, phone: HangingPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[float] = []
    monkeypatch.setattr(heartbeat, "send", lambda *_: beats.append(time.monotonic()))
    monkeypatch.setattr(heartbeat, "SECOND", 100_000)  # ten seconds are a tenth of one
    monkeypatch.setenv("SCANWARD_HEARTBEAT_URL", "https://hc.example/secret")
    settings = {"url": "env:SCANWARD_HEARTBEAT_URL", "every": "10s"}
    site = with_settings(centre.site, heartbeat=Heartbeat.model_validate(settings))
    with running(site):
        until(lambda: len(beats) > 2)
        centre.read("helium_level_pct", 58.0, 0)
        centre.read("helium_level_pct", 58.0, 10)
        assert phone.is_called.wait(60)
        until(lambda: time.monotonic() - beats[-1] > 2)
        count = len(beats)
        phone.may_end.set()
        until(lambda: len(beats) > count)


def test_the_weekly_message_leaves_by_the_channel_that_the_site_names(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone()
    monkeypatch.setattr(service, "senders", lambda _: {"phone": phone, "log": Phone()})
    moment = from_ms(now(), centre.site.zone)
    weekly = StillHere.model_validate(
        {"channel": "phone", "day": WEEKDAYS[moment.weekday()], "at": "00:00"}
    )
    site = with_settings(centre.site, still_here=weekly)
    for _ in range(2):
        service.alert(site, threading.Event(), once=True)
    assert [message.title for message in phone.received] == ["Test: Scanward still watches"]
