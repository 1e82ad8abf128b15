"""What a bundle holds: these fields and no others, each scrubbed of what could name a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.time.clock import DAY, MINUTE
from core.vocabulary.severity import Severity
from storage.records import AllowedWord
from storage.series import Point

# So long before and after the fault nothing is ever thinned. Scanward's default, no source.
AROUND = 30 * MINUTE
# So much is read on both sides of a fault that began before the window: a value that is written down
# once a day is among it. Scanward's default, no source.
BESIDE = DAY
# So far back every curve is there as roll-ups: what is usual for the device. Scanward's default, no source.
OVERVIEW = 30 * DAY


class Fact(NamedTuple):
    """One line of the facts: `X-ray tube, serial`, `4711`. A `serial` is a number of equipment.

    Text is scrubbed as every text; what is marked as a serial leaves as it is, if it looks like one.
    """

    label: str
    value: str
    serial: bool = False


class MaintenanceNote(NamedTuple):
    """What was last done to the device, by plan or by need; who did it does not leave."""

    at: int  # UTC milliseconds
    kind: str  # preventive, corrective, calibration, quality control
    text: str


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """The device and the window, `start` to `end` in UTC milliseconds.

    A known fault lies inside, or has lasted since before.
    """

    device: str
    start: int
    end: int
    now: int
    fault: int | None = None
    ticket: int | None = None
    facts: Sequence[Fact] = ()
    notes: Sequence[MaintenanceNote] = ()

    def whole(self) -> tuple[int, int]:
        """From the run-up to the fault, or the window's start if that is earlier, to its end."""
        return self.spans()[0][0], self.end

    def overview(self) -> tuple[int, int]:
        """What is there as roll-ups, alerts and verdicts: all of it, and thirty days at least."""
        return min(self.whole()[0], self.end - OVERVIEW), self.end

    def near_fault(self) -> tuple[int, int]:
        """The interval that is never thinned; empty if no fault is known."""
        if self.fault is None:
            return self.end, self.end
        return max(self.fault - AROUND, self.spans()[0][0]), min(self.fault + AROUND, self.end)

    def spans(self) -> list[tuple[int, int]]:
        """What is read, oldest first: the window, and the days beside a fault that began before it."""
        if self.fault is None or self.fault >= self.start:
            return [(self.start, self.end)]
        begin, end = self.fault - BESIDE, self.fault + BESIDE
        if end >= self.start:
            return [(begin, self.end)]
        return [(begin, end), (self.start, self.end)]


class BundledDevice(NamedTuple):
    """The device itself, or one that supports it: power, cooling, network, its room."""

    id: str
    name: str
    room: str
    title: str  # maker and model, as the profile says
    kind: str
    serial: str
    is_support: bool


class BundledCurve(NamedTuple):
    """One series: its readings in the window, few enough points to draw, and its roll-ups of the overview.

    `before` and `after` are the readings on both sides of the fault, however far away.
    """

    device: str  # its id
    name: str  # of the metric
    component: str
    metric: Metric
    readings: list[Point]
    drawn: list[Point]  # of every span
    limits: list[LimitRule]
    rollups: Sequence[Point] = ()
    before: Point | None = None
    after: Point | None = None


class BundledEvent(NamedTuple):
    """An event: a parsed line of a log, or what a collector noticed."""

    at: int
    device: str
    severity: Severity
    kind: str
    component: str
    code: str
    text: str


class BundledAlert(NamedTuple):
    """An alert. Values are in the metric's unit."""

    id: int
    device: str
    severity: Severity
    title: str
    metric: str
    component: str
    began_at: int
    fired_at: int | None
    ended_at: int | None
    value: float | None
    limit: float | None


class BundledVerdict(NamedTuple):
    """A detector's verdict. `value`, `expected`, `low`, `high` are in the metric's unit."""

    at: int
    device: str
    component: str
    detector: str
    kind: str
    alarm: bool
    score: float
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    carried_by: str
    metric: str  # what the detector judges


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that the pages and tables of a bundle are written from."""

    request: BundleRequest
    site: str
    site_name: str
    zone: str
    thinned: str  # how far readings were thinned; empty if they were not
    facts: list[Fact]
    devices: list[BundledDevice]
    curves: list[BundledCurve]
    allowed: Sequence[AllowedWord] = ()  # words that a person lets out
    events: list[BundledEvent] = field(default_factory=list)
    alerts: list[BundledAlert] = field(default_factory=list)
    verdicts: list[BundledVerdict] = field(default_factory=list)
    notes: list[MaintenanceNote] = field(default_factory=list)
