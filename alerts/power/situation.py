"""How the power stands at one moment: what the plan is made of. Data only.

None is always "nobody knows". A number that is stated and not measured says so beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from core.time.clock import MINUTE

Mains = Literal["on", "cut", "unknown"]
# How long before a discharge its loads are of use; and a time after all others.
BEFORE, FOREVER = 5 * MINUTE, 2**63
Role = Literal["scanner", "cooling", "server", "network"]  # anything else is a server


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of a device, and when it was read (UTC ms). Stale: too old to be true of now."""

    value: float | None = None
    at: int | None = None
    is_stale: bool = False

    @property
    def fresh(self) -> float | None:
        """The number, if it is true of now."""
        return None if self.is_stale else self.value


UNKNOWN = Measured()


@dataclass(frozen=True, slots=True)
class Sample:
    """A number of the past, for what has been seen in this outage."""

    at: int  # UTC ms
    value: float


@dataclass(frozen=True, slots=True)
class Discharge:
    """A stretch on the battery, oldest first."""

    charges: tuple[Sample, ...]  # percent
    loads: tuple[Sample, ...]  # percent of what the UPS is rated for, from some minutes before on


@dataclass(frozen=True, slots=True)
class RunningExamination:
    """One that runs, and how long it still takes from now. None: nobody knows how long one takes here."""

    began_at: int  # UTC ms
    minutes: float | None  # expected
    least_min: float  # a short one; it is not given up while this can still be
    seen_by: Literal["log", "plug"]


@dataclass(frozen=True, slots=True)
class Temperature:
    """What must be steady before a device is usable again, and how far it is from that."""

    off_by: float | None  # from what was usual before the cut, in the metric's unit
    hour_ago: float | None  # the same an hour before
    change_per_h: float | None  # over the last hour
    steady_min: float  # for which it has been steady up to now
    time_constant_min: float
    steady_per_h: float
    lasting_min: float
    away_per_h: float = 0.0  # at which it still goes farther off; 0: it stands or comes back
    uncertain: float = 0.3  # the share by which the time constant may be off
    is_learned: bool = False  # by this device's own recoveries, not by what is stated


@dataclass(frozen=True, slots=True)
class Load:
    """A device on the output of a UPS or generator."""

    device: str
    role: Role
    watts: float | None = None  # measured lately, or stated
    is_stated: bool = False  # the watts are the site's figure, for no meter answers
    most_w: float | None = None  # while it scans, or starts
    is_off: bool | None = None
    examination: RunningExamination | None = None
    is_activity_known: bool = False  # can anything here tell that an examination runs?
    stop_min: float = 5.0
    restart_min: float | None = None  # stated, or as it was after earlier cuts
    needs: tuple[str, ...] = ()  # devices that it depends on
    temperature: Temperature | None = None


@dataclass(frozen=True, slots=True)
class UpsState:
    """A UPS, and what is on it."""

    device: str
    is_on_battery: bool | None = None
    since: int | None = None  # on battery, UTC ms
    read_at: int | None = None  # when anything of it was last read, UTC ms
    is_silent: bool = False  # that is too long ago
    card_min: Measured = UNKNOWN  # minutes left, by its own card
    charge_pct: Measured = UNKNOWN
    load_pct: Measured = UNKNOWN  # mean of the last minutes, of what it is rated for
    rated_w: float | None = None
    charges: tuple[Sample, ...] = ()  # on battery, in the last hours; oldest first
    began: tuple[int, ...] = ()  # when each stretch of those began, UTC ms
    earlier: tuple[Discharge, ...] = ()  # of this battery, before those
    load_history: tuple[Sample, ...] = ()
    card_history: tuple[Sample, ...] = ()
    age_share: float | None = None  # age of the battery, as a share of its life
    table: tuple[tuple[float, float], ...] = ()  # the maker's: load in %, minutes when new
    loads: tuple[Load, ...] = ()

    @property
    def discharges(self) -> tuple[Discharge, ...]:
        """Of the last hours, each stretch with its loads."""
        edges = [0, *(begin for begin in self.began if begin > 0), FOREVER]
        stretches = (
            tuple(sample for sample in self.charges if begin <= sample.at < end)
            for begin, end in pairwise(edges)
        )
        return tuple(
            Discharge(each, _beside(each, self.load_history)) for each in stretches if each
        )


def _beside(charges: Sequence[Sample], loads: Sequence[Sample]) -> tuple[Sample, ...]:
    begin, end = charges[0].at - BEFORE, charges[-1].at
    return tuple(sample for sample in loads if begin <= sample.at <= end)


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator, and what it could carry."""

    device: str
    is_running: bool | None = None
    start_delay_min: float | None = None
    fuel_pct: Measured = UNKNOWN
    full_tank_min: float | None = None
    rated_w: float | None = None
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """The power of a site at `now` (UTC ms)."""

    now: int
    mains: Mains
    cut_at: int | None = None  # when the last cut began
    back_at: int | None = None  # when the mains came back from it
    ups: tuple[UpsState, ...] = ()
    generators: tuple[Generator, ...] = ()
    direct: tuple[Load, ...] = field(default=())  # on no UPS: they stand still with the mains
