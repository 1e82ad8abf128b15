"""What a scanner makes of a patient on its table: a study with its series, and the tube's load.

The power of the tube is the part of the mains power (scanner.py) that reaches it, so the meter and the
dose report agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import NamedTuple

from core.time.clock import MINUTE, SECOND
from simulator.faults import FaultTimeline
from simulator.physics.noise import generator
from simulator.physics.power import mains_off_s
from simulator.physics.scanner import WATTS
from simulator.physics.usage import Examination

TUBE_SHARE = 0.85  # of what a meter sees above the power of a scanner that waits
ROTATION_S = 0.5  # of a CT's gantry
NEVER = 1 << 62  # milliseconds: sent when a network fault without an end is over


class TubePattern(NamedTuple):
    """How a kind of X-ray machine exposes: our guess, no maker's figures."""

    kilovolts: tuple[float, ...]
    dap_per_kj: float  # Gy·cm²


TUBES = {
    "ct": TubePattern((120.0, 120.0, 120.0, 100.0, 140.0, 80.0), 0.0),
    "mammo": TubePattern((26.0, 28.0, 28.0, 30.0), 0.03),
    "cbct": TubePattern((84.0, 90.0, 90.0), 0.06),
    "rf": TubePattern((70.0, 77.0, 81.0, 102.0), 0.02),
}
IMAGES_PER_S = {
    "ct": 2.5,
    "mri": 0.1,
    "rf": 0.4,
    "us": 0.02,
}  # of scanning, by kind; others make one
_VIEWS = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
DELAY_MS = (5 * SECOND, MINUTE)  # from the end of an examination until it is sent
SENT_TWICE = 0.04  # of all studies: a scanner that has missed the answer sends its objects again


@dataclass(frozen=True, slots=True)
class SimulatedSeries:
    """One burst of scanning. `kilovolt` and `milliampere` are 0 where there is no tube."""

    number: int
    uid: str
    start: int  # UTC milliseconds
    end: int
    seconds: float  # how long the scanner says it scanned; a faster clock does not shorten it
    images: int
    kilovolt: float = 0.0
    milliampere: float = 0.0
    dap_gy_cm2: float = 0.0

    @property
    def load_kj(self) -> float:
        """What the tube took."""
        return self.kilovolt * self.milliampere * self.seconds / 1000.0


@dataclass(frozen=True, slots=True)
class SimulatedStudy:
    """One examination as its scanner knows it. Times are UTC milliseconds."""

    device: str
    kind: str  # of the device's profile
    uid: str
    number: int  # of nobody: stands in names and numbers that prove that none is kept
    start: int
    end: int
    series: tuple[SimulatedSeries, ...]
    sent_at: int
    is_phantom: bool
    is_sent_twice: bool

    def at_time_of(self, clock: Callable[[int], int]) -> "SimulatedStudy":
        """The same study with each of its moments as that clock shows it."""
        series = tuple(
            replace(series, start=clock(series.start), end=clock(series.end))
            for series in self.series
        )
        start, end, sent_at = (clock(at) for at in (self.start, self.end, self.sent_at))
        return replace(self, series=series, start=start, end=end, sent_at=sent_at)


def study_of(
    examination: Examination, device: str, kind: str, seed: int, faults: FaultTimeline
) -> SimulatedStudy:
    """The study of one examination; its series are those that the mains let it make."""
    start, rng = examination.start, generator(seed, f"{device} study", examination.start)
    series = []
    for number, (begin, end) in enumerate(examination.bursts, start=1):
        seconds = (end - begin) / 1000.0
        choice = 0 if examination.is_phantom else rng.randrange(1 << 16)
        tube = _exposed(kind, choice, seconds)
        if mains_off_s(seed, faults, begin, end) == 0.0:
            uid = made_uid(seed, device, start, number)
            images = max(1, round(seconds * IMAGES_PER_S.get(kind, 0.0)))
            series.append(SimulatedSeries(number, uid, begin, end, seconds, images, *tube))
    return SimulatedStudy(
        device,
        kind,
        made_uid(seed, device, start),
        rng.randrange(10**6),
        start,
        examination.end,
        tuple(series),
        _sent_at(device, examination.end + rng.randint(*DELAY_MS), faults),
        examination.is_phantom,
        rng.random() < SENT_TWICE,
    )


class Mammogram(NamedTuple):
    """One view of a breast: its side and projection, how thick it was compressed, and its dose."""

    side: str
    projection: str
    thickness_mm: float
    glandular_dose_mgy: float


def mammogram_of(series: SimulatedSeries) -> Mammogram:
    """Both breasts from above, then both obliquely; a thicker one needs more."""
    side, projection = _VIEWS[(series.number - 1) % len(_VIEWS)]
    thickness_mm = 40.0 + series.start // 1000 % 26
    return Mammogram(side, projection, thickness_mm, round(1.0 + 0.025 * (thickness_mm - 40), 3))


def made_uid(*names: object) -> str:
    """A UID of the form that needs no registered root (PS3.5 B.2), the same for the same names."""
    digest = blake2b(":".join(map(str, names)).encode(), digest_size=16).digest()
    return f"2.25.{int.from_bytes(digest)}"


def _exposed(kind: str, choice: int, seconds: float) -> tuple[float, float, float]:
    """Kilovolts, milliamperes and Gy·cm² of a burst; `choice` is of the voltages."""
    tube = TUBES.get(kind)
    if tube is None:
        return 0.0, 0.0, 0.0
    _, ready_w, scanning_w = WATTS[kind]
    kilowatts = (scanning_w - ready_w) * TUBE_SHARE / 1000.0
    kilovolt = tube.kilovolts[choice % len(tube.kilovolts)]
    return kilovolt, round(kilowatts * 1000.0 / kilovolt, 2), kilowatts * seconds * tube.dap_per_kj


def _sent_at(device: str, ready: int, faults: FaultTimeline) -> int:
    for fault in sorted(faults.of("network_fault", device), key=lambda fault: fault.start):
        if fault.start <= ready and (fault.end is None or ready < fault.end):
            # What has waited is sent one after another.
            ready = NEVER if fault.end is None else fault.end + (ready - fault.start) // 50
    return ready
