"""Each sensor speaks one dialect, and speaks it as the real firmware does."""

import json
from typing import Any

import pytest

from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttSource
from core.time.clock import HOUR
from simulator.faults import Fault
from simulator.servers.mqtt_sensor import MqttSensor
from simulator.wire.mqtt import Publish, SensorFirmware, mqtt_messages
from tests.simulator.test_centre import KABUL_MONDAY, a_centre


def published(site: Site, device_id: str) -> list[Publish]:
    device, source = speaker(site, device_id)
    centre = a_centre(site)
    return mqtt_messages(device, source, centre.values(device_id), KABUL_MONDAY, site.zone)


def speaker(site: Site, device_id: str) -> tuple[Device, MqttSource]:
    device = site.devices[device_id]
    return device, next(s for s in device.sources if isinstance(s, MqttSource))


def only(messages: list[Publish]) -> Any:
    assert len(messages) == 1
    return json.loads(messages[0].payload)


def test_tasmota_says_all_in_one_message_in_local_time(demo: Site) -> None:
    body = only(published(demo, "ct-1"))
    assert body["Time"] == "2026-11-02T00:00:00"
    assert body["TempUnit"] == "C"
    assert len(body["ENERGY"]["Power"]) == len(body["ENERGY"]["Voltage"]) == 3
    assert isinstance(body["DS18B20-1"]["Temperature"], int | float)
    assert "SHT3X" not in body  # one climate chip is enough


def test_a_single_phase_tasmota_plug_says_numbers(demo: Site) -> None:
    energy = only(published(demo, "mammo-1"))["ENERGY"]
    assert energy["Power"] > 0
    assert energy["Power"] == pytest.approx(energy["Voltage"] * energy["Current"] * 0.93, rel=0.1)


def test_shelly_gen1_says_bare_scalars(demo: Site) -> None:
    messages = {m.topic: m.payload.decode() for m in published(demo, "room-ct")}
    assert 15 < float(messages["shellies/shellyht-ct/sensor/temperature"]) < 30
    assert messages["shellies/shellyht-ct/sensor/flood"] == "false"


def test_shelly_gen2_notifies_with_the_seconds_of_unix(demo: Site) -> None:
    body = only(published(demo, "room-mri"))
    params = body["params"]
    assert body["method"] in ("NotifyStatus", "NotifyFullStatus")
    assert body["src"] == "shellyplusht-mri"
    assert params["ts"] == KABUL_MONDAY / 1000
    assert params["temperature:0"]["id"] == 0
    assert params["temperature:0"]["tF"] == pytest.approx(
        params["temperature:0"]["tC"] * 1.8 + 32, abs=0.06
    )


def test_zigbee_says_flat_json(demo: Site) -> None:
    body = only(published(demo, "room-server"))
    assert body["water_leak"] is False
    assert {"temperature", "humidity", "linkquality"} <= body.keys()


def test_esphome_and_plain_say_bare_numbers(demo: Site) -> None:
    outdoor = {m.topic: m.payload for m in published(demo, "outdoor")}
    magnet = {m.topic: m.payload for m in published(demo, "mri-1")}
    assert -20 < float(outdoor["outdoor/sensor/outdoor_temperature/state"]) < 45
    assert float(magnet["scanward/mri-1/magnet_temp_c"]) == pytest.approx(32.0, abs=0.1)


def test_every_sensor_of_the_demo_says_something_and_every_payload_is_valid(demo: Site) -> None:
    devices = [d for d in demo.devices.values() if any(s.kind == "mqtt" for s in d.sources)]
    assert devices
    for device in devices:
        messages = published(demo, device.id)
        assert messages, device.id
        for message in messages:
            json.loads(message.payload) if message.payload[:1] == b"{" else message.payload.decode()
            assert "{" not in message.topic


def test_a_dialect_that_the_profile_lacks_is_replaced_by_one_it_has(demo: Site) -> None:
    device, _ = speaker(demo, "mri-2")
    source = MqttSource(kind="mqtt", topic="shellyflood-1")
    outdoor, _ = speaker(demo, "outdoor")
    assert SensorFirmware(device, source).dialect == "shelly1"
    assert SensorFirmware(outdoor, source).dialect != "shelly1"


def test_a_sensor_announces_itself_once_and_leaves_a_last_will_when_the_mains_fail(
    demo: Site,
) -> None:
    start, end = KABUL_MONDAY + HOUR, KABUL_MONDAY + 2 * HOUR
    centre = a_centre(demo, Fault("mains_failure", start, end))
    sensor = MqttSensor(*speaker(demo, "ct-1"))

    def retained(at: int) -> list[Publish]:
        centre.advance(at)
        return [m for m in sensor.messages(centre, at, demo.zone) if m.retain]

    assert retained(KABUL_MONDAY) == [("tele/ct-1/LWT", b"Online", True)]
    assert retained(KABUL_MONDAY + HOUR // 2) == []
    assert retained(start) == [("tele/ct-1/LWT", b"Offline", True)]
    assert sensor.messages(centre, start, demo.zone) == []
    assert retained(end) == [("tele/ct-1/LWT", b"Online", True)]


def test_a_sensor_with_a_battery_talks_on_without_mains(demo: Site) -> None:
    centre = a_centre(demo, Fault("mains_failure", KABUL_MONDAY))
    sensor = MqttSensor(*speaker(demo, "room-ct"))
    assert len(sensor.messages(centre, KABUL_MONDAY, demo.zone)) > 2


def test_a_dead_sensor_says_nothing_at_all(demo: Site) -> None:
    centre = a_centre(demo, Fault("dead", KABUL_MONDAY, device="room-ct"))
    assert MqttSensor(*speaker(demo, "room-ct")).messages(centre, KABUL_MONDAY, demo.zone) == []
