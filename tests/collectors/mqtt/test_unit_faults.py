"""A unit that is stated is converted or refused, and no value is a gap."""

import pytest

from core.readings import (
    BAD_ANSWER,
)
from core.schema.profile import Profile
from tests.collectors.mqtt.cast import T0
from tests.collectors.mqtt.listener import Listener, climate, listed, local
from tests.config.shelf import profile

ROOM, CT = "room-sensor", "toshiba-aquilion-cx"
SENSOR = "tele/x/SENSOR"


@pytest.mark.parametrize(
    ("topic", "payload", "celsius"),
    [
        (SENSOR, climate(local(T0), 57.2, TempUnit="F"), 14.0),
        (SENSOR, climate(local(T0), 14, TempUnit="C"), 14.0),
        ("zigbee2mqtt/x", {"temperature": 57.2, "temperature_unit": "fahrenheit"}, 14.0),
        ("zigbee2mqtt/x", {"temperature": 14, "temperature_unit": "celsius"}, 14.0),
        ("x/sensor/room_temperature/state", "14.0 °C", 14.0),
        ("x/sensor/room_temperature/state", "57.2 °F", 14.0),
        ("scanward/x/room_temp_c", "23.5 °C", 23.5),
        ("scanward/x/room_temp_c", "23.5\0", 23.5),
        ("x/events/rpc", {"params": {"ts": T0 / 1000, "temperature:0": {"id": 0, "tC": 14.0, "tF": 57.2}}}, 14.0),
    ],
)  # fmt: skip
def test_a_unit_that_is_stated_is_converted(topic: str, payload: object, celsius: float) -> None:
    room = Listener(profile(ROOM))
    room.send(topic, payload, T0)
    assert room.values("room_temp_c") == [celsius]
    assert room.events == []


@pytest.mark.parametrize(
    ("path", "payload", "celsius"),
    [
        ("params.tF", {"params": {"tC": 14.0, "tF": 57.2}}, 14.0),
        ("value", {"time": T0, "value": 57.2, "unit": "°F"}, 14.0),  # Z-Wave JS
        ("t.value", {"t": {"value": 287.15, "unit_of_measurement": "K"}}, 14.0),
        ("temp", {"temp": 57.2, "hum": 40, "unit": "F"}, 14.0),
        ("temperature_fahrenheit", {"temperature_fahrenheit": 57.2}, 14.0),
        ("temp", {"temp": 57.2, "temp_units": "°F"}, 14.0),
        ("temp", {"temp": 14.0, "hum": 40, "unit": "%"}, 14.0),  # of the other one
    ],
)
def test_a_unit_beside_the_number_is_converted(path: str, payload: object, celsius: float) -> None:
    sensor = Listener(listed(path))
    sensor.send("x", payload, T0)
    assert sensor.values("room_temp_c") == [celsius]


def test_an_unknown_unit_is_refused_with_its_place_and_not_its_word() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, climate(local(T0), 22, TempUnit="parrots"), T0)
    assert room.values("room_temp_c") == []
    assert room.values("room_humidity_pct") == [40]
    (event,) = room.events
    assert event.kind == BAD_ANSWER
    assert "TempUnit" in event.text
    assert "parrots" not in event.text


@pytest.mark.parametrize("payload", ["n/a", "N/A", "", "unavailable", "\0"])
def test_no_value_is_a_gap(payload: str) -> None:
    room = Listener(profile(ROOM))
    room.send("scanward/x/room_temp_c", payload, T0)
    assert room.values("room_temp_c") == []
    assert room.events == []


def test_yes_and_no_are_no_temperature_and_a_share_is_no_percentage() -> None:
    room = Listener(profile(ROOM))
    room.send("scanward/x/room_temp_c", "true", T0)
    room.send("scanward/x/room_humidity_pct", "0.45", T0)
    room.send("zigbee2mqtt/x", {"temperature": False, "humidity": 0, "water_leak": True}, T0 + 1)
    assert room.values("room_temp_c") == room.values("room_humidity_pct") == []
    assert room.values("water_leak") == [1]
    assert [event.kind for event in room.events] == [BAD_ANSWER] * 4


@pytest.mark.parametrize(
    ("metric", "unit", "key", "number", "value"),
    [
        ("mains_power_w", "W", "power_kw", 1.5, 1500),
        ("mains_power_w", "W", "power_kW", 1.5, 1500),
        ("mains_power_w", "W", "power_a", 1.5, 1.5),  # of a phase
        ("air_pressure_hpa", "hPa", "pressureKPa", 101.3, 1013),
        ("air_pressure_hpa", "hPa", "pressure_psi", 14.5, 999.74),
        ("room_humidity_pct", "%", "humidity_ratio", 0.45, 45),
    ],
)
def test_a_unit_at_the_end_of_the_key_is_converted(
    metric: str, unit: str, key: str, number: float, value: float
) -> None:
    whole = {
        "metrics": {metric: {"title": "M", "unit": unit}},
        "mqtt": {"messages": [{"topic": "x", "values": [{"metric": metric, "path": key}]}]},
    }
    sensor = Listener(Profile.model_validate(whole))
    sensor.send("x", {key: number}, T0)
    assert sensor.values(metric) == [pytest.approx(value, abs=0.01)]
