"""One device of the simulated centre: the parts that its profile says it has."""

from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.time.clock import DAY
from simulator.faults import FaultTimeline
from simulator.physics.computers import Server, Switch
from simulator.physics.magnet import PermanentMagnet, Superconductor
from simulator.physics.meters import read_meters
from simulator.physics.noise import generator
from simulator.physics.part import Key, PhysicalPart
from simulator.physics.power import Ups
from simulator.physics.scanner import Scanner, Supply
from simulator.physics.thermal import Chiller, Outdoor, Room
from simulator.physics.usage import Schedule
from simulator.physics.world import World
from simulator.snmp_tables import components

COIN_CELL_LIFE_MS = 730 * DAY
HELIUM_WARNING_PCT = 60.0  # if the profile names no limit


class SimulatedDevice:
    """Steps its parts and reads its meters. It has only the metrics that its profile names."""

    def __init__(
        self,
        device: Device,
        room: Room | None,
        seed: int,
        zone: ZoneInfo,
        faults: FaultTimeline,
    ) -> None:
        self.device = device
        self._metrics = device.profile.metrics
        self.schedule = Schedule(seed, device.id, device.profile.kind, zone, faults)
        self._chiller = Chiller(device.id) if self._has("supply_temp_c") else None
        self.scanner = Scanner(device, self.schedule, seed) if self._scans() else None
        self._parts = self._own_parts(seed)
        self._metered = [part for part in (self._chiller, room, *self._parts) if part]
        self._own_keys: dict[Key, list[Key]] = {}
        self._readout: tuple[int, dict[Key, float]] = (-1, {})

    def _has(self, metric: str) -> bool:
        return metric in self._metrics

    def _scans(self) -> bool:
        return bool({"tube_housing_temp_c", "tube_scan_s", "disk_free_mb"} & self._metrics.keys())

    def _own_parts(self, seed: int) -> list[PhysicalPart]:
        device = self.device
        parts: list[PhysicalPart] = [self.scanner] if self.scanner else []
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

    def step_cooling(self, world: World) -> None:
        """First half of a step: the water that other devices are cooled with."""
        if self._chiller:
            self._chiller.step(world)

    def step(self, world: World) -> None:
        """Second half of a step, when water and rooms are known: the device itself."""
        for part in self._parts:
            part.step(world)

    def values(self, world: World) -> Mapping[Key, float]:
        """What its meters show at the end of the step; calling it again gives the same."""
        if self._readout[0] != world.at:
            rng = generator(world.seed, f"{self.device.id} meters", world.at)
            self._readout = world.at, read_meters(self._truth(world), rng)
        return self._readout[1]

    def _truth(self, world: World) -> dict[Key, float]:
        truth: dict[Key, float] = {}
        for part in self._metered:
            for key, value in part.values().items():
                keys = self._own_keys.get(key)
                for own in self._keys_for(key) if keys is None else keys:
                    truth[own] = value
        if self._has("sensor_battery_pct"):
            truth["sensor_battery_pct", ""] = battery_pct(world, self.device.id)
        return truth

    def _keys_for(self, key: Key) -> list[Key]:
        """The keys under which the device shows a part's value: none, one, or each row of a table."""
        metric, component = key
        names = ([] if component else components(self.device, metric)) or [component]
        self._own_keys[key] = [(metric, name) for name in names if self._has(metric)]
        return self._own_keys[key]


def battery_pct(world: World, device: str) -> float:
    """Charge in % of a coin cell that lasts two years, changed when it is nearly empty."""
    age_ms = world.at + _coin_cell_age_ms(world.seed, device)
    return 100.0 - 92.0 * (age_ms % COIN_CELL_LIFE_MS) / COIN_CELL_LIFE_MS


@lru_cache(maxsize=256)
def _coin_cell_age_ms(seed: int, device: str) -> int:
    return generator(seed, f"{device} coin cell", 0).randrange(COIN_CELL_LIFE_MS)


def _helium_warning(device: Device) -> float:
    limits = [rule.below for rule in device.profile.limits("helium_level_pct")]
    return max((limit for limit in limits if limit is not None), default=HELIUM_WARNING_PCT)
