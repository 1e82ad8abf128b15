"""What sensors of the field do wrong, through everything but the socket: each with its right value."""

import pytest

from core.readings import (
    BAD_ANSWER,
    DEVICE_CLOCK,
    NOT_UNDERSTOOD,
    UNDERSTOOD,
    UNKNOWN_PROBE,
    Reading,
)
from core.schema.profile import Profile
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms
from tests.collectors.mqtt.cast import KABUL, T0
from tests.collectors.mqtt.listener import Listener, local, utc
from tests.config.shelf import profile

ROOM, CT = "room-sensor", "toshiba-aquilion-cx"
SENSOR = "tele/x/SENSOR"


def climate(at: str, temperature: float, **more: object) -> dict[str, object]:
    return {"Time": at, "AM2301": {"Temperature": temperature, "Humidity": 40}, **more}


def only(listener: Listener, metric: str = "room_temp_c") -> list[tuple[float, int, str]]:
    return [(r.value, r.at, r.quality) for r in listener.readings if r.metric == metric]


# Age and clock


def test_a_clock_in_another_zone_hides_no_alarm() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, climate(local(T0), 22), T0)
    room.send(SENSOR, climate(utc(T0 + MINUTE), 44), T0 + MINUTE)
    assert only(room) == [(22, T0, "good"), (44, T0 + MINUTE, "clock")]
    room.send(SENSOR, climate(utc(T0 + 2 * MINUTE), 45), T0 + 2 * MINUTE)
    room.restart()
    room.send(SENSOR, climate(utc(T0 + 3 * MINUTE), 46), T0 + 3 * MINUTE)
    assert [event.text for event in room.events] == ["Its clock is 4 h 30 min behind"]
    assert room.kinds() == [DEVICE_CLOCK]
    assert only(room)[-1] == (46, T0 + 3 * MINUTE, "clock")
    room.send(SENSOR, climate(local(T0 + 4 * MINUTE), 47), T0 + 4 * MINUTE)
    assert room.events[-1].text == "Its clock is right again"
    assert only(room)[-1] == (47, T0 + 4 * MINUTE, "good")


@pytest.mark.parametrize("own", ["1970-01-01T00:00:12", "2036-02-07T06:28:16", "yesterday", None])
def test_a_clock_that_nobody_set_gives_arrival(own: str | None) -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, {"Time": own, "AM2301": {"Temperature": 22}}, T0)
    assert only(room) == [(22, T0, "good" if own is None else "clock")]


def test_a_device_that_catches_up_keeps_its_own_times() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, climate(local(T0 - HOUR), 20), T0 - HOUR)
    buffered = [
        room.message(SENSOR, climate(local(T0 - (40 - n) * MINUTE), 20 + n), T0 + n * 10)
        for n in range(41)
    ]
    assert room.interpreter.is_undecided(buffered[:1])  # so the source waits a moment for the next
    room.receive(*buffered)
    assert [at for _, at, _ in only(room)[1:]] == [T0 - (40 - n) * MINUTE for n in range(41)]
    assert {quality for _, _, quality in only(room)} == {"good"}
    assert room.values("up")[-1] == 1
    assert room.events == []


@pytest.mark.parametrize(
    "last_seen",
    [
        T0 - 8 * DAY,
        (T0 - 8 * DAY) // 1000,
        local(T0 - 8 * DAY),
        from_ms(T0 - 8 * DAY, KABUL).isoformat(),
        utc(T0 - 8 * DAY) + "Z",
    ],
)
def test_what_a_bridge_remembers_is_of_its_own_time_and_no_sign_of_life(last_seen: object) -> None:
    room = Listener(profile(ROOM))
    room.send("zigbee2mqtt/x", {"temperature": 35.5, "last_seen": last_seen}, T0)
    assert room.readings == [Reading("ct-1", "room_temp_c", 35.5, T0 - 8 * DAY)]
    room.send("zigbee2mqtt/x", {"temperature": 23.5, "last_seen": T0 + 900}, T0 + SECOND)
    assert only(room)[-1] == (23.5, T0 + 900, "good")
    assert room.values("up") == [1]


def test_a_retained_value_without_a_time_is_of_nobody_knows_when() -> None:
    room = Listener(profile(ROOM))
    room.send("scanward/x/room_temp_c", "31.5", T0, retain=True)
    assert room.readings == []
    room.send("scanward/x/water_leak", "water", T0, retain=True)  # a state lasts
    assert room.readings == [Reading("ct-1", "water_leak", 1.0, T0, "", "clock")]
    room.send("scanward/x/room_temp_c", "22.5", T0 + SECOND)
    assert only(room) == [(22.5, T0 + SECOND, "good")]


def test_a_retained_value_with_a_time_has_that_time_unless_it_is_of_the_future() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, climate(local(T0 - 3 * HOUR), 22), T0, retain=True)
    room.send(SENSOR, climate(local(T0 + 3 * HOUR), 23), T0, retain=True)
    assert only(room) == [(22, T0 - 3 * HOUR, "good")]
    assert room.values("up") == []


# Which probe


def probes(**temperatures: tuple[str, float]) -> dict[str, object]:
    entries = {
        key.replace("_", "-"): {"Id": identity, "Temperature": value}
        for key, (identity, value) in temperatures.items()
    }
    return {**entries, "TempUnit": "C"}


def test_a_probe_is_known_by_its_id_wherever_it_stands() -> None:
    ct = Listener(profile(CT), probes={"tube": "C3", "gantry": "F9"})
    first = probes(DS18B20_1=("C3", 41.0), DS18B20_2=("F9", 27.0))
    second = probes(DS18B20_1=("A1", 19.0), DS18B20_2=("C3", 41.2), DS18B20_3=("F9", 27.1))
    ct.send(SENSOR, {"Time": local(T0), **first}, T0)
    ct.send(SENSOR, {"Time": local(T0 + MINUTE), **second}, T0 + MINUTE)
    ct.send(SENSOR, {"Time": local(T0 + 2 * MINUTE), **second}, T0 + 2 * MINUTE)
    assert ct.values("tube_housing_temp_c") == [41.0, 41.2, 41.2]
    assert ct.values("gantry_temp_c") == [27.0, 27.1, 27.1]
    assert [event.text for event in ct.events] == [
        "A probe that is not in the site file is not read: A1 (DS18B20-1)"
    ]


def test_the_last_probe_on_the_wire_is_still_the_same_probe() -> None:
    ct = Listener(profile(CT), probes={"tube": "C3", "gantry": "F9"})
    ct.send(SENSOR, {"Time": local(T0), **probes(DS18B20=("F9", 27.1))}, T0)
    assert ct.values("gantry_temp_c") == [27.1]
    assert ct.values("tube_housing_temp_c") == ct.values("room_temp_c") == []


def test_a_probe_without_a_name_in_the_site_file_is_offered_and_not_guessed() -> None:
    ct = Listener(profile(CT))
    ct.send(
        SENSOR, {"Time": local(T0), **probes(DS18B20_1=("C3", 41.0), DS18B20_2=("F9", 27.0))}, T0
    )
    ct.send(SENSOR, {"Time": local(T0 + 1), **probes(DS18B20=("F9", 27.0))}, T0 + MINUTE)
    assert {reading.metric for reading in ct.readings} == {"up"}
    offered = [event.text for event in ct.events if event.kind == UNKNOWN_PROBE]
    assert [text[-14:] for text in offered] == ["C3 (DS18B20-1)", "F9 (DS18B20-2)"]


def test_the_only_probe_of_a_room_is_read_until_there_are_two() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, {"Time": local(T0), **probes(DS18B20=("F9", 22.0))}, T0)
    assert room.values("room_temp_c") == [22.0]
    assert room.events == []
    both = probes(DS18B20_1=("A1", 5.0), DS18B20_2=("F9", 22.0))
    room.send(SENSOR, {"Time": local(T0 + MINUTE), **both}, T0 + MINUTE)
    room.restart()
    for minute in (2, 3, 4):
        only_other = probes(DS18B20=("A1", 5.0))
        at = T0 + minute * MINUTE
        room.send(SENSOR, {"Time": local(at), **only_other}, at)
    assert room.values("room_temp_c") == [22.0]


def listed(path: str) -> Profile:
    plain = Profile.model_validate({"metrics": {"room_temp_c": {"title": "T", "unit": "°C"}}})
    messages = [{"topic": "{topic}", "values": [{"metric": "room_temp_c", "path": path}]}]
    whole = plain.model_dump() | {"mqtt": {"messages": messages}}
    return Profile.model_validate({"metrics": whole["metrics"], "mqtt": whole["mqtt"]})


def test_a_list_that_is_reordered_is_read_by_its_ids() -> None:
    first, second = {"id": 7, "t": 20.5}, {"id": 9, "t": 33.0}
    by_id = Listener(listed("sensors[id={room}].t"), probes={"room": "7"})
    by_place = Listener(listed("sensors[0].t"))
    for n, sensors in enumerate(([first, second], [second, first], [second])):
        by_id.send("x", {"sensors": sensors}, T0 + n)
        by_place.send("x", {"sensors": sensors}, T0 + n)
    assert by_id.values("room_temp_c") == [20.5, 20.5]
    assert by_place.values("room_temp_c") == []
    assert UNKNOWN_PROBE in by_place.kinds()


# Units


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


# Who sleeps


@pytest.mark.parametrize("entry", [{"silent_after": "12h"}, {"sleeps": "12h"}])
def test_a_sleepers_last_will_is_no_death(entry: dict[str, object]) -> None:
    room = Listener(profile(ROOM), **entry)
    for at in range(T0, T0 + 7 * HOUR, 2 * HOUR):
        room.send("shellies/x/online", "true", at)
        room.send("shellies/x/sensor/temperature", "21.38", at + SECOND)
        room.send("shellies/x/online", "false", at + 2 * SECOND)
    last_at = T0 + 6 * HOUR + SECOND
    silent = room.interpreter.availability.silent_sources
    assert set(room.values("up")) == {1}
    assert silent(last_at + 12 * HOUR - 1) == []
    assert [reading.value for reading in silent(last_at + 12 * HOUR)] == [0]
    assert room.source.reachable_within() == 12 * HOUR + 2 * MINUTE


def test_a_last_will_of_who_does_not_sleep_is_its_death() -> None:
    room = Listener(profile(ROOM))
    room.send("shellies/x/online", "true", T0)
    room.send("shellies/x/online", "false", T0 + SECOND)
    assert room.values("up") == [1, 0]


# Who says nothing that we know


@pytest.mark.parametrize(
    ("name", "key"),
    [(ROOM, "SHT3X-0x45"), (ROOM, "BME280-76"), (ROOM, "DS18B20-1"), (CT, "DS18B20-0000C3")],
)
def test_another_key_of_a_sensor_is_named_once(name: str, key: str) -> None:
    sensor = Listener(profile(name))
    for at in (T0, T0 + MINUTE):
        sensor.send(SENSOR, {"Time": local(at), key: {"Temperature": 22.0}, "TempUnit": "C"}, at)
    sensor.restart()
    sensor.send(SENSOR, {"Time": local(at), key: {"Temperature": 22.0}}, at + MINUTE)
    (event,) = sensor.events
    assert event.kind == NOT_UNDERSTOOD
    assert f"{key}.Temperature" in event.text
    sensor.send(SENSOR, climate(local(T0 + HOUR), 22), T0 + HOUR)
    assert sensor.kinds() == [NOT_UNDERSTOOD, UNDERSTOOD]


def test_a_patient_does_not_enter_through_the_name_of_a_key() -> None:
    room = Listener(profile(ROOM))
    room.send(SENSOR, {"Maryam Ahmadi": {"MRN4711471": 1}, "سارا": 2}, T0)
    (event,) = room.events
    assert not any(word in event.text for word in ("Maryam", "Ahmadi", "4711", "سارا"))


def test_a_device_that_says_only_what_has_changed_is_given_time() -> None:
    room = Listener(profile(ROOM))
    for n in range(10):
        room.send("x/events/rpc", {"params": {"ts": T0 / 1000, "sys": {"cfg_rev": n}}}, T0 + n)
    assert room.events == []


def test_what_cannot_be_decoded_is_counted_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Listener(profile(ROOM))
    for n in range(5):
        room.send(SENSOR, "not JSON at all", T0 + n)
    refusals = [record for record in caplog.records if "refused on" in record.getMessage()]
    assert len(refusals) == 1
    assert SENSOR in refusals[0].getMessage()
    assert [kind for kind in room.kinds() if kind != BAD_ANSWER] == [NOT_UNDERSTOOD]
