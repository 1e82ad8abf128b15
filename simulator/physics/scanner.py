"""What a machine that patients lie on shows of its use: tube, counters, disk."""

from collections.abc import Mapping

from core.schema.site import Device
from simulator.physics.noise import generator
from simulator.physics.part import Key
from simulator.physics.thermal import Tube
from simulator.physics.usage import Schedule
from simulator.physics.world import World

DISK_MB = 96_000.0
IMAGES_MB_PER_SCAN_S = {"mri": 0.25}  # by kind
CT_MB_PER_SCAN_S = 9.0
CLEANS_AT = 3  # o'clock: old studies are deleted


class Scanner:
    """A machine with a schedule; one with an X-ray tube heats it."""

    def __init__(self, device: Device, schedule: Schedule, seed: int) -> None:
        self._mb_per_s = IMAGES_MB_PER_SCAN_S.get(device.profile.kind, CT_MB_PER_SCAN_S)
        self._device, self._schedule = device.id, schedule
        self.tube = Tube(device.id, device.room)
        self._scan_s = float(generator(seed, f"{device.id} tube age", 0).randint(180_000, 520_000))
        self._free_mb = 52_000.0
        self._cleaned = -1
        self.scanned_s = 0.0  # in the last step

    def step(self, world: World) -> None:
        begin = world.at - world.span_ms
        powered = 1.0 - world.mains_off_s / world.span_s if world.span_s else 1.0
        self.scanned_s = self._schedule.scanned_s(begin, world.at) * powered
        self._scan_s += self.scanned_s
        self.tube.step(world, self.scanned_s)
        self._free_mb -= self.scanned_s * self._mb_per_s
        self._free_mb -= (
            world.fault_size("disk_filling", self._device)
            * DISK_MB
            / 100.0
            * world.span_s
            / 86_400.0
        )
        self._clean(world)

    def _clean(self, world: World) -> None:
        today = world.local.toordinal()
        if world.local.hour >= CLEANS_AT and today != self._cleaned:
            self._cleaned = today
            if world.fault_size("disk_filling", self._device) == 0:
                self._free_mb += (52_000.0 - self._free_mb) * 0.6
        self._free_mb = max(150.0, self._free_mb)

    def values(self) -> Mapping[Key, float]:
        return {
            ("tube_housing_temp_c", ""): self.tube.housing_c,
            ("gantry_temp_c", ""): self.tube.gantry_c,
            ("tube_scan_s", ""): float(int(self._scan_s)),
            ("disk_free_mb", ""): self._free_mb,
        }


WATTS = {  # asleep, ready for patients, while scanning: our guess, no maker's figure
    "ct": (900.0, 2600.0, 30_000.0),
    "mri": (1800.0, 3200.0, 7500.0),
    "mammo": (60.0, 240.0, 2800.0),
    "cbct": (25.0, 90.0, 1400.0),
    "rf": (150.0, 600.0, 9000.0),
    "dxa": (30.0, 160.0, 480.0),
    "us": (12.0, 420.0, 520.0),
}
OTHER_W = (5.0, 60.0, 60.0)
THREE_PHASE = ("ct",)


class Supply:
    """What a meter between the mains and the machine sees."""

    FACTOR = 0.93  # power factor

    def __init__(self, kind: str, schedule: Schedule) -> None:
        self._lines = ("line1", "line2", "line3") if kind in THREE_PHASE else ("",)
        self._asleep, self._ready, self._scanning = WATTS.get(kind, OTHER_W)
        self._schedule = schedule
        self._watts, self._volts = self._asleep, 230.0

    def step(self, world: World) -> None:
        share = 0.0
        if world.span_ms:
            begin = world.at - world.span_ms
            share = self._schedule.scanned_s(begin, world.at) / world.span_s
        idle = self._ready if world.is_open else self._asleep
        self._watts = idle + (self._scanning - idle) * share if world.mains_on else 0.0
        self._volts = world.mains_v

    def values(self) -> Mapping[Key, float]:
        watts = self._watts / len(self._lines)
        amperes = watts / self._volts / self.FACTOR if self._volts else 0.0
        values: dict[Key, float] = {}
        for line in self._lines:
            values["mains_power_w", line] = watts
            values["mains_voltage_v", line] = self._volts
            values["mains_current_a", line] = amperes
        return values
