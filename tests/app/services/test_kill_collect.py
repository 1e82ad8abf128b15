"""kill -9 of the real collector: numbered messages and a rotating log, nothing lost, nothing twice."""

import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from core.errors import StoreError
from core.time.clock import HOUR, MINUTE
from storage.series import SeriesReader
from tests.support.kill_targets import Doomed, scanward
from tests.support.mosquitto import PASSWORD, USER, Mosquitto

pytestmark = pytest.mark.servers

KILLS = 60
HELLO = -1  # of a message that is no part of the drill
LINES_A_FILE, FILES_KEPT = 100, 5
PROFILE = """
title: A device that counts
metrics:
  number_count: {title: Number of the message}
mqtt:
  messages:
    - {topic: "{topic}/number", at: t, values: [{metric: number_count, path: n}]}
logfile:
  numbers:
    record: '^(?P<at>\\S+) (?P<text>.*)$'
    times: ["%s"]
    patterns:
      - {match: 'number (?P<number>\\d+)', event: number, text: '{number}'}
"""
SITE = """
id: drill
name: Drill
zone: Asia/Kabul
storage: {{folder: {folder}/data}}
broker: {{host: 127.0.0.1, port: {port}, user: {user}, password: "file:{folder}/password", tls: {{ca: {ca}}}}}
devices:
  - id: ct-1
    name: CT
    profile: counting
    sources:
      - {{kind: mqtt, topic: drill}}
      - {{kind: logfile, path: {folder}/log/a.log, format: numbers, every: 200ms}}
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


class Device:
    """Publishes numbered messages and writes numbered lines, and rotates its log, until it is stopped."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        self.messages = self.lines = 0
        self._log = folder / "a.log"
        self._is_over = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="ct-1")
        self._client.username_pw_set(USER, PASSWORD)
        self._client.tls_set_context(ssl.create_default_context(cafile=broker.ca))
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._work = threading.Thread(target=self._run)

    def is_read(self, folder: Path) -> bool:
        """Does the collector listen by now? A broker keeps nothing for who never subscribed."""
        self._publish(HELLO)
        return bool(numbers_of(folder))

    def start(self) -> None:
        self._work.start()

    def stop(self) -> None:
        self._is_over.set()
        self._work.join()
        self._client.disconnect()
        self._client.loop_stop()

    def _run(self) -> None:
        while not self._is_over.wait(0.004):
            self._publish(self.messages)
            self.messages += 1
            with self._log.open("a") as file:
                file.write(f"{time.time():.3f} number {self.lines}\n")
            self.lines += 1
            if self.lines % LINES_A_FILE == 0:
                self._rotate()

    def _publish(self, number: int) -> None:
        payload = json.dumps({"n": number, "t": time.time_ns() // 1_000_000})
        self._client.publish("drill/number", payload, qos=1).wait_for_publish(30)

    def _rotate(self) -> None:
        for number in range(FILES_KEPT, 0, -1):
            part = self._log.with_name(f"a.log.{number}")
            if part.exists():
                part.replace(self._log.with_name(f"a.log.{number + 1}"))
        self._log.replace(self._log.with_name("a.log.1"))
        self._log.with_name(f"a.log.{FILES_KEPT + 1}").unlink(missing_ok=True)


def test_sixty_kills_lose_no_message_and_no_line_and_repeat_none(
    broker: Mosquitto, tmp_path: Path
) -> None:
    # given
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "counting.yaml").write_text(PROFILE)
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "a.log").touch()
    site = tmp_path / "site.yaml"
    site.write_text(SITE.format(folder=tmp_path, port=broker.port, user=USER, ca=broker.ca))
    chance = random.Random(3)
    # when
    collector = Doomed(scanward, "collect", "--site", str(site))
    device = Device(broker, tmp_path / "log")
    wait_for(lambda: device.is_read(tmp_path))
    device.start()
    try:
        for _ in range(KILLS):
            # Nothing is rotated away unread: what a device deletes, nobody can read.
            wait_for(is_more_than(tmp_path, stored(tmp_path)))
            time.sleep(chance.uniform(0, 0.1))
            collector.kill()
            assert collector.was_killed
            collector = Doomed(scanward, "collect", "--site", str(site))
    finally:
        device.stop()
    wait_for(lambda: stored(tmp_path) == (device.messages, device.lines))
    collector.kill()
    # then
    messages = [number for number in numbers_of(tmp_path) if number != HELLO]
    assert sorted(messages) == list(range(device.messages))
    assert sorted(map(int, events_of(tmp_path, "number"))) == list(range(device.lines))
    assert events_of(tmp_path, "log_gap") == []
    assert device.lines > 10 * LINES_A_FILE


def numbers_of(folder: Path) -> list[int]:
    """Those of the stored messages; none while there is no store yet."""
    since = time.time_ns() // 1_000_000 - HOUR
    try:
        readings = series(folder).readings("ct-1", "number_count", since, limit=1_000_000)
    except StoreError:
        return []
    return [int(reading.value) for reading in readings]


def events_of(folder: Path, kind: str) -> list[str]:
    now_ms = time.time_ns() // 1_000_000
    events = series(folder).events("ct-1", now_ms - HOUR, now_ms + MINUTE, limit=1_000_000)
    return [event.text for event in events if event.kind == kind]


def series(folder: Path) -> SeriesReader:
    return SeriesReader(folder / "data" / "series.db")


def stored(folder: Path) -> tuple[int, int]:
    """How many messages and lines there are."""
    messages = [number for number in numbers_of(folder) if number != HELLO]
    return len(messages), len(events_of(folder, "number"))


def is_more_than(folder: Path, before: tuple[int, int]) -> Callable[[], bool]:
    return lambda: stored(folder) != before


def wait_for(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "nothing comes any more"
        time.sleep(0.05)
