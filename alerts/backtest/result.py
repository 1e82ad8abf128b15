"""What a backtest found. Times are UTC ms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.time.clock import DAY
from core.vocabulary.alerts import NoticeKind
from core.vocabulary.severity import Severity
from storage.series.series_window import Level

MONTH = 30 * DAY

# Who had it: the rules that are tried, those that judged at the time, or both at the same time.
FiredBy = Literal["candidate", "both", "present"]


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """An alert that fired, or would have."""

    device: str
    component: str
    rule: str
    title: str
    severity: Severity
    fired_at: int
    ended_at: int | None  # None: it was still open at the end
    value: float | None  # the worst
    incident: int | None
    fired_by: FiredBy

    def overlaps(self, other: "FiredAlert", end: int) -> bool:
        """Both are about the same, and for a moment at least at once; `end` is that of the backtest."""
        if (self.device, self.component, self.rule) != (other.device, other.component, other.rule):
            return False
        return self.fired_at <= other.until(end) and other.fired_at <= self.until(end)

    def until(self, end: int) -> int:
        """When it ended; `end` while it is open."""
        return end if self.ended_at is None else self.ended_at


@dataclass(frozen=True, slots=True)
class GivenMessage:
    """A message that people would have got of an incident."""

    at: int
    kind: NoticeKind
    severity: Severity
    device: str  # of its cause
    title: str
    explained: int  # how many other alerts it spoke of in the end
    channels: tuple[str, ...] = ()  # that it goes to, by the routes


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule of one device: what the candidate would have done, beside what was."""

    device: str
    rule: str
    fired: int
    fired_before: int  # by the present rules
    a_month: float
    a_month_before: float
    longest: int  # ms
    total: int  # ms in which it fired, components added up


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """All of it; `alerts` has what only one side had, and what both had once, as the candidate has it."""

    start: int
    end: int
    alerts: tuple[FiredAlert, ...]
    summaries: tuple[RuleSummary, ...]
    incidents: int
    incidents_before: int
    messages: tuple[GivenMessage, ...]  # in the order of time; each acknowledged after half an hour
    coarse_until: int | None  # what was read before is left as means only
    coarsest: Level


def beside_one_another(
    candidate: Iterable[FiredAlert], present: Iterable[FiredAlert], end: int
) -> list[FiredAlert]:
    """Those of the candidate, `both` where the present rules had one at the same time, and what only these had."""
    ours, theirs = list(candidate), list(present)
    merged = [
        replace(alert, fired_by="both")
        if any(alert.overlaps(other, end) for other in theirs)
        else alert
        for alert in ours
    ]
    merged += [other for other in theirs if not any(alert.overlaps(other, end) for alert in ours)]
    return sorted(merged, key=lambda alert: (alert.fired_at, alert.device, alert.rule))


def summarised(
    candidate: Iterable[FiredAlert], present: Iterable[FiredAlert], start: int, end: int
) -> list[RuleSummary]:
    """A summary for each rule of each device that either had."""
    ours, theirs = list(candidate), list(present)
    months = max(end - start, 1) / MONTH
    summaries = []
    for device, rule in sorted({(alert.device, alert.rule) for alert in (*ours, *theirs)}):
        lengths = [
            alert.until(end) - alert.fired_at
            for alert in ours
            if (alert.device, alert.rule) == (device, rule)
        ]
        before = sum((alert.device, alert.rule) == (device, rule) for alert in theirs)
        summaries.append(
            RuleSummary(
                device, rule, len(lengths), before, len(lengths) / months, before / months,
                max(lengths, default=0), sum(lengths),
            )
        )  # fmt: skip
    return summaries
