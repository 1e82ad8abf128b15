"""Magnets: a permanent one that must be kept warm, a superconducting one that must be kept cold."""

from collections.abc import Mapping

from core.time.clock import DAY, HOUR
from simulator.physics.noise import decay, smooth_noise
from simulator.physics.part import Key
from simulator.physics.world import FRIDAY, World


class PermanentMagnet:
    """A NdFeB magnet held at 32 °C by a slow heater; its frequency falls as it warms."""

    SETPOINT_C = 32.0
    FIELD_HZ = 14_900_000.0
    HZ_PER_K = -15_000.0

    def __init__(self, device: str, room: str) -> None:
        self._device, self._room = device, room
        self._temp = self.SETPOINT_C
        self._cabinet = 23.0
        self._hz = self.FIELD_HZ

    def step(self, world: World) -> None:
        room = world.room_c(self._room)
        target = self.SETPOINT_C + 0.012 * (room - 21.5)
        target += 0.006 * smooth_noise(world.seed, f"{self._device} heater", world.at, 3 * HOUR)
        target += world.fault_size("magnet_drift", self._device)
        heated_s = world.span_s - world.mains_off_s
        self._temp = target + (self._temp - target) * decay(heated_s, 4 * 3600.0)
        self._temp = room + (self._temp - room) * decay(world.mains_off_s, 20 * 3600.0)
        warm = room + (4.5 if world.is_open else 2.0)
        self._cabinet = warm + (self._cabinet - warm) * decay(world.span_s, 1200.0)
        shim = 60.0 * smooth_noise(world.seed, f"{self._device} shim", world.at, 2 * DAY)
        self._hz = self.FIELD_HZ + self.HZ_PER_K * (self._temp - self.SETPOINT_C) + shim

    def values(self) -> Mapping[Key, float]:
        return {
            ("magnet_temp_c", ""): self._temp,
            ("cabinet_inlet_temp_c", ""): self._cabinet,
            ("imaging_frequency_hz", ""): self._hz,
        }


class Superconductor:
    """A helium vessel, a cold head and its water-cooled compressor.

    The truck comes late: it refills only `LATE_PCT` below the level that the profile warns at, so a
    warning is seen before the cure.
    """

    BOIL_OFF_PCT_PER_DAY = 0.04
    WITHOUT_COLD_HEAD = 12.0  # times faster
    ABOVE_WARNING_PCT, LATE_PCT, FULL_PCT = 6.0, 5.0, 92.0

    FIELD_HZ = 63_872_000.0

    def __init__(self, device: str, warns_at: float) -> None:
        self._device = device
        self._hz = self.FIELD_HZ
        self._level = warns_at + self.ABOVE_WARNING_PCT
        self._refill_at = warns_at - self.LATE_PCT
        self._pressure, self._shield, self._coldhead = 3.9, 44.0, 4.2
        self._compressor = self._water_gpm = 0.0
        self._oxygen = 20.9

    def step(self, world: World) -> None:
        self._water_gpm = 2.2 if world.water_flows and world.mains_on else 0.0
        cold_water = self._water_gpm > 0 and world.water_c < 24.0
        self._compressor = float(cold_water)
        self._boil(world)
        if self._level < self._refill_at and 10 <= world.local.hour < 14:
            self._level = self.FULL_PCT if world.local.weekday() != FRIDAY else self._level
        self._chill(world, running=cold_water)
        self._hz = self.FIELD_HZ + 9.0 * smooth_noise(
            world.seed, f"{self._device} field", world.at, 3 * DAY
        )
        leak = world.fault_size("helium_leak", self._device)
        self._oxygen = 20.9 - min(1.5, 0.4 * leak)

    def _boil(self, world: World) -> None:
        fast = 1.0 if self._compressor else self.WITHOUT_COLD_HEAD
        leaked = world.faults.seconds(
            "helium_leak", self._device, world.at - world.span_ms, world.at
        )
        leak = world.fault_size("helium_leak", self._device) if leaked else 0.0
        lost = self.BOIL_OFF_PCT_PER_DAY * fast * world.span_s + leak * leaked
        self._level = max(0.0, self._level - lost / 86_400.0)

    def _chill(self, world: World, *, running: bool) -> None:
        remaining = decay(world.span_s, 3 * 3600.0)
        for name, cold, warm in (
            ("_pressure", 3.9, 7.5),
            ("_shield", 44.0, 78.0),
            ("_coldhead", 4.2, 45.0),
        ):
            target = cold if running else warm
            setattr(self, name, target + (getattr(self, name) - target) * remaining)

    def values(self) -> Mapping[Key, float]:
        return {
            ("helium_level_pct", ""): self._level,
            ("helium_pressure_psi", ""): self._pressure,
            ("shield_temp_k", ""): self._shield,
            ("coldhead_temp_k", ""): self._coldhead,
            ("compressor_on", ""): self._compressor,
            ("water_flow_gpm", ""): self._water_gpm,
            ("o2_level_pct", ""): self._oxygen,
            ("imaging_frequency_hz", ""): self._hz,
        }
