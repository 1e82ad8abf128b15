"""What was seen of a device over the window of a proof: all that a judge needs to know of it."""

from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.readings import Event
from core.time.covered_hours import Interval, overlap, without
from core.vocabulary.detection import VerdictKind
from storage.series import Point


@dataclass(frozen=True, slots=True)
class ProofWindow:
    """From when until when it is looked, UTC ms, and when the device was being worked on meanwhile."""

    start: int
    end: int  # where the work on the order began, or else when it is looked
    now: int
    zone: ZoneInfo
    pauses: tuple[Interval, ...] = ()  # maintenance windows; in order, without overlap

    @property
    def counted(self) -> list[Interval]:
        """The window without the pauses."""
        return without([(self.start, self.end)], self.pauses)

    def is_paused(self, start: int, end: int) -> bool:
        """Does some of this time lie in a pause?"""
        return bool(overlap([(start, end)], self.pauses))


class SeenVerdict(NamedTuple):
    """The newest that a detector says of a metric."""

    kind: VerdictKind
    alarm: bool
    at: int


class SeenAlert(NamedTuple):
    """An alert on a metric that touches the window."""

    title: str
    began_at: int


@dataclass(frozen=True, slots=True)
class ObservedSeries:
    """One metric of one component."""

    metric: str
    title: str
    component: str = ""
    unit: str = ""
    is_gauge: bool = True
    points: tuple[Point, ...] = ()  # oldest first; of the window
    width: int = 0  # of a point, ms
    low: float | None = None  # accepted, both ends included
    high: float | None = None
    needs_baseline: int = 0  # so many readings more, before its tolerance is known
    line_unit: str | None = None  # in which the line of the order was opened
    sources: tuple[str, ...] = ()  # that bring it: `snmp`
    lost_source: str = ""  # one of them that does not answer
    refused_answers: int = 0  # that were no believable number
    has_clock_doubt: bool = False
    corrected_by: str = ""  # who corrected or withdrew one of the readings
    entered_by: frozenset[str] = frozenset()  # who typed readings of the window
    entered_at: frozenset[int] = frozenset()
    is_judged: bool = True  # by its rules, up to its newest reading: an alert may still come of it
    alert: SeenAlert | None = None
    verdicts: tuple[SeenVerdict, ...] = ()
    has_chart: bool = False  # a control chart watches it and has its baseline

    @property
    def is_limited(self) -> bool:
        """Something is accepted, and something not."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class ObservedSource:
    """Whether a source that brings the events was listened to."""

    name: str  # the component of its `up`
    points: tuple[Point, ...] = ()  # of its `up`
    width: int = 0
    every: int = 0  # longer without `up` is a gap, ms
    has_signs: bool = True  # it brought something in the window, or its silence would be known
    doubt: str = ""  # the kind of an event of its own that makes it doubtful: a gap in its log


@dataclass(frozen=True, slots=True)
class Observation:
    """All of it, for one line."""

    series: tuple[ObservedSeries, ...] = ()
    events: tuple[Event, ...] = ()  # of the kinds that the proof names, oldest first
    sources: tuple[ObservedSource, ...] = ()
