"""The pretend imaging centre: physics, people and faults, the same for the same seed."""

from collections.abc import Mapping, Sequence

from core.schema.site import Device, Site
from simulator.faults import Fault, Troubles, check_faults
from simulator.log_lines import Diary
from simulator.log_record import LogRecord
from simulator.physics.machine import Machine
from simulator.physics.model import Key
from simulator.physics.power import feed
from simulator.physics.thermal import Room
from simulator.physics.weather import outdoor_c
from simulator.physics.world import World

LIVE_STEP_MS = 5_000


class Centre:
    """All devices of a site, moved on together in steps of `step_ms` on a fixed grid.

    How often `advance` is called does not change what happens; the length of a step may (a little).
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
        self._world = World(seed, site.zone, Troubles(faults))
        self._rooms = {name: Room(name, sensors) for name, sensors in _sensors(site).items()}
        self._machines = {
            device.id: Machine(device, self._rooms.get(_room(device)), seed, site.zone)
            for device in site.devices.values()
        }
        self._diaries = {d.id: Diary(d) for d in site.devices.values()}
        self._step(start - start % step_ms)

    @property
    def at(self) -> int:
        """The moment the centre has reached, UTC milliseconds."""
        return self._world.at

    def advance(self, to: int) -> None:
        """Go on, in whole steps, to the last one that is not after `to`."""
        step = self.step_ms
        following = self._world.at - self._world.at % step + step
        while following <= to:
            self._step(following)
            following += step

    def values(self, device_id: str) -> Mapping[Key, float]:
        """What the meters of a device show now, by metric and component."""
        return self._machines[device_id].values(self._world)

    def greet(self) -> None:
        """Every device that has a log writes there that it is switched on."""
        for device_id, machine in self._machines.items():
            self._diaries[device_id].greet(machine, self._world)

    def log_records(self, device_id: str) -> list[LogRecord]:
        """What the device has written into its log since this was last asked."""
        return self._diaries[device_id].drain()

    def answers(self, device: Device) -> bool:
        """Does anything reach the network from this device?"""
        return self._world.trouble("dead", device.id) == 0

    def has_mains(self) -> bool:
        """Are sensors that hang on the mains alive?"""
        return self._world.mains_on

    def _step(self, at: int) -> None:
        world = self._world
        world.turn_to(at)
        feed(world)
        world.outdoor_c = outdoor_c(world)
        for machine in self._machines.values():
            machine.cool(world)
        for room in self._rooms.values():
            room.step(world)
        for device_id, machine in self._machines.items():
            machine.step(world)
            self._diaries[device_id].note(machine, world)


def _room(device: Device) -> str:
    return device.room or device.id


def _sensors(site: Site) -> dict[str, list[str]]:
    """The devices with a climate or leak sensor, by room."""
    found: dict[str, list[str]] = {}
    for device in site.devices.values():
        if {"room_temp_c", "water_leak"} & device.profile.metrics.keys():
            found.setdefault(_room(device), []).append(device.id)
    return found
