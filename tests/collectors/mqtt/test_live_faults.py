"""With a real broker: wrong clocks, devices that catch up, and messages that nobody can use."""

import asyncio
import json
import logging
from functools import partial

import paho.mqtt.client as paho
import pytest

from collectors.mqtt import sources
from core.readings import DEVICE_CLOCK
from core.time.clock import HOUR, MINUTE
from tests.collectors.logfile.sink import MemorySink
from tests.collectors.mqtt.listener import local, utc
from tests.collectors.mqtt.test_broker import delivered, running, until, wall_clock
from tests.collectors.mqtt.test_examination import site_of
from tests.support.mosquitto import Mosquitto


def _has(sink: MemorySink, count: int) -> bool:
    return len(sink.values("room_temp_c")) == count


def climate(at: str, temperature: float) -> str:
    return json.dumps({"Time": at, "AM2301": {"Temperature": temperature}, "TempUnit": "C"})


def test_a_sensor_in_another_zone_is_of_now_and_its_clock_is_reported(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink = MemorySink()
    (source,) = sources(site_of(broker, "room-sensor", {}), sink, wall_clock)

    async def scenario() -> None:
        await source.once()  # the broker knows the session
        async with running(source):
            for count, (at, value) in enumerate([(local, 22), (utc, 44), (utc, 45)], start=1):
                publisher.publish("tele/x/SENSOR", climate(at(wall_clock()), value), qos=1)
                await until(partial(_has, sink, count))
            await until(lambda: bool(sink.events))

    started_at = wall_clock()
    asyncio.run(scenario())

    readings = [r for r in sink.readings.values() if r.metric == "room_temp_c"]
    assert [reading.quality for reading in readings] == ["good", "clock", "clock"]
    assert all(reading.at >= started_at - 1000 for reading in readings)
    assert [event.kind for event in sink.events] == [DEVICE_CLOCK]
    assert "4 h 30 min behind" in sink.events[0].text


def test_who_catches_up_after_an_outage_keeps_his_own_times(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink = MemorySink()
    (source,) = sources(site_of(broker, "room-sensor", {}), sink, wall_clock)
    first_at = (wall_clock() - HOUR) // 1000 * 1000
    times = [first_at + n * MINUTE for n in range(60)]

    async def scenario() -> None:
        await source.once()
        async with running(source):
            for n, at in enumerate(times):
                publisher.publish("tele/x/SENSOR", climate(local(at), n), qos=1)
            await delivered(publisher)
            await until(lambda: len(sink.values("room_temp_c")) == 60)

    asyncio.run(scenario())

    readings = [r for r in sink.readings.values() if r.metric == "room_temp_c"]
    assert [(reading.value, reading.at) for reading in readings] == list(enumerate(times))
    assert {reading.quality for reading in readings} == {"good"}
    assert sink.events == []


def test_a_message_of_a_topic_that_is_no_longer_ours_is_counted(
    broker: Mosquitto, publisher: paho.Client, caplog: pytest.LogCaptureFixture
) -> None:
    sink = MemorySink()
    (before,) = sources(site_of(broker, "room-sensor", {"topic": "probe"}), sink, wall_clock)
    (source,) = sources(site_of(broker, "room-sensor", {}), sink, wall_clock)

    async def scenario() -> None:
        await before.once()  # an older site file subscribed to other topics
        publisher.publish("tele/probe/SENSOR", climate("", 22), qos=1)
        await delivered(publisher)
        with caplog.at_level(logging.WARNING):
            await source.once()

    asyncio.run(scenario())

    assert sink.values("room_temp_c") == []
    assert "refused on tele/probe/SENSOR" in caplog.text
