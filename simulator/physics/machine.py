"""One device of the pretend centre: the parts that its profile says it has."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from core.schema.site import Device
from simulator.physics.computers import Server, Switch
from simulator.physics.magnet import PermanentMagnet, Superconductor
from simulator.physics.meters import read_meters
from simulator.physics.model import Key, Model
from simulator.physics.noise import dice
from simulator.physics.power import Ups
from simulator.physics.scanner import Scanner, Supply
from simulator.physics.thermal import Chiller, Outdoor, Room
from simulator.physics.usage import Schedule
from simulator.physics.world import World
from simulator.rows import components

HELIUM_WARNING_PCT = 60.0  # if the profile names no limit


class Machine:
    """Steps its parts and reads its meters. What the profile does not name, it does not have."""

    def __init__(self, device: Device, room: Room | None, seed: int, zone: ZoneInfo) -> None:
        self.device = device
        self._metrics = device.profile.metrics
        self.schedule = Schedule(seed, device.id, device.profile.kind, zone)
        self._room = room
        self._chiller = Chiller(device.id) if self._has("supply_temp_c") else None
        self.scanner = Scanner(device, self.schedule, seed) if self._scans() else None
        self._parts = self._own_parts(seed)
        self._places: dict[Key, list[Key]] = {}
        self._shown: tuple[int, dict[Key, float]] = (-1, {})

    def _has(self, metric: str) -> bool:
        return metric in self._metrics

    def _scans(self) -> bool:
        return bool({"tube_housing_temp_c", "tube_scan_s", "disk_free_mb"} & self._metrics.keys())

    def _own_parts(self, seed: int) -> list[Model]:
        device = self.device
        parts: list[Model] = [self.scanner] if self.scanner else []
        if self._has("mains_power_w"):
            parts.append(Supply(device.profile.kind, self.schedule))
        if self._has("outdoor_temp_c"):
            parts.append(Outdoor())
        if self._has("magnet_temp_c"):
            parts.append(PermanentMagnet(device.id, device.room))
        if self._has("helium_level_pct"):
            parts.append(Superconductor(device.id, _helium_warning(device)))
        if self._has("battery_charge_pct"):
            parts.append(Ups(device.room))
        if self._has("disk_used_pct") or self._has("cpu_load_pct"):
            disks = components(device, "disk_used_pct")
            parts.append(Server(device.id, disks, components(device, "cpu_load_pct"), seed))
        if self._has("if_oper_status"):
            parts.append(Switch(device.id, components(device, "if_oper_status"), seed))
        return parts

    def cool(self, world: World) -> None:
        """First part of a step: the water that other devices are cooled with."""
        if self._chiller:
            self._chiller.step(world)

    def step(self, world: World) -> None:
        """Last part of a step, when water and rooms are known: the device itself."""
        for part in self._parts:
            part.step(world)

    def values(self, world: World) -> Mapping[Key, float]:
        """What its meters show now; asking again gives the same."""
        if self._shown[0] != world.at:
            chance = dice(world.seed, f"{self.device.id} meters", world.at)
            self._shown = world.at, read_meters(self._truth(world), chance)
        return self._shown[1]

    def _truth(self, world: World) -> dict[Key, float]:
        found: dict[Key, float] = {}
        shared = [part for part in (self._chiller, self._room) if part]
        for part in (*shared, *self._parts):
            for key, value in part.values().items():
                for own in self._keys(key):
                    found[own] = value
        if self._has("sensor_battery_pct"):
            found["sensor_battery_pct", ""] = battery_pct(world, self.device.id)
        return found

    def _keys(self, key: Key) -> list[Key]:
        """Where the device shows a part's value: nowhere, at one place, in each row of a table."""
        if key not in self._places:
            metric, component = key
            names = ([] if component else components(self.device, metric)) or [component]
            self._places[key] = [(metric, name) for name in names if self._has(metric)]
        return self._places[key]


def battery_pct(world: World, device: str) -> float:
    """A coin cell that lasts two years, changed when it is nearly empty."""
    life_ms = 730 * 86_400_000
    age = dice(world.seed, f"{device} coin cell", 0).randrange(life_ms)
    return 100.0 - 92.0 * ((world.at + age) % life_ms) / life_ms


def _helium_warning(device: Device) -> float:
    limits = [rule.below for rule in device.profile.limits("helium_level_pct")]
    return max((limit for limit in limits if limit is not None), default=HELIUM_WARNING_PCT)
