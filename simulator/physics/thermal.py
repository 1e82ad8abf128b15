"""What gets warm: rooms, cooling water and X-ray tubes. First-order bodies throughout."""

from collections.abc import Mapping, Sequence

from core.time.clock import HOUR
from simulator.physics.noise import decay, smooth_noise
from simulator.physics.part import Key
from simulator.physics.weather import humidity_at
from simulator.physics.world import COMFORT_C, World

SETPOINTS_C = {"mri": 21.5, "equipment": 20.5, "server": 21.0}  # by a word of the room's name
WITHOUT_MAINS_C = 31.0  # where a closed room full of machines drifts to


class Room:
    """A room with split units: it follows the weather and the people a little.

    One room may hold several devices with a sensor; they all feel the same air.
    """

    def __init__(self, name: str, devices: Sequence[str]) -> None:
        self._name, self._devices = name, devices
        words = name.lower().split()
        self._setpoint = next((SETPOINTS_C[w] for w in words if w in SETPOINTS_C), COMFORT_C)
        self._temp = self._setpoint
        self._humidity = 40.0
        self._wet = 0.0

    def step(self, world: World) -> None:
        target = self._setpoint + 0.035 * (world.outdoor_c - 18.0) + 0.08 * (world.water_c - 12.0)
        target += 0.8 if world.is_open else 0.0
        target += 0.4 * smooth_noise(world.seed, f"{self._name} door", world.at, HOUR)
        tau = 2400.0
        if not world.mains_on:
            target, tau = WITHOUT_MAINS_C, 4 * 3600.0
        target += self._worst_fault(world, "room_overheat")
        self._temp = target + (self._temp - target) * decay(world.span_s, tau)
        self._humidity = humidity_at(self._temp, world.indoor_humidity_pct)
        self._wet = float(self._worst_fault(world, "water_leak") > 0)
        world.rooms[self._name] = self._temp

    def _worst_fault(self, world: World, name: str) -> float:
        return max([world.fault_size(name, device) for device in self._devices])

    def values(self) -> Mapping[Key, float]:
        return {
            ("room_temp_c", ""): self._temp,
            ("room_humidity_pct", ""): self._humidity,
            ("water_leak", ""): self._wet,
        }


class Chiller:
    """Water for the scanners and the equipment room; it regulates supply, load sets the return."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._supply, self._load_k, self._flow = 12.0, 2.0, 92.0
        self._compressor = 1.0

    def step(self, world: World) -> None:
        off_s = world.faults.seconds(
            "chiller_failure", self._device, world.at - world.span_ms, world.at
        )
        off_s = min(world.span_s, max(off_s, world.mains_off_s))
        failed = world.fault_size("chiller_failure", self._device) > 0 or not world.mains_on
        hot_day = 0.12 * max(0.0, world.outdoor_c - 30.0)
        ripple = 0.35 * smooth_noise(world.seed, f"{self._device} valve", world.at, HOUR // 3)
        self._toward(12.0 + hot_day + ripple, world.span_s - off_s, 700.0)
        self._toward(27.0, off_s, 2200.0)
        busy = 4.6 if world.is_open else 1.8
        self._load_k = busy + (self._load_k - busy) * decay(world.span_s, 1800.0)
        self._compressor = 0.0 if failed else 1.0
        self._flow = 0.0 if not world.mains_on else 92.0
        world.water_c, world.water_flows = self._supply, self._flow > 0

    def _toward(self, target: float, span_s: float, tau: float) -> None:
        self._supply = target + (self._supply - target) * decay(span_s, tau)

    def values(self) -> Mapping[Key, float]:
        return {
            ("supply_temp_c", ""): self._supply,
            ("return_temp_c", ""): self._supply + (self._load_k if self._flow else 0.5),
            ("flow_lpm", ""): self._flow,
            ("compressor_on", ""): self._compressor,
            ("pump_speed_pct", "pump1"): 70.0 if self._flow else 0.0,
            ("pump_speed_pct", "pump2"): 0.0,  # the spare one
        }


class Outdoor:
    """The sensor on the north wall."""

    def __init__(self) -> None:
        self._temp = 15.0

    def step(self, world: World) -> None:
        self._temp = world.outdoor_c

    def values(self) -> Mapping[Key, float]:
        return {("outdoor_temp_c", ""): self._temp}


class Tube:
    """Anode and oil: two bodies, the first heated by scans, the second cooled by the room."""

    ANODE_TAU_S = 240.0
    OIL_TAU_S = 2100.0
    OIL_KJ_PER_K = 150.0
    BEAM_KW = 32.0
    ROTOR_K = 5.0  # what the idle rotor and the filament add

    def __init__(self, device: str, room: str) -> None:
        self._device, self._room = device, room
        self._anode_kj = 0.0
        self.housing_c = COMFORT_C + self.ROTOR_K
        self.gantry_c = COMFORT_C + 2.0

    def step(self, world: World, scanned_s: float) -> None:
        """`scanned_s`: seconds of beam in this step."""
        remaining = decay(world.span_s, self.ANODE_TAU_S)
        flow_kj = self._anode_kj * (1.0 - remaining)
        self._anode_kj = self._anode_kj * remaining + scanned_s * self.BEAM_KW
        self.housing_c += flow_kj / self.OIL_KJ_PER_K
        slower = 1.0 + world.faults.days("tube_cooling", self._device, world.at) / 7.0
        base = world.room_c(self._room) + self.ROTOR_K * slower
        self.housing_c = base + (self.housing_c - base) * decay(
            world.span_s, round(self.OIL_TAU_S * slower, 1)
        )
        target = world.room_c(self._room) + 2.0 + 0.2 * (self.housing_c - base)
        self.gantry_c = target + (self.gantry_c - target) * decay(world.span_s, 900.0)
