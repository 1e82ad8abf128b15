"""Messages of QoS 1 a second, from a broker's queue to the disk; beside a bridge of Mosquitto that takes the same ones.

    python -m benchmarks.mqtt.run [--messages 30000] [--inflight 1000] [--without-peer]

The broker keeps the messages for a session that is away; then that session comes back. Ours is stored durably (`synchronous=FULL`) before it
is acknowledged. The bridge forwards to a second Mosquitto, which writes nothing to the disk.
"""

import argparse
import asyncio
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from app.clock import now
from app.services.store_sink import StoreSink
from collectors.mqtt import sources
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.storage import Retention
from storage.series import SeriesReader, SeriesWriter
from tests.support.ports import free_port

DEVICES = 50
PROFILE = """
title: Sensor
metrics:
  room_temp_c: {title: Temperature, unit: °C, plausible: [-40, 80]}
  room_humidity_pct: {title: Humidity, unit: "%", plausible: [0, 100]}
mqtt:
  messages:
    - topic: zigbee/{topic}
      values: [{metric: room_temp_c, path: temperature}, {metric: room_humidity_pct, path: humidity}]
"""


def write_site(folder: Path, port: int) -> Site:
    """Sensors that publish on one broker."""
    (folder / "profiles").mkdir(parents=True)
    (folder / "profiles" / "sensor.yaml").write_text(PROFILE, encoding="utf-8")
    devices = "\n".join(
        f"  - {{id: s{n}, name: Sensor, profile: sensor, plans: [], sources: [{{kind: mqtt, topic: s{n}}}]}}"
        for n in range(DEVICES)
    )
    site = folder / "site.yaml"
    site.write_text(
        f"id: bench\nname: Bench\nzone: UTC\nstorage: {{folder: {folder}}}\n"
        f"broker: {{host: 127.0.0.1, port: {port}, client_id: bench}}\ndevices:\n{devices}\n"
    )
    return load_site(site)


@contextmanager
def mosquitto(folder: Path, inflight: int, more: str = "") -> Iterator[int]:
    """The port of a broker that asks for no name."""
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("mosquitto is not installed")
    port = free_port()
    settings = folder / f"{port}.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        f"max_inflight_messages {inflight}\nlog_type none\n{more}"
    )
    with subprocess.Popen([program, "-c", str(settings)]) as process:
        try:
            time.sleep(1)
            yield port
        finally:
            process.kill()


async def collected(site: Site, messages: int) -> tuple[float, float]:
    """Seconds of a clock and of a processor until all are stored."""
    writer = SeriesWriter(site.series_path)
    sink = StoreSink(writer, Retention(), now)
    storing = asyncio.create_task(sink.run())
    (source,) = sources(site, sink, now)
    used, began = _used_s(), time.monotonic()
    running = asyncio.create_task(source.run())
    while _stored(site) < 2 * messages:
        await asyncio.sleep(0.2)
    taken_s, used_s = time.monotonic() - began, _used_s() - used
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    storing.cancel()
    await sink.close()
    return taken_s, used_s


def _stored(site: Site) -> int:
    reader = SeriesReader(site.series_path)
    return sum(reading.metric != "up" for reading in reader.since(0, 10_000_000).readings)


def _used_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def publish(port: int, messages: int) -> None:
    """So many, over all sensors."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for number in range(messages):
        payload = f'{{"temperature":{20 + number % 100 / 10},"humidity":{30 + number % 40}}}'
        last = client.publish(f"zigbee/s{number % DEVICES}", payload, qos=1)
    last.wait_for_publish()
    client.disconnect()
    client.loop_stop()


def leave_session(port: int, client_id: str) -> None:
    """Subscribe and go away, so that the broker keeps what comes."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=False)
    client.connect("127.0.0.1", port)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.05)
    client.subscribe("zigbee/#", 1)
    time.sleep(0.5)
    client.disconnect()
    client.loop_stop()


def ours(folder: Path, chosen: argparse.Namespace) -> float:
    """Messages a second."""
    with mosquitto(folder, chosen.inflight) as port:
        site = write_site(folder / "ours", port)
        leave_session(port, "bench")
        publish(port, chosen.messages)
        taken_s, used_s = asyncio.run(collected(site, chosen.messages))
    rate: float = chosen.messages / taken_s
    print(f"ours: {rate:.0f} a second, {chosen.messages / used_s:.0f} a processor second")
    return rate


def bridge(folder: Path, chosen: argparse.Namespace) -> float:
    """The same of the peer."""
    with mosquitto(folder, chosen.inflight) as port:
        leave_session(port, "bridge")
        publish(port, chosen.messages)
        more = (
            f"connection bench\naddress 127.0.0.1:{port}\nremote_clientid bridge\n"
            "cleansession false\ntopic zigbee/# in 1\nsys_interval 1\n"
        )
        with mosquitto(folder, chosen.inflight, more) as other:
            client = paho.Client(CallbackAPIVersion.VERSION2)
            count = [0.0, 0.0]
            began = time.monotonic() - 1  # it has begun a second ago

            def counted(_client: object, _data: object, message: paho.MQTTMessage) -> None:
                count[:] = float(message.payload), time.monotonic() - began

            client.on_message = counted
            client.connect("127.0.0.1", other)
            client.subscribe("$SYS/broker/publish/messages/received")
            while count[0] < chosen.messages:
                client.loop(0.1)
    rate: float = count[0] / count[1]
    print(f"bridge: {rate:.0f} a second")
    return rate


def main() -> None:
    """Both, one after the other."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--messages", type=int, default=30_000)
    arguments.add_argument("--inflight", type=int, default=1000)
    arguments.add_argument("--without-peer", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        own = ours(folder, chosen)
        line = f"ours {own:.0f} messages a second"
        if not chosen.without_peer:
            peer = bridge(folder, chosen)
            line += f", bridge {peer:.0f}, ratio {own / peer:.2f}"
    print(f"{line}; load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
