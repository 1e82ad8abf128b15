"""In which order one engineer does the work of a day: by the patients saved for an hour of it. Pure.

    saved for an hour = examinations at stake / hours of work

*Examinations at stake* are those that the devices' own use lets expect within AHEAD from now (`expected_by_hour`
of due.py: PACS counts by weekday and hour), times the share of them that is lost. Of a device that is down they
wait from now on; of one whose limit is only forecast they are lost from when it is reached, so that nothing is
at stake if that is later than AHEAD. A device that works, but of which an alert says "damage" or "look now"
(docs/profiles.md), may be lost any time: AT_RISK of its examinations, and of those that depend on it, count.

*Hours of work* are the plan's own, else the median of the finished orders for the same fault of that kind of
device, else ASSUMED_H, and the line says so.

Who divides a weight by a length and does the largest first loses least of a sum of weighted waits (W. E. Smith,
Naval Research Logistics Quarterly 3, 1956). benchmarks/today measures what it saves here.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.time.clock import HOUR, MINUTE, SECOND, from_ms
from core.vocabulary.severity import Severity
from maintenance.planning.due import Busy

# Scanward's defaults, no source: a day ahead is as far as a list of today can promise; benchmarks/today tries others.
AHEAD = 24 * HOUR
ASSUMED_H = 2.0  # a piece of corrective work of which nothing is known
MIN_PAST = 3  # finished orders, before their median says anything

AT_RISK: Mapping[Severity, float] = {"critical": 1.0, "error": 0.25}

TimeSource = Literal["plan", "past", "assumed"]
SEVERITIES: tuple[Severity, ...] = ("critical", "error", "warning", "info")


class UseLoss(NamedTuple):
    """Which share of a device's examinations is lost from when on (UTC ms)."""

    device: str
    expected: Busy | None  # by weekday and hour; None: it examines, and nobody counts how many
    begins_at: int
    share: float = 1.0


class WorkTime(NamedTuple):
    """How long a work takes, and what says so."""

    hours: float
    source: TimeSource


ASSUMED = WorkTime(ASSUMED_H, "assumed")


class Urgency(NamedTuple):
    """The place of a work in the day: the smaller the sooner. Equal ones stay as they stood."""

    band: Literal[
        0, 1, 2
    ]  # nobody knows who waits, and it is grave; somebody waits; severity decides
    rate: float  # minus the examinations saved for an hour
    severity: int


def at_stake(losses: Iterable[UseLoss], now: int, zone: ZoneInfo) -> float | None:
    """Examinations within AHEAD that will be lost unless it is done. None: nobody knows how many.

    Of several losses of a device the largest counts. Where it is known of some devices only, those
    count: they are the least that is lost.
    """
    by_device: dict[str, float | None] = {}
    for device, expected, begins_at, share in losses:
        if expected is None:
            by_device.setdefault(device, None)
            continue
        count = share * expected_between(expected, max(begins_at, now), now + AHEAD, zone)
        by_device[device] = max(count, by_device.get(device) or 0.0)
    known = [count for count in by_device.values() if count is not None]
    return sum(known) if sum(known) > 0 or len(known) == len(by_device) else None


def expected_between(expected: Busy, start: int, end: int, zone: ZoneInfo) -> float:
    """How many examinations usually fall into [start, end), UTC ms; of parts of hours their part."""
    total = 0.0
    while start < end:
        when = from_ms(start, zone)
        passed = when.minute * MINUTE + when.second * SECOND + when.microsecond // 1000
        until = min(start + HOUR - passed, end)
        total += expected.get((when.weekday(), when.hour), 0.0) * (until - start) / HOUR
        start = until
    return total


def work_time(plan_minutes: int | None, past_hours: Sequence[float]) -> WorkTime:
    """How long it takes: by its plan, by finished orders of its kind, or as is assumed."""
    if plan_minutes is not None:
        return WorkTime(plan_minutes / 60, "plan")
    if len(past_hours) >= MIN_PAST:
        return WorkTime(max(median(past_hours), 1 / 60), "past")
    return ASSUMED


def urgency(examinations: float | None, work: WorkTime, severity: Severity) -> Urgency:
    """Of how many examinations are at stake (None: nobody knows), how long it takes and how bad it is.

    Unknown is not zero: what is grave, and of which nobody knows who waits for it, is looked at first.
    """
    rank = SEVERITIES.index(severity)
    if examinations is None:
        return Urgency(0 if severity in ("critical", "error") else 2, 0.0, rank)
    if examinations <= 0:
        return Urgency(2, 0.0, rank)
    return Urgency(1, -examinations / work.hours, rank)
