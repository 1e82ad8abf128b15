"""Servers whose disks fill, and the switch between them."""

from collections.abc import Mapping, Sequence

from core.time.clock import DAY, HOUR
from simulator.physics.noise import generator, smooth_noise
from simulator.physics.part import Key
from simulator.physics.world import World

SYSTEM_DISKS = ("/",)


class Server:
    """A computer seen through HOST-RESOURCES."""

    FILLS_PCT_PER_DAY = 0.12
    BOOTED_BEFORE = 41 * DAY

    def __init__(self, device: str, disks: Sequence[str], cores: Sequence[str], seed: int) -> None:
        self._device = device
        rng = generator(seed, f"{device} disks", 0)
        self._disks = {
            disk: rng.uniform(30.0, 45.0) if disk in SYSTEM_DISKS else rng.uniform(66.0, 74.0)
            for disk in disks
        }
        self._cpu = dict.fromkeys(cores, 10.0)
        self._processes, self._uptime_s = 140.0, 0.0
        self._booted = 0

    def step(self, world: World) -> None:
        self._booted = self._booted or world.at - self.BOOTED_BEFORE
        self._uptime_s = float((world.at - self._booted) // 1000)
        busy = 34.0 if world.is_open else 7.0
        for core in self._cpu:
            swing = smooth_noise(world.seed, f"{self._device} cpu {core}", world.at, HOUR // 4)
            self._cpu[core] = min(100.0, max(1.0, busy + 9.0 * swing))
        jobs = smooth_noise(world.seed, f"{self._device} jobs", world.at, 2 * HOUR)
        self._processes = 140.0 + (18.0 if world.is_open else 0.0) + 5.0 * jobs
        self._fill(world)

    def _fill(self, world: World) -> None:
        more = world.fault_size("disk_filling", self._device)
        for disk, used in self._disks.items():
            daily = 0.004 if disk in SYSTEM_DISKS else self.FILLS_PCT_PER_DAY + more
            work = 2.4 if world.is_open else 0.16  # images arrive while patients are seen
            grown = daily * (work if more == 0 else 1.0) * world.span_s / 86_400.0
            self._disks[disk] = min(99.9, used + grown)

    def values(self) -> Mapping[Key, float]:
        return {
            **{("disk_used_pct", disk): used for disk, used in self._disks.items()},
            **{("cpu_load_pct", core): load for core, load in self._cpu.items()},
            ("processes_count", ""): self._processes,
            ("uptime_s", ""): self._uptime_s,
        }


class Switch:
    """Ports with counters; images flow while patients are seen."""

    BOOTED_BEFORE = 190 * DAY

    def __init__(self, device: str, ports: Sequence[str], seed: int) -> None:
        self._device = device
        rng = generator(seed, f"{device} ports", 0)
        self._in = {port: float(rng.randrange(10**9)) for port in ports}
        self._out = {port: float(rng.randrange(10**9)) for port in ports}
        self._errors = dict.fromkeys(ports, 0)
        self._uptime_s = 0.0
        self._booted = 0

    def step(self, world: World) -> None:
        self._booted = self._booted or world.at - self.BOOTED_BEFORE
        self._uptime_s = float((world.at - self._booted) // 1000)
        busy = 900_000.0 if world.is_open else 40_000.0
        rng = generator(world.seed, f"{self._device} frames", world.at)
        for port in self._in:
            self._in[port] += busy * rng.uniform(0.4, 1.6) * world.span_s
            self._out[port] += busy * rng.uniform(0.2, 0.9) * world.span_s
            self._errors[port] += rng.random() < 0.02 * world.span_s / 3600.0

    def values(self) -> Mapping[Key, float]:
        values: dict[Key, float] = {("uptime_s", ""): self._uptime_s}
        for port in self._in:
            values[("if_oper_status", port)] = 1.0
            values[("if_in_bytes", port)] = float(int(self._in[port]))
            values[("if_out_bytes", port)] = float(int(self._out[port]))
            values[("if_in_errors", port)] = float(self._errors[port])
        return values
