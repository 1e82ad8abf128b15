"""The simulated imaging centre: physics, people and faults, the same for the same seed."""

from collections.abc import Mapping, Sequence

from core.schema.site import Device, Site
from simulator.faults import Fault, FaultTimeline, check_faults
from simulator.log_lines import LogLines
from simulator.log_record import LogRecord
from simulator.physics.device import SimulatedDevice
from simulator.physics.header import Header, header_of
from simulator.physics.part import Key
from simulator.physics.power import supply_mains
from simulator.physics.study import SimulatedStudy
from simulator.physics.thermal import Room
from simulator.physics.weather import indoor_humidity_pct, outdoor_c
from simulator.physics.world import World
from simulator.study_queue import StudyQueue

LIVE_STEP_MS = 5_000


class Centre:
    """All devices of a site, advanced together in steps of `step_ms` milliseconds on a fixed grid.

    How often `advance` is called changes no value; the length of a step may (a little).
    """

    def __init__(
        self,
        site: Site,
        *,
        seed: int,
        start: int,
        faults: Sequence[Fault] = (),
        step_ms: int = LIVE_STEP_MS,
    ) -> None:
        check_faults(faults, site)
        self.site = site
        self.seed = seed
        self.step_ms = step_ms
        timeline = FaultTimeline(faults)
        self._world = World(seed, site.zone, timeline)
        self._rooms = {name: Room(name, sensors) for name, sensors in _sensors(site).items()}
        self._devices = {
            device.id: SimulatedDevice(
                device, self._rooms.get(_room(device)), seed, site.zone, timeline
            )
            for device in site.devices.values()
        }
        self._logs = {d.id: LogLines(d) for d in site.devices.values()}
        self._studies = {
            device_id: StudyQueue(
                device_id,
                device.device.profile.kind,
                device.schedule,
                seed,
                self._world.faults,
                start,
            )
            for device_id, device in self._devices.items()
        }
        self._step(start - start % step_ms)

    @property
    def at(self) -> int:
        """The end of the last step, UTC milliseconds."""
        return self._world.at

    def advance(self, to: int) -> None:
        """Step to the last moment of the grid that is not after `to`, UTC milliseconds."""
        step = self.step_ms
        following = self._world.at - self._world.at % step + step
        while following <= to:
            self._step(following)
            following += step

    def values(self, device_id: str) -> Mapping[Key, float]:
        """What the meters of a device show now, by metric and component, in the metrics' units."""
        return self._devices[device_id].values(self._world)

    def log_start_up(self) -> None:
        """Every device that keeps a log records there that it was switched on."""
        for device_id, device in self._devices.items():
            self._logs[device_id].record_start_up(device, self._world)

    def log_records(self, device_id: str) -> list[LogRecord]:
        """The records the device has logged since the last call, oldest first within a step."""
        return self._logs[device_id].drain()

    def studies_started(self, device_id: str) -> list[SimulatedStudy]:
        """The studies of a device that have begun since the last call."""
        return self._studies[device_id].started(self._world.at)

    def studies_sent(self, device_id: str) -> list[SimulatedStudy]:
        """Of those that `studies_started` gave, the ones whose scanner sends them now."""
        return self._studies[device_id].due(self._world.at)

    def studies_of(self, device_id: str, begin: int, end: int) -> list[SimulatedStudy]:
        """All that begin after `begin` and not after `end`, UTC milliseconds, without a step of physics."""
        return self._studies[device_id].between(begin, end)

    def studies_lately_sent(self, device_id: str) -> list[SimulatedStudy]:
        """Those that `studies_sent` gave of the last day."""
        return self._studies[device_id].lately_sent

    def header(self, study: SimulatedStudy) -> Header:
        """What the headers of a study's images say of its scanner, as it is now."""
        return header_of(study, self._devices[study.device].values(self._world), self._world)

    def reaches_network(self, device: Device) -> bool:
        """Is the device on, and its network whole? Scanners hang on the mains, all else on the UPS."""
        is_on = self._world.mains_on or device.profile.group != "scanner"
        return (
            is_on
            and self.answers(device)
            and not self._world.fault_size("network_fault", device.id)
        )

    def answers(self, device: Device) -> bool:
        """Does the device answer at all? False during the fault `dead`."""
        return self._world.fault_size("dead", device.id) == 0

    def has_mains(self) -> bool:
        """Is there mains power at the end of the last step?"""
        return self._world.mains_on

    def _step(self, at: int) -> None:
        world = self._world
        world.begin_step(at)
        supply_mains(world)
        world.outdoor_c = outdoor_c(world)
        world.indoor_humidity_pct = indoor_humidity_pct(world)
        for device in self._devices.values():
            device.step_cooling(world)
        for room in self._rooms.values():
            room.step(world)
        for device_id, device in self._devices.items():
            device.step(world)
            self._logs[device_id].record_step(device, world)


def _room(device: Device) -> str:
    return device.room or device.id


def _sensors(site: Site) -> dict[str, list[str]]:
    """The devices with a climate or leak sensor, by room."""
    sensors: dict[str, list[str]] = {}
    for device in site.devices.values():
        if {"room_temp_c", "water_leak"} & device.profile.metrics.keys():
            sensors.setdefault(_room(device), []).append(device.id)
    return sensors
