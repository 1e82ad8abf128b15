"""A probe is known by its id, and by nothing else."""

from core.readings import (
    NOT_UNDERSTOOD,
    UNKNOWN_PROBE,
)
from core.time.clock import MINUTE
from tests.collectors.mqtt.cast import T0
from tests.collectors.mqtt.listener import Listener, listed, local
from tests.config.shelf import profile

ROOM, CT = "room-sensor", "toshiba-aquilion-cx"
SENSOR = "tele/x/SENSOR"


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


def test_the_last_probe_without_an_id_may_be_any_and_is_not_read() -> None:
    payload = {"Time": local(T0), "DS18B20": {"Temperature": 27.1}}  # of a Tasmota before 7.1
    for entry in ({"probes": {"tube": "C3", "gantry": "F9"}}, {}):
        ct = Listener(profile(CT), **entry)
        ct.send(SENSOR, payload, T0)
        assert {reading.metric for reading in ct.readings} == {"up"}
        assert ct.kinds() == [NOT_UNDERSTOOD]
    named = Listener(profile(ROOM), probes={"room": "F9"})
    named.send(SENSOR, payload, T0)
    assert named.values("room_temp_c") == []
    room = Listener(profile(ROOM))
    room.send(SENSOR, payload, T0)
    assert room.values("room_temp_c") == [27.1]


def test_a_probe_that_has_not_measured_yet_is_a_gap() -> None:
    ct = Listener(profile(CT), probes={"tube": "C3", "gantry": "F9"})
    ct.send(
        SENSOR, {"Time": local(T0), **probes(DS18B20_1=("C3", 85.0), DS18B20_2=("F9", -127))}, T0
    )
    ct.send(SENSOR, {"Time": local(T0), **probes(DS18B20_1=("C3", 84.9), DS18B20_2=("F9", 27))}, T0)
    assert ct.values("tube_housing_temp_c") == [84.9]
    assert ct.values("gantry_temp_c") == [27]
    assert ct.events == []


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
