"""The simulated centre on the wire: agents, the broker, sensors and log files together."""

import asyncio
import contextlib
import queue
import shutil
import socket
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.snmp import SnmpSource
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.servers.mqtt_broker import serve_broker
from simulator.servers.run import serve, start_agents
from tests.support.cpu_clock import own_time

pytestmark = pytest.mark.servers

HEAD = ("id: many", "name: Many", "zone: Asia/Kabul", "devices:")

Ports = Callable[[socket.SocketKind], int]


def wall() -> int:
    return time.time_ns() // 1_000_000


async def beside(work: Coroutine[Any, Any, None], *servers: Coroutine[Any, Any, None]) -> None:
    """Does `work` while the servers run, then ends them and waits for that."""
    tasks = [asyncio.create_task(server) for server in servers]
    try:
        await work
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results


class Listener:
    """A paho client that keeps what it hears."""

    def __init__(self, port: int, client_id: str = "listener", *, clean: bool = True) -> None:
        self.heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean
        )
        self._client.on_message = lambda _c, _d, m: self.heard.put(
            (m.topic, bytes(m.payload), m.retain)
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def subscribe(self, topic: str) -> None:
        self._client.subscribe(topic, qos=1)

    async def subscribed(self, topic: str) -> None:
        """Until the broker has said so."""
        known = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_subscribe(*_: Any) -> None:
            loop.call_soon_threadsafe(known.set)

        self._client.on_subscribe = on_subscribe
        self.subscribe(topic)
        async with asyncio.timeout(30):
            await known.wait()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, 1, retain).wait_for_publish(5)

    async def next(self) -> tuple[str, bytes, bool]:
        return await asyncio.to_thread(self.heard.get, timeout=30)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


async def connect(port: int, client_id: str = "listener", *, clean: bool = True) -> Listener:
    """As soon as the broker is there."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                return await asyncio.to_thread(Listener, port, client_id, clean=clean)
            await asyncio.sleep(0.05)


def test_the_broker_passes_on_and_retains(a_port: Ports) -> None:
    port = a_port(socket.SOCK_STREAM)

    async def talk() -> None:
        speaker = await connect(port, "speaker")
        await asyncio.to_thread(speaker.publish, "room/lwt", b"Online", retain=True)
        listener = await connect(port)
        listener.subscribe("room/#")
        assert await listener.next() == ("room/lwt", b"Online", True)
        await asyncio.to_thread(speaker.publish, "room/temp", b"21.5")
        assert await listener.next() == ("room/temp", b"21.5", False)
        for client in (speaker, listener):
            await asyncio.to_thread(client.leave)

    asyncio.run(beside(talk(), serve_broker("127.0.0.1", port)))


def test_the_broker_keeps_qos_1_for_a_client_that_is_away(a_port: Ports) -> None:
    port = a_port(socket.SOCK_STREAM)

    async def talk() -> None:
        listener = await connect(port, clean=False)
        await listener.subscribed("room/#")
        await asyncio.to_thread(listener.leave)
        await asyncio.sleep(1.5)  # amqtt looks for sessions to forget once a second
        speaker = await connect(port, "speaker")
        await asyncio.to_thread(speaker.publish, "room/temp", b"21.5")
        again = await connect(port, clean=False)
        topic, payload, _ = await again.next()
        assert (topic, payload) == ("room/temp", b"21.5")
        for client in (speaker, again):
            await asyncio.to_thread(client.leave)

    asyncio.run(beside(talk(), serve_broker("127.0.0.1", port)))


def test_the_broker_ends_though_clients_are_connected(a_port: Ports) -> None:
    port = a_port(socket.SOCK_STREAM)
    clients: list[Listener] = []

    async def talk() -> None:
        for name in ("one", "two"):
            clients.append(await connect(port, name))
            await clients[-1].subscribed("#")

    began = own_time()
    asyncio.run(beside(talk(), serve_broker("127.0.0.1", port)))
    assert own_time() - began < 5
    for client in clients:
        client.leave()


async def snmpget(port: int, version: str, oid: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *("snmpget", f"-v{version}", "-cpublic", "-Oqv", "-t1", "-r0", f"127.0.0.1:{port}", oid),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode().strip()


def snmp_port(site: Site, device_id: str) -> int:
    return next(s.port for s in site.devices[device_id].sources if isinstance(s, SnmpSource))


@pytest.mark.skipif(
    shutil.which("snmpget") is None, reason="needs server: snmp tools are not installed"
)
def test_the_whole_centre_lives_on_the_wire(small: Site, tmp_path: Path) -> None:
    assert small.file.broker is not None
    port = small.file.broker.port
    start = wall()
    centre = Centre(
        small, seed=7, start=start, faults=[Fault("dead", start - 60_000, device="pacs")]
    )

    async def look() -> None:
        async with asyncio.timeout(30):
            charge = (snmp_port(small, "ups-1"), "2c", "1.3.6.1.2.1.33.1.2.4.0")
            while await snmpget(*charge) != "100":
                await asyncio.sleep(0.05)
        assert "Timeout" in await snmpget(snmp_port(small, "pacs"), "1", "1.3.6.1.2.1.1.1.0")
        listener = await connect(port)
        listener.subscribe("tele/room-1/#")
        topics: set[str] = set()
        while topics != {"tele/room-1/LWT", "tele/room-1/SENSOR"}:
            topics.add((await listener.next())[0])
        await asyncio.to_thread(listener.leave)
        async with asyncio.timeout(60):
            while not (tmp_path / "magnet.csv").exists():
                await asyncio.sleep(0.1)

    asyncio.run(
        beside(look(), serve_broker("127.0.0.1", port), serve(small, centre, wall, speed=600))
    )
    assert (tmp_path / "magnet.csv").read_text().count("\n") >= 1
    assert not (tmp_path / "orthanc.log").exists()


def test_eight_agents_are_up_within_two_seconds(tmp_path: Path, a_port: Ports) -> None:
    entry = (
        "  - {{id: ups-{n}, name: UPS, profile: ups-rfc1628, sources: "
        "[{{kind: snmp, host: 127.0.0.1, port: {port}, community: public}}]}}"
    )
    devices = [entry.format(n=n, port=a_port(socket.SOCK_DGRAM)) for n in range(8)]
    path = tmp_path / "site.yaml"
    path.write_text("\n".join([*HEAD, *devices]))
    site = load_site(path)

    async def start() -> float:
        began = own_time()
        agents = await start_agents(site, Centre(site, seed=7, start=wall()), wall)
        seconds = own_time() - began
        for agent in agents:
            agent.close()
        assert len(agents) == 8
        return seconds

    assert asyncio.run(start()) < 2
