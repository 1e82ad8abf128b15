"""A made-up week of one centre: who comes to be examined, what breaks, and how long each repair takes."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

from core.time.clock import DAY, HOUR, MINUTE, from_ms
from core.vocabulary.severity import Severity
from maintenance.planning.due import Busy, expected_by_hour
from storage.series.curve import Point

ZONE = ZoneInfo("Asia/Kabul")
START = 1_736_533_800_000  # Saturday 2025-01-11, 00:00 in Herat
FRIDAY = 4
WEEKS_BEFORE = 4  # of counts, from which use is learned
STEP = 15 * MINUTE

# Examinations of a working day, of the centre that Scanward is drawn from; the scanners for emergencies go on at night.
A_DAY: Mapping[str, float] = {
    "ct-128": 45, "ct-16": 20, "mri": 14, "mammo": 8, "cbct": 6, "rf": 24, "dxa": 5, "us": 22,
}  # fmt: skip
NIGHT_SHARE: Mapping[str, float] = {"ct-128": 0.15, "rf": 0.1, "us": 0.1}
DEPENDENTS: Mapping[str, Sequence[str]] = {
    "chiller": ["ct-128", "mri"],
    "ups": ["ct-128", "ct-16"],
    "pacs": list(A_DAY),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something breaks at `at` (UTC ms); `fails_at` is from when examinations are lost."""

    device: str
    at: int
    severity: Severity
    fails_at: int
    share: float  # of the examinations
    limit_at: int | None  # what a forecast says; None: there is none
    kind_hours: float  # what finished orders of its kind took
    hours: float  # what it takes this time

    @property
    def devices(self) -> Sequence[str]:
        """Whose examinations are lost."""
        return DEPENDENTS.get(self.device, [self.device])


@dataclass(frozen=True, slots=True)
class Week:
    """Faults, when each patient comes, and what four weeks of counts say of the devices."""

    faults: Sequence[Fault]
    patients: Mapping[str, Sequence[int]]
    expected: Mapping[str, Busy]


def week(seed: int, usual_hours: float, days: float = 6, faults: int = 8) -> Week:
    """One week, and a second one in which what is still broken goes on to cost. `days`: within how many the faults
    begin; `usual_hours`: the median of kinds of repair.
    """
    rng = random.Random(seed)
    before = START - WEEKS_BEFORE * 7 * DAY
    arrivals = {device: _arrivals(rng, device, before, START + 14 * DAY) for device in A_DAY}
    expected = {
        device: expected_by_hour(_counter(times), ZONE, START, []) or {}
        for device, times in arrivals.items()
    }
    patients = {device: [at for at in times if at >= START] for device, times in arrivals.items()}
    drawn = [_fault(rng, usual_hours, days) for _ in range(faults)]
    return Week(sorted(drawn, key=lambda fault: fault.at), patients, expected)


def is_working(at: int) -> bool:
    """The engineer is there: eight to four, not on Fridays."""
    when = from_ms(at, ZONE)
    return when.weekday() != FRIDAY and 8 <= when.hour < 16


def _arrivals(rng: random.Random, device: str, start: int, end: int) -> list[int]:
    """When patients come: by chance within each hour, as many as the hour usually has."""
    hours = ((at, _rate(device, at)) for at in range(start, end, HOUR))
    return list(
        chain.from_iterable(
            sorted(at + rng.randrange(HOUR) for _ in range(_poisson(rng, rate)))
            for at, rate in hours
        )
    )


def _rate(device: str, at: int) -> float:
    """Of a working day nine tenths and more lie between eight and four, most of them before noon."""
    when = from_ms(at, ZONE)
    night = NIGHT_SHARE.get(device, 0.0)
    if when.weekday() == FRIDAY or not 8 <= when.hour < 16:
        return A_DAY[device] * night / 16
    weight = 1.5 if when.hour < 12 else 0.5
    return A_DAY[device] * (1 - night) * weight / 8


def _poisson(rng: random.Random, mean: float) -> int:
    count, passed = 0, rng.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + rng.expovariate(1.0)
    return count


def _counter(times: Sequence[int]) -> list[Point]:
    """A running number as DICOM brings it: a reading each hour."""
    points, count, index = [], 0, 0
    for at in range(START - WEEKS_BEFORE * 7 * DAY, START, HOUR):
        while index < len(times) and times[index] < at + HOUR:
            count, index = count + 1, index + 1
        points.append(Point(at, count, count, count, 1))
    return points


def _fault(rng: random.Random, usual_hours: float, days: float) -> Fault:
    """Four in ten put a scanner out of service, a quarter in part; the others are forecast, or do damage soon."""
    at = START + rng.randrange(round(days * DAY))
    # Spread as repairs are: the middle of a kind 0.5 to 12 h, and the single one half to twice that.
    kind_hours = min(max(usual_hours * rng.lognormvariate(0.0, 0.8), 0.5), 16.0)
    hours = min(max(kind_hours * rng.lognormvariate(0.0, 0.35), 0.25), 24.0)
    scanner = rng.choice(list(A_DAY))
    form = rng.random()
    if form < 0.40:
        bad: Severity = rng.choices(("critical", "error"), (0.25, 0.75))[0]
        return Fault(scanner, at, bad, at, 1.0, None, kind_hours, hours)
    if form < 0.65:
        bad = rng.choices(("error", "warning"), (0.4, 0.6))[0]
        return Fault(scanner, at, bad, at, 0.5, None, kind_hours, hours)
    if form < 0.85:
        limit_at = at + round(rng.uniform(0.2, 10.0) * DAY)
        bad = rng.choices(("error", "warning"), (0.3, 0.7))[0]
        fails_at = max(at, limit_at + round(rng.gauss(0, 0.15) * (limit_at - at)))
        return Fault(scanner, at, bad, fails_at, 1.0, limit_at, kind_hours, hours)
    infrastructure = rng.choice(list(DEPENDENTS))
    bad = rng.choices(("critical", "error"), (0.6, 0.4))[0]
    fails_at = at + round(rng.uniform(2, 72) * HOUR)
    return Fault(infrastructure, at, bad, fails_at, 1.0, None, kind_hours, hours)
