"""Why an alert fired, in numbers: what its rule judged, what was expected, and when a limit is reached.

Each kind of rule gives its own (`Judge.reason`); `reason_words.py` writes it. None is what nobody knows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

from core.readings import Reading
from core.schema.metric import Metric
from core.schema.rules.shewhart import ChartTest
from core.vocabulary.evidence import Evidence, is_within
from storage.records import Verdict
from storage.series import Curve

NO_CURVE = Curve([], "raw", 0)

Judged = Literal["value", "state", "rate", "count", "silence", "chart", "verdict"]


class LimitReached(NamedTuple):
    """When a limit is expected to be reached, UTC ms, and between when in 8 of 10 cases."""

    limit: float
    at: int | None
    earliest: int | None = None
    latest: int | None = None  # None: perhaps never
    evidence: tuple[Evidence, ...] = ()  # with a busy week's


class VerdictFacts(Protocol):
    """A verdict, as the records have it or as a page read it from them."""

    @property
    def at(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def alarm(self) -> bool: ...
    @property
    def value(self) -> float | None: ...
    @property
    def expected(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def since(self) -> int | None: ...
    @property
    def limit(self) -> float | None: ...
    @property
    def limit_at(self) -> int | None: ...
    @property
    def limit_at_low(self) -> int | None: ...
    @property
    def limit_at_high(self) -> int | None: ...
    @property
    def carriers(self) -> tuple[str, ...]: ...
    @property
    def evidence(self) -> tuple[Evidence, ...]: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AlertReason:
    """What a rule judged when it fired; numbers in the unit of the alert's metric, times UTC ms."""

    judged: Judged
    value: float | None = None  # a rate is the change in `span`, a count the events within it
    limit: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    span: int | None = None
    since: int | None = None
    at: int | None = None  # of a verdict
    states: tuple[str, ...] = ()  # those that would be right
    sigmas: float | None = None  # above `expected`; negative: below
    tests: tuple[ChartTest, ...] = ()  # of a control chart that may have fired
    adds_up: bool = False  # many small differences did it, not the newest value
    kind: str | None = None  # of the verdict: `anomaly`, `stuck`
    is_out: bool = True  # False: the value lies within its band, and something else of it moved
    carriers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    doubt: str = ""  # why the detector cannot judge, or what a fault looks like
    forecast: LimitReached | None = None

    @property
    def off(self) -> float | None:
        """How far beyond its limit the value was."""
        return None if self.value is None or self.limit is None else abs(self.value - self.limit)


@dataclass(frozen=True, slots=True)
class FiredPast:
    """What is known of an alert that has fired, beside its rule."""

    began_at: int
    fired_at: int
    component: str
    metric: Metric
    metric_name: str
    value: float | None = None  # that made it fire
    limit: float | None = None  # when it began
    verdict: Verdict | None = None  # with which its detector made it fire
    newest_verdict: Verdict | None = None
    # Of its series over [start, end), in about so many points.
    curve: Callable[[int, int, int], Curve] = lambda start, end, points: NO_CURVE
    # The first readings of it from a time on, so many at most, oldest first.
    first: Callable[[int, int], list[Reading]] = lambda since, count: []
    serviced_at: Callable[[], int] = lambda: 0  # the last time before it fired


def plain_reason(past: FiredPast) -> AlertReason:
    """The value and its limit, as the alert keeps them."""
    return AlertReason("value", past.value, past.limit, since=past.began_at)


def state_reason(past: FiredPast, is_wrong: Callable[[int], bool]) -> AlertReason:
    """The state, and those that would be right."""
    right = tuple(word for state, word in past.metric.states.items() if not is_wrong(state))
    return AlertReason("state", past.value, states=right, since=past.began_at)


def verdict_reason(past: FiredPast) -> AlertReason:
    """What the detector saw, and what it expects now of a limit."""
    if past.verdict is None:
        reason = AlertReason("verdict", past.value, past.limit, since=past.began_at)
    else:
        reason = reason_of(past.verdict)
    if past.newest_verdict is None:
        return reason
    return replace(reason, forecast=reason_of(past.newest_verdict).forecast or reason.forecast)


def reason_of(verdict: VerdictFacts) -> AlertReason:
    """What one verdict rests on."""
    within = verdict.alarm and is_within(verdict.value, verdict.low, verdict.high)
    reached = None
    if verdict.limit is not None:
        times = verdict.limit_at, verdict.limit_at_low, verdict.limit_at_high
        reached = LimitReached(verdict.limit, *times, verdict.evidence)
    return AlertReason(
        "verdict",
        verdict.value,
        expected=verdict.expected,
        low=verdict.low,
        high=verdict.high,
        since=verdict.since,
        at=verdict.at,
        kind=verdict.kind,
        is_out=not within,
        carriers=verdict.carriers,
        evidence=verdict.evidence,
        doubt=verdict.reason,
        forecast=reached,
    )
