"""With a real broker: nothing it was given is lost, and nothing is counted twice."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from collectors.base import Source
from collectors.mqtt import sources
from core.schema.broker import Broker
from core.schema.secret import Secret
from core.schema.site import Site, SiteFile
from core.schema.tls import TlsFiles
from core.time.clock import MINUTE
from tests.collectors.logfile.sink import MemorySink
from tests.collectors.mqtt.cast import KABUL, climate_profile, device, mqtt_source
from tests.support.mosquitto import PASSWORD, USER, Mosquitto, write_certificates


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


def site_with(broker: Mosquitto, *, password: str = PASSWORD, ca: Path | None = None) -> Site:
    settings = Broker(
        host="127.0.0.1",
        port=broker.port,
        user=USER,
        password=Secret(password),
        tls=TlsFiles(ca=ca or broker.ca),
    )
    file = SiteFile(id="herat", name="Herat", zone=KABUL, broker=settings, devices=[])
    return Site(file, {"ct-1": device(climate_profile(), mqtt_source("probe"))})


def collector(broker: Mosquitto, sink: MemorySink) -> Source:
    (source,) = sources(site_with(broker), sink, wall_clock)
    return source


@contextlib.asynccontextmanager
async def running(source: Source) -> AsyncIterator[None]:
    task = asyncio.create_task(source.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


def send(publisher: paho.Client, topic: str, payload: str, *, retain: bool = False) -> None:
    publisher.publish(f"probe/{topic}", payload, qos=1, retain=retain)


async def delivered(publisher: paho.Client) -> None:
    """Until the broker has everything that was published."""
    await until(lambda: not publisher._out_messages)


def test_no_message_is_lost_while_broker_and_collector_are_restarted(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink, first = MemorySink(), wall_clock() - 60_000

    async def scenario() -> None:
        async def publish(start: int, stop: int) -> None:
            for number in range(start, stop):
                send(publisher, "json", json.dumps({"ts": first + number, "t": number}))
                send(publisher, "bare", str(number))
                await asyncio.sleep(0.001)

        # given a collector that has subscribed, so that the broker knows its session
        await collector(broker, sink).once()
        # when collector and broker go away and come back in the middle of the stream
        async with running(collector(broker, sink)):
            await publish(0, 200)
        await publish(200, 300)
        async with running(collector(broker, sink)):
            await publish(300, 350)
            # What a sensor sends again because its broker's word was lost is a second message.
            await delivered(publisher)
            await asyncio.to_thread(broker.stop)
            await publish(350, 450)
            await asyncio.to_thread(broker.start)
            await publish(450, 500)
            await until(lambda: len(sink.values("room_temp_c")) > 350)
        async with running(collector(broker, sink)):
            await delivered(publisher)
            await until(lambda: len(set(sink.values("room_humidity_pct"))) == 500)
            await until(lambda: len(sink.values("room_temp_c")) == 500)
            await asyncio.sleep(0.3)

    asyncio.run(scenario())

    # then each is there once, also those that do not say their own time
    assert sorted(sink.values("room_temp_c")) == list(range(500))
    assert sorted(sink.values("room_humidity_pct")) == list(range(500))
    assert not sink.events


def test_what_was_not_stored_is_delivered_again(broker: Mosquitto, publisher: paho.Client) -> None:
    sink = MemorySink()

    async def scenario() -> None:
        # given a full disk, and a collector that is stopped while it waits for it
        await collector(broker, sink).once()
        sink.is_blocked = True
        async with running(collector(broker, sink)):
            for number in range(50):
                send(publisher, "bare", str(number))
            await delivered(publisher)
            await asyncio.sleep(0.5)
        assert sink.values("room_humidity_pct") == []
        # when there is room again
        sink.is_blocked = False
        await collector(broker, sink).once()

    asyncio.run(scenario())

    # then
    assert sink.values("room_humidity_pct") == list(range(50))


def test_a_refused_append_is_tried_again_with_the_same_messages(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink = MemorySink()

    async def scenario() -> None:
        await collector(broker, sink).once()
        async with running(collector(broker, sink)):
            sink.failures = 1
            send(publisher, "bare", "41.5")
            await until(lambda: sink.values("room_humidity_pct") == [41.5])

    asyncio.run(scenario())


def test_an_acknowledgement_that_got_lost_does_not_double_a_reading(
    broker: Mosquitto, publisher: paho.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = MemorySink()

    async def scenario() -> None:
        # given a message that is stored but whose acknowledgement never leaves
        await collector(broker, sink).once()
        with monkeypatch.context() as patch:
            patch.setattr(paho.Client, "ack", lambda *_: None)
            async with running(collector(broker, sink)):
                send(publisher, "bare", "41.5")
                await until(lambda: bool(sink.values("room_humidity_pct")))
        # when the broker delivers it again
        await collector(broker, sink).once()

    asyncio.run(scenario())

    # then
    assert sink.values("room_humidity_pct") == [41.5]


def test_a_retained_message_is_taken_once_and_only_with_its_own_time(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink, before = MemorySink(), wall_clock() - 3 * 24 * 60 * MINUTE

    async def scenario() -> None:
        # given a value and a state that the broker retains
        send(publisher, "bare", "40", retain=True)
        send(publisher, "json", json.dumps({"ts": before, "t": 21.5}), retain=True)
        send(publisher, "online", "online", retain=True)
        await delivered(publisher)
        # when they arrive with each of two subscriptions, and in between live
        source = collector(broker, sink)
        await source.once()
        await source.once()
        async with running(source):
            await asyncio.sleep(1)
            send(publisher, "bare", "42", retain=True)
            await until(lambda: 42 in sink.values("room_humidity_pct"))
        await collector(broker, sink).once()

    asyncio.run(scenario())

    # then
    assert sink.values("room_humidity_pct") == [42]  # nobody knows of when the 40 is
    (remembered,) = [
        reading for reading in sink.readings.values() if reading.metric == "room_temp_c"
    ]
    assert (remembered.value, remembered.at, remembered.quality) == (21.5, before, "good")


def test_a_last_will_says_at_once_that_the_device_is_gone(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink = MemorySink()

    async def scenario() -> None:
        source = collector(broker, sink)
        async with running(source):
            send(publisher, "online", "online", retain=True)
            await until(lambda: sink.values("up") == [1])
            # when the device's line is cut without a goodbye
            publisher._sock_close()
            await until(lambda: 0 in sink.values("up"))

    asyncio.run(scenario())

    assert sink.values("up")[:2] == [1, 0]


def test_a_silent_device_is_down_while_the_broker_answers(
    broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    sink, ahead = MemorySink(), [0]
    caplog.set_level(logging.DEBUG, "collectors")

    async def scenario() -> None:
        (source,) = sources(site_with(broker), sink, lambda: wall_clock() + ahead[0])
        async with running(source):
            await until(lambda: "connected" in caplog.text)
            await asyncio.sleep(0.3)
            assert sink.values("up") == []
            ahead[0] = 6 * MINUTE
            await until(lambda: sink.values("up") == [0])

    asyncio.run(scenario())


def test_a_full_disk_holds_back_the_broker_and_not_the_memory(
    broker: Mosquitto, publisher: paho.Client
) -> None:
    sink = MemorySink()

    async def scenario() -> None:
        await collector(broker, sink).once()
        async with running(collector(broker, sink)):
            send(publisher, "bare", "-1")  # kept for the session: it has come when we are connected
            await until(lambda: sink.values("room_humidity_pct") == [-1])
            sink.is_blocked = True
            for number in range(4000):
                publisher.publish("probe/bare", str(number), qos=0)
            await asyncio.sleep(1)
            sink.is_blocked = False
            await until(lambda: len(sink.values("room_humidity_pct")) == 4001)

    asyncio.run(scenario())

    assert sink.values("room_humidity_pct") == list(range(-1, 4000))


@pytest.mark.parametrize("fault", ["password", "authority"])
def test_a_refusal_is_said_once_with_what_to_do(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    # given
    other = tmp_path / "other"
    other.mkdir()
    write_certificates(other)
    site = (
        site_with(broker, password="wrong")
        if fault == "password"
        else site_with(broker, ca=other / "ca.pem")
    )
    (source,) = sources(site, MemorySink(), wall_clock)

    # when
    async def scenario() -> None:
        await source.once()
        await source.once()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())

    # then
    (record,) = caplog.records
    advice = "check `user` and `password`" if fault == "password" else "check `tls.ca`"
    assert advice in record.getMessage()
    assert "every two minutes" in record.getMessage()
    assert "wrong" not in record.getMessage().replace("is wrong", "")


def test_an_unreachable_broker_accuses_no_device(
    broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    broker.stop()
    sink = MemorySink()

    # when
    asyncio.run(collector(broker, sink).once())

    # then
    assert sink.values("up") == []
    assert "refused" in caplog.text


def test_a_site_without_mqtt_has_no_mqtt_source(broker: Mosquitto) -> None:
    site = site_with(broker)
    assert sources(Site(site.file, {}), MemorySink(), wall_clock) == []
