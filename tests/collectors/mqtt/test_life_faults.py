"""Who sleeps, and who speaks without saying anything that we know."""

import pytest

from core.readings import (
    BAD_ANSWER,
    NOT_UNDERSTOOD,
    UNDERSTOOD,
)
from core.time.clock import HOUR, MINUTE, SECOND
from tests.collectors.mqtt.cast import T0
from tests.collectors.mqtt.listener import Listener, climate, local
from tests.config.shelf import profile

ROOM, CT = "room-sensor", "toshiba-aquilion-cx"
SENSOR = "tele/x/SENSOR"


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
