"""Mains as they come in Herat, and the UPS that stands between them and the computers."""

from collections.abc import Mapping
from functools import lru_cache

from core.time.clock import DAY, HOUR, MINUTE, SECOND
from simulator.faults import FaultTimeline
from simulator.physics.noise import decay, generator, smooth_noise
from simulator.physics.part import Key
from simulator.physics.world import World

NOMINAL_V = 224.0
SHORT_FAILURE_CHANCE = 1 / 15  # a day
SAGS_A_DAY = 0.7


def supply_mains(world: World) -> None:
    """Set the mains of this step: V at its end, seconds without, number of sags and failures."""
    begin, end = world.at - world.span_ms, world.at
    failures = world.faults.of("mains_failure", "")
    world.mains_off_s = mains_off_s(world.seed, world.faults, begin, end)
    off = bool(world.fault_size("mains_failure", "")) or _in_blink(world.seed, end)
    evening = -6.0 if 17 <= world.local.hour < 22 else 0.0
    slow = 3.0 * smooth_noise(world.seed, "mains", end, HOUR)
    world.mains_v = 0.0 if off else NOMINAL_V + evening + slow
    world.bad_lines = _sags(world.seed, begin, end) + sum(begin < f.start <= end for f in failures)


def mains_off_s(seed: int, faults: FaultTimeline, begin: int, end: int) -> float:
    """Seconds without mains between two moments, UTC milliseconds."""
    failed_s = faults.seconds("mains_failure", "", begin, end)
    return min((end - begin) / 1000.0, failed_s + _blinks_s(seed, begin, end))


@lru_cache(maxsize=256)
def _blink(seed: int, day: int) -> tuple[int, int] | None:
    """Start and end of a UTC day's short failure, UTC milliseconds; None if it has none."""
    rng = generator(seed, "mains blink", day)
    if rng.random() > SHORT_FAILURE_CHANCE:
        return None
    start = day * DAY + rng.randrange(DAY - HOUR)
    return start, start + rng.randint(20 * SECOND, 3 * MINUTE)


def _blinks_s(seed: int, begin: int, end: int) -> float:
    total = 0
    for day in range(begin // DAY, end // DAY + 1):
        blink = _blink(seed, day)
        if blink:
            total += max(0, min(end, blink[1]) - max(begin, blink[0]))
    return total / 1000.0


def _in_blink(seed: int, at: int) -> bool:
    blink = _blink(seed, at // DAY)
    return blink is not None and blink[0] <= at < blink[1]


def _sags(seed: int, begin: int, end: int) -> int:
    hours = range(-(-begin // HOUR), -(-end // HOUR))
    return sum(generator(seed, "sag", hour).random() < SAGS_A_DAY / 24 for hour in hours)


class Ups:
    """An online UPS with lead batteries: about 70 minutes at the usual load when new."""

    RUNTIME_MIN = 68.0
    USUAL_LOAD_PCT = 40.0
    RECHARGE_TAU_S = 3 * 3600.0

    def __init__(self, room: str) -> None:
        self._room = room
        self._charge, self._load, self._battery_c = 100.0, self.USUAL_LOAD_PCT, 24.0
        self._on_battery_s, self._bad_lines = 0.0, 3
        self._mains_v = NOMINAL_V

    def step(self, world: World) -> None:
        self._load = self.USUAL_LOAD_PCT + (3.0 if world.is_open else -1.5)
        self._load += 2.0 * smooth_noise(world.seed, "ups load", world.at, HOUR)
        drained = 100.0 * world.mains_off_s / 60.0 / self._full_runtime_min()
        self._charge = max(0.0, self._charge - drained)
        fed_s = world.span_s - world.mains_off_s
        self._charge = 100.0 - (100.0 - self._charge) * decay(fed_s, self.RECHARGE_TAU_S)
        self._on_battery_s = 0.0 if world.mains_on else self._on_battery_s + world.mains_off_s
        warm = world.room_c(self._room) + 3.0 + (5.0 if not world.mains_on else 0.0)
        self._battery_c = warm + (self._battery_c - warm) * decay(world.span_s, 2 * 3600.0)
        self._bad_lines += world.bad_lines
        self._mains_v = world.mains_v

    def _full_runtime_min(self) -> float:
        return self.RUNTIME_MIN * self.USUAL_LOAD_PCT / self._load

    def values(self) -> Mapping[Key, float]:
        on_mains = self._mains_v > 0
        empty = self._charge <= 0
        runtime = self._full_runtime_min() * self._charge / 100.0
        alarms = (not on_mains) + (runtime < 10)
        return {
            ("battery_status", ""): 4.0 if empty else 3.0 if runtime < 10 else 2.0,
            ("on_battery_s", ""): float(int(self._on_battery_s)),
            ("runtime_remaining_min", ""): float(int(runtime)),
            ("battery_charge_pct", ""): self._charge,
            ("battery_voltage_v", ""): self._battery_v(on_mains),
            ("battery_temp_c", ""): self._battery_c,
            ("input_bad_lines_count", ""): float(self._bad_lines),
            ("input_voltage_v", ""): self._mains_v,
            ("input_frequency_hz", ""): 50.0 if on_mains else 0.0,
            ("output_source", ""): 3.0 if on_mains else 1.0 if empty else 5.0,
            ("output_voltage_v", ""): 0.0 if empty and not on_mains else NOMINAL_V,
            ("output_load_pct", ""): self._load,
            ("alarms_present_count", ""): float(alarms),
        }

    def _battery_v(self, on_mains: bool) -> float:
        return 218.5 if on_mains else 186.0 + 0.22 * self._charge
