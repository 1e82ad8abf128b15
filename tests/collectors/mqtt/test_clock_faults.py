"""Of when a message is: wrong clocks, devices that catch up, bridges and brokers that remember."""

import pytest

from core.readings import (
    DEVICE_CLOCK,
    Reading,
)
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms
from tests.collectors.mqtt.cast import KABUL, T0
from tests.collectors.mqtt.listener import Listener, climate, local, utc
from tests.config.shelf import profile

ROOM, CT = "room-sensor", "toshiba-aquilion-cx"
SENSOR = "tele/x/SENSOR"


def only(listener: Listener, metric: str = "room_temp_c") -> list[tuple[float, int, str]]:
    return [(r.value, r.at, r.quality) for r in listener.readings if r.metric == metric]


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
