"""When patients lie on which table: a day's examinations as bursts of scanning."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from core.time.clock import HOUR, MINUTE, from_ms, to_ms
from simulator.faults import FaultTimeline
from simulator.physics.noise import generator
from simulator.physics.world import CLOSES, FRIDAY, OPENS


@dataclass(frozen=True, slots=True)
class UsagePattern:
    """How a kind of device is used: our guess for a busy private centre."""

    patients: tuple[int, int]  # a day, fewest and most
    minutes: float  # one patient on the table
    bursts: tuple[int, int]  # exposures or sequences a patient
    burst_s: tuple[float, float]  # how long each


USAGE = {
    "ct": UsagePattern((8, 30), 11.0, (2, 4), (3.0, 14.0)),
    "mri": UsagePattern((6, 14), 30.0, (4, 7), (120.0, 300.0)),
    "mammo": UsagePattern((4, 12), 12.0, (4, 4), (0.8, 1.6)),
    "cbct": UsagePattern((3, 12), 10.0, (1, 2), (9.0, 18.0)),
    "rf": UsagePattern((10, 30), 8.0, (2, 8), (0.1, 20.0)),
    "dxa": UsagePattern((2, 10), 15.0, (2, 3), (60.0, 180.0)),
    "us": UsagePattern((15, 40), 12.0, (1, 1), (300.0, 600.0)),
}
OTHER = UsagePattern((0, 0), 1.0, (1, 1), (1.0, 1.0))


@dataclass(frozen=True, slots=True)
class PhantomScan:
    """Before the first patient of each working day, or of the week's first."""

    burst_s: float
    is_weekly: bool = False


PHANTOMS = {  # by kind
    "ct": PhantomScan(2.0),
    "dxa": PhantomScan(120.0),
    "mri": PhantomScan(60.0, is_weekly=True),
    "mammo": PhantomScan(1.2, is_weekly=True),
}
SATURDAY = FRIDAY + 1  # the first working day
PHANTOM_AT_MS = 7 * HOUR + 40 * MINUTE  # after local midnight


@dataclass(frozen=True, slots=True)
class Examination:
    """One patient on the table, or the phantom of the morning."""

    start: int
    end: int
    bursts: tuple[tuple[int, int], ...]  # begin and end of each, UTC milliseconds
    is_phantom: bool = False


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A device's day, its bursts of scanning in time order. Times are UTC milliseconds."""

    examinations: tuple[Examination, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    done_ms: tuple[int, ...]  # scanned before each burst, and at the very end

    def scanned_ms(self, until: int) -> int:
        """Milliseconds of scanning on this day up to a moment."""
        number = bisect_right(self.starts, until)
        if number == 0:
            return 0
        return self.done_ms[number] - max(0, self.ends[number - 1] - until)


class Schedule:
    """All examinations of one device; a pure function of seed, device, day and the times it stands still."""

    def __init__(
        self, seed: int, device: str, kind: str, zone: ZoneInfo, faults: FaultTimeline
    ) -> None:
        self._seed, self._device, self._zone = seed, device, zone
        self._faults = faults
        self._pattern = USAGE.get(kind, OTHER)
        self._phantom_scan = PHANTOMS.get(kind)
        self._day = lru_cache(maxsize=8)(self._plan)
        self._scanned_s = lru_cache(maxsize=1)(self._sum_of_bursts_s)  # each step asks twice

    def scanned_s(self, begin: int, end: int) -> float:
        """Seconds of scanning between two moments, UTC milliseconds."""
        return self._scanned_s(begin, end)

    def _sum_of_bursts_s(self, begin: int, end: int) -> float:
        days = self._days(begin, end)
        return sum(day.scanned_ms(end) - day.scanned_ms(begin) for day in days) / 1000.0

    def examinations(self, begin: int, end: int) -> list[Examination]:
        """Those that began after `begin` and not after `end`, UTC milliseconds."""
        days = self._days(begin, end)
        return [e for day in days for e in day.examinations if begin < e.start <= end]

    def _days(self, begin: int, end: int) -> list[WorkDay]:
        first, last = _local_ordinal(begin, self._zone), _local_ordinal(end, self._zone)
        return [self._day(ordinal) for ordinal in range(first, last + 1)]

    def _plan(self, ordinal: int) -> WorkDay:
        midnight = datetime.fromordinal(ordinal).replace(tzinfo=self._zone)
        if midnight.weekday() == FRIDAY:
            return WorkDay((), (), (), (0,))
        rng = generator(self._seed, f"{self._device} patients", ordinal)
        patients = rng.randint(*self._pattern.patients)
        begins = sorted(self._admission(rng) for _ in range(patients))
        patients_seen = self._examine(rng, to_ms(midnight), begins)
        planned = (*self._phantom(midnight), *patients_seen)
        examinations = tuple(each for each in planned if not self._is_stopped(each))
        bursts = [burst for examination in examinations for burst in examination.bursts]
        done = accumulate((end - start for start, end in bursts), initial=0)
        return WorkDay(
            examinations, tuple(b[0] for b in bursts), tuple(b[1] for b in bursts), tuple(done)
        )

    def _is_stopped(self, planned: Examination) -> bool:
        span = planned.start, planned.end
        return self._faults.seconds("standstill", self._device, *span) > 0

    def _phantom(self, midnight: datetime) -> Iterator[Examination]:
        scan = self._phantom_scan
        if scan is None or (scan.is_weekly and midnight.weekday() != SATURDAY):
            return
        start = to_ms(midnight) + PHANTOM_AT_MS
        burst = start + 2 * MINUTE, start + 2 * MINUTE + int(scan.burst_s * 1000)
        yield Examination(start, burst[1] + MINUTE, (burst,), is_phantom=True)

    def _admission(self, rng: Random) -> float:
        """Hours after local midnight; mornings are fuller."""
        return rng.triangular(OPENS, CLOSES - 0.4, OPENS + 2.5)

    def _examine(self, rng: Random, midnight: int, begins: list[float]) -> Iterator[Examination]:
        free = midnight
        for hours in begins:
            start = max(free, midnight + int(hours * 3_600_000))
            length = int(self._pattern.minutes * rng.uniform(0.7, 1.4) * 60_000)
            yield Examination(start, start + length, self._bursts(rng, start, length))
            free = start + length

    def _bursts(self, rng: Random, start: int, length: int) -> tuple[tuple[int, int], ...]:
        count = rng.randint(*self._pattern.bursts)
        room = length // (count + 1)
        seconds = [rng.uniform(*self._pattern.burst_s) for _ in range(count)]
        return tuple(
            (start + room * (i + 1), start + room * (i + 1) + min(int(s * 1000), room - 1000))
            for i, s in enumerate(seconds)
        )


@lru_cache(maxsize=16)  # all devices ask for the same moments
def _local_ordinal(at: int, zone: ZoneInfo) -> int:
    return from_ms(at, zone).toordinal()
