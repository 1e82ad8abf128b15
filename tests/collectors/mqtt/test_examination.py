"""What the doctor says of a sensor that speaks, but not as its profile expects."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping, Sequence

import paho.mqtt.client as paho
import pytest

from collectors.mqtt import examine
from core.finding import Finding
from core.readings import NOT_UNDERSTOOD, UNDERSTOOD, Event, Reading
from core.schema.broker import Broker
from core.schema.secret import Secret
from core.schema.site import Site, SiteFile
from core.schema.sources.mqtt import MqttSource
from core.schema.tls import TlsFiles
from core.time.clock import HOUR, MINUTE
from tests.collectors.mqtt.cast import KABUL, device
from tests.collectors.mqtt.listener import local
from tests.config.shelf import profile
from tests.support.mosquitto import PASSWORD, USER, Mosquitto


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


def site_of(broker: Mosquitto, name: str, entry: Mapping[str, object]) -> Site:
    settings = Broker(
        host="127.0.0.1",
        port=broker.port,
        user=USER,
        password=Secret(PASSWORD),
        tls=TlsFiles(ca=broker.ca),
    )
    file = SiteFile(id="herat", name="Herat", zone=KABUL, broker=settings, devices=[])
    source = MqttSource.model_validate({"kind": "mqtt", "topic": "x", **entry})
    return Site(file, {"ct-1": device(profile(name), source)})


def examined(
    broker: Mosquitto,
    publisher: paho.Client,
    payload: object,
    *,
    name: str = "room-sensor",
    stored: Sequence[Reading | Event] | None = None,
    **entry: object,
) -> list[Finding]:
    """The findings while a sensor publishes `payload` again and again."""

    async def speak() -> None:
        while True:
            publisher.publish("tele/x/SENSOR", json.dumps(payload), qos=1)
            await asyncio.sleep(0.1)

    async def scenario() -> list[Finding]:
        task = asyncio.create_task(speak()) if payload is not None else None
        try:
            return await examine(site_of(broker, name, entry), wall_clock, stored or [])
        finally:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    return [finding for finding in asyncio.run(scenario()) if "broker" not in finding.what]


@pytest.fixture(autouse=True)
def a_short_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.mqtt.examination.LISTEN_S", 1.5)


def test_a_sensor_that_is_understood_is_ok(broker: Mosquitto, publisher: paho.Client) -> None:
    payload = {"Time": local(wall_clock()), "AM2301": {"Temperature": 22}}
    (finding,) = examined(broker, publisher, payload)
    assert (finding.outcome, finding.text) == ("ok", "was heard just now")


def test_unknown_keys_are_named_and_it_is_not_ok(broker: Mosquitto, publisher: paho.Client) -> None:
    payload = {"Time": local(wall_clock()), "BME280-76": {"Temperature": 22.25}}
    (finding,) = examined(broker, publisher, payload)
    assert finding.outcome == "warning"
    assert "0 readings" in finding.text
    assert "BME280-76.Temperature" in finding.text
    assert "22.25" not in finding.text


def test_a_clock_that_is_wrong_is_said_with_its_offset(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    behind = wall_clock() - 4 * HOUR - 30 * MINUTE
    payload = {"Time": local(behind), "AM2301": {"Temperature": 22}}
    (finding,) = examined(broker, publisher, payload)
    assert finding.outcome == "warning"
    assert finding.text.startswith("its clock is 4 h 30 min behind")


def test_a_clock_that_was_wrong_is_said_while_the_sensor_sleeps(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    at = wall_clock() - MINUTE
    stored = [
        Reading("ct-1", "up", 1.0, at, "mqtt"),
        Reading("ct-1", "room_temp_c", 22.0, at, "", "clock"),
    ]
    heard, clock = examined(broker, publisher, None, stored=stored)
    assert heard.outcome == "ok"
    assert "its clock was wrong" in clock.text


@pytest.mark.parametrize("kind", [NOT_UNDERSTOOD, UNDERSTOOD])
def test_a_sensor_that_was_never_understood_is_named_while_it_is_silent(
    broker: Mosquitto, publisher: paho.Client, kind: str
) -> None:
    at = wall_clock() - MINUTE
    text = "Speaks, but says nothing that its profile knows: keys BME280-76.Temperature"
    stored: list[Reading | Event] = [
        Reading("ct-1", "up", 1.0, at, "mqtt"),
        Event("ct-1", kind, text, at, "warning", "mqtt"),
        Event("ct-1", NOT_UNDERSTOOD, text, at - MINUTE, "warning", "mqtt"),
    ]
    (finding,) = examined(broker, publisher, None, stored=stored)
    if kind == UNDERSTOOD:
        assert finding.outcome == "ok"
    else:
        assert finding.outcome == "warning"
        assert "its keys BME280-76.Temperature" in finding.text


def test_a_probe_that_nobody_has_named_is_offered(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    payload = {
        "Time": local(wall_clock()),
        "DS18B20-1": {"Id": "0316A1", "Temperature": 41},
        "DS18B20-2": {"Id": "0316F9", "Temperature": 27},
    }
    (finding,) = examined(
        broker, publisher, payload, name="toshiba-aquilion-cx", probes={"tube": "0316F9"}
    )
    assert finding.outcome == "warning"
    assert "0316A1 (DS18B20-1)" in finding.text
    assert "0316F9" not in finding.text
    assert "tube, gantry" in finding.text.replace("room, ", "")


def test_what_cannot_be_read_is_said(broker: Mosquitto, publisher: paho.Client) -> None:
    publisher.publish("tele/x/SENSOR", "no JSON", qos=1, retain=True).wait_for_publish(5)
    findings = examined(broker, publisher, None)
    assert any("sends what cannot be read" in finding.text for finding in findings)
