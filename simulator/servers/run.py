"""The simulated centre on the wire: agents, sensors and log files, until it is cancelled."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource
from core.schema.sources.logfile import LogSource
from core.schema.sources.snmp import SnmpSource
from core.time.clock import from_ms
from simulator.centre import Centre
from simulator.servers.log_writer import LogWriter
from simulator.servers.loopback import is_loopback
from simulator.servers.mqtt_publisher import Publisher
from simulator.servers.mqtt_sensor import MqttSensor, mqtt_sensors
from simulator.servers.snmp_agent import Supplier, start_agent
from simulator.wire.logs import is_newest_first, log_text
from simulator.wire.snmp import SnmpObjects, SnmpRaw

if TYPE_CHECKING:
    from simulator.servers.dicom.run import DicomTraffic

log = logging.getLogger(__name__)

TICK_S = 1.0
PUBLISH_EVERY = 5  # ticks

Now = Callable[[], int]


async def serve(site: Site, centre: Centre, now: Now, speed: float = 1.0) -> None:
    """Run on from `centre.at`, `speed` times as fast as the clock; answers carry the time `now()`."""
    clock = _SimulationClock(centre.at, now(), speed)
    agents = await start_agents(site, centre, now)
    publisher = _start_publisher(site)
    traffic = await asyncio.to_thread(_start_dicom, site, centre, clock)
    try:
        await _run(site, centre, now, clock, publisher, traffic)
    finally:
        for agent in agents:
            agent.close()
        for stop in (publisher and publisher.stop, traffic and traffic.close):
            if stop:
                await asyncio.to_thread(stop)


async def _run(
    site: Site,
    centre: Centre,
    now: Now,
    clock: "_SimulationClock",
    publisher: Publisher | None,
    traffic: "DicomTraffic | None",
) -> None:
    sensors = mqtt_sensors(site)
    files = [_LogFile(device, source, site) for device, source in _logs(site)]
    centre.log_start_up()
    tick = 0
    while True:
        centre.advance(clock.physical(now()))
        for file in files:
            file.write(centre, clock)
        if traffic:
            traffic.step()
        has_reconnected = publisher is not None and publisher.has_reconnected()
        for sensor in sensors if has_reconnected else ():
            sensor.announce_again()
        if publisher and (has_reconnected or tick % PUBLISH_EVERY == 0):
            _publish(site, centre, now(), sensors, publisher)
        tick += 1
        await asyncio.sleep(TICK_S)


class _SimulationClock:
    """Converts between wall time and the time of the physics, both UTC milliseconds."""

    def __init__(self, origin: int, began: int, speed: float) -> None:
        self._origin, self._began, self._speed = origin, began, speed

    def physical(self, wall: int) -> int:
        return self._origin + int((wall - self._began) * self._speed)

    def wall(self, physical: int) -> int:
        return self._began + int((physical - self._origin) / self._speed)


class _LogFile:
    """One log file of one device."""

    def __init__(self, device: Device, source: LogSource, site: Site) -> None:
        self._device, self._source, self._zone = device, source, site.zone
        newest_first = is_newest_first(device, source)
        self._file = LogWriter(source.path, newest_first=newest_first, encoding=source.encoding)

    def write(self, centre: Centre, clock: _SimulationClock) -> None:
        recorded = centre.log_records(self._device.id)
        if not recorded or not centre.answers(self._device):
            return
        records = [record._replace(at=clock.wall(record.at)) for record in recorded]
        text = log_text(self._device, self._source, records, self._zone)
        today = from_ms(records[-1].at, self._source.zone or self._zone).date()
        self._file.write(text, today)


def _publish(
    site: Site, centre: Centre, at: int, sensors: list[MqttSensor], publisher: Publisher
) -> None:
    if not publisher.is_connected:
        return
    for sensor in sensors:
        publisher.publish(sensor.messages(centre, at, site.zone))


def _start_publisher(site: Site) -> Publisher | None:
    if site.file.broker is None:
        return None
    publisher = Publisher(site.file.broker)
    publisher.start()
    return publisher


def _start_dicom(site: Site, centre: Centre, clock: "_SimulationClock") -> "DicomTraffic | None":
    """None without a DICOM node on this computer: pynetdicom is not imported then."""
    if not any(isinstance(s, DicomSource) for d in site.devices.values() for s in d.sources):
        return None
    from simulator.servers.dicom.run import DicomTraffic

    return DicomTraffic(site, centre, clock.wall)


async def start_agents(site: Site, centre: Centre, now: Now) -> list[asyncio.DatagramTransport]:
    """An agent for each SNMP source that is on this computer."""
    agents = []
    for device, source in _snmp(site):
        community = source.community.reveal() if source.community else ""
        supply = _supplier(device, source, centre, now)
        agents.append(await start_agent(source.host, source.port, community, supply))
    log.info("%d SNMP agents listen", len(agents))
    return agents


def _supplier(device: Device, source: SnmpSource, centre: Centre, now: Now) -> Supplier:
    objects = SnmpObjects(device, source)

    def supply() -> dict[str, SnmpRaw] | None:
        if not centre.answers(device):
            return None
        return objects.answers(centre.values(device.id), now())

    return supply


def _snmp(site: Site) -> Iterator[tuple[Device, SnmpSource]]:
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, SnmpSource) and is_loopback(source.host):
                if source.version == "3":
                    log.warning("%s: the simulator speaks no SNMPv3", device.id)
                    continue
                yield device, source


def _logs(site: Site) -> Iterator[tuple[Device, LogSource]]:
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, LogSource):
                yield device, source
