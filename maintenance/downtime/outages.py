"""Where the time of a device went: outages, and how they divide the hours that count. Pure.

Time is UTC milliseconds, intervals are half-open. Outages may overlap; each moment is counted once.
Scanward's own gaps are `unknown`: neither up nor down.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.time.clock import HOUR
from core.time.covered_hours import Interval, length, overlap, union, without
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent

# Which share of its use is lost.
FACTOR: Mapping[DowntimeExtent, float] = {"hard": 1.0, "partial": 0.5}  # htmcommunitydb.org


class Outage(NamedTuple):
    """A device could not be used, or in part, in [start, end); `end` None: still."""

    start: int
    end: int | None
    cause: DowntimeCause
    extent: DowntimeExtent


@dataclass(frozen=True, slots=True)
class Split:
    """Where the counted time of one device went, in hours. Adds up over adjacent periods.

    `up` is all that is neither unknown, planned nor hard down; `partial` lies within `up`.
    """

    counted: float = 0.0
    unknown: float = 0.0
    planned: float = 0.0
    hard: float = 0.0
    partial: float = 0.0

    @property
    def up(self) -> float:
        """Hours in which the device could be used, at least in part."""
        return self.counted - self.unknown - self.planned - self.hard

    def __add__(self, other: "Split") -> "Split":
        return Split(
            self.counted + other.counted,
            self.unknown + other.unknown,
            self.planned + other.planned,
            self.hard + other.hard,
            self.partial + other.partial,
        )


def split(
    outages: Iterable[Outage], counted: Sequence[Interval], unknown: Sequence[Interval], now: int
) -> Split:
    """Divide the counted intervals (covered hours, or the whole period for 24x7).

    Each moment goes to one share: unknown first, then hard, then planned, then partial. Both
    sequences are in order and do not overlap; outages may.
    """
    rest = list(counted)
    shares: list[float] = []
    known = list(outages)
    hard = spans(known, now, _is_failure)
    planned = spans(known, now, lambda outage: outage.cause == "planned")
    partial = spans(
        known, now, lambda outage: outage.cause != "planned" and outage.extent == "partial"
    )
    for away in (list(unknown), hard, planned, partial):
        shares.append(hours_in(overlap(rest, away)))
        rest = without(rest, away)
    return Split(hours_in(counted), shares[0], shares[2], shares[1], shares[3])


def failures(outages: Iterable[Outage], period: Interval, now: int) -> list[Interval]:
    """Unplanned hard outages that began in the period; those that touch are one failure.

    A failure goes on in the next period as it is, so ends lie outside the period too.
    """
    every = spans(outages, now, _is_failure)
    return [span for span in every if period[0] <= span[0] < period[1]]


def downtime_by_cause(
    outages: Iterable[Outage], counted: Sequence[Interval], unknown: Sequence[Interval], now: int
) -> dict[DowntimeCause, float]:
    """Hours of counted, known time by cause, hard and partial, planned too.

    A moment with several outages belongs to the hard one, then to the one that began first, so the
    hours of all causes add up to the hours in which anything at all was wrong.
    """
    rest = without(list(counted), list(unknown))
    by_cause: dict[DowntimeCause, float] = {}
    for outage in sorted(outages, key=lambda each: (each.extent != "hard", each.start, each.cause)):
        span = spans([outage], now, lambda _: True)
        hours = hours_in(overlap(rest, span))
        by_cause[outage.cause] = by_cause.get(outage.cause, 0.0) + hours
        rest = without(rest, span)
    return {cause: hours for cause, hours in by_cause.items() if hours > 0}


def spans(outages: Iterable[Outage], now: int, counts: Callable[[Outage], bool]) -> list[Interval]:
    """The moments of the outages that count; one that goes on lasts until now."""
    return union(
        (outage.start, max(now, outage.start + 1) if outage.end is None else outage.end)
        for outage in outages
        if counts(outage)
    )


def _is_failure(outage: Outage) -> bool:
    return outage.cause != "planned" and outage.extent == "hard"


def hours_in(intervals: Iterable[Interval]) -> float:
    """Their length together, in hours; they must not overlap."""
    return length(intervals) / HOUR
