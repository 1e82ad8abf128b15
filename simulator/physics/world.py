"""What all devices of the centre share at one moment: the hour, the weather, power, water, rooms."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from core.time.clock import from_ms
from simulator.faults import FaultTimeline

FRIDAY = 4
OPENS, CLOSES = 8, 17  # o'clock, Saturday to Thursday
COMFORT_C = 22.0


@dataclass
class World:
    """Filled anew at each step, the weather first and the scanners last."""

    seed: int
    zone: ZoneInfo
    faults: FaultTimeline
    at: int = 0
    span_ms: int = 0  # since the step before
    local: datetime = field(default_factory=lambda: from_ms(0))
    is_open: bool = False  # patients are seen now
    outdoor_c: float = 20.0
    indoor_humidity_pct: float = 40.0  # relative, of a room at 22 °C
    mains_v: float = 230.0
    mains_off_s: float = 0.0  # within this step
    bad_lines: int = 0  # sags and failures within this step
    water_c: float = 12.0  # what the chiller supplies
    water_flows: bool = True
    rooms: dict[str, float] = field(default_factory=dict)  # °C by the room's name

    def begin_step(self, at: int) -> None:
        """Begin the step that ends at `at`, UTC milliseconds."""
        self.span_ms = at - self.at if self.at else 0
        self.at = at
        self.local = from_ms(at, self.zone)
        self.is_open = self.local.weekday() != FRIDAY and OPENS <= self.local.hour < CLOSES

    @property
    def span_s(self) -> float:
        """Length of this step in seconds."""
        return self.span_ms / 1000.0

    @property
    def mains_on(self) -> bool:
        """Is there mains power at the end of this step?"""
        return self.mains_v > 0.0

    @property
    def hour(self) -> float:
        """Local time of day, 17.5 at half past five."""
        return self.local.hour + self.local.minute / 60.0 + self.local.second / 3600.0

    def room_c(self, room: str) -> float:
        """Temperature of a room in °C; a comfortable one if nothing measures there."""
        return self.rooms.get(room, COMFORT_C)

    def fault_size(self, name: str, device: str) -> float:
        """Size of a fault at the end of this step, in its own unit; 0.0 without it."""
        return self.faults.size(name, device, self.at)
