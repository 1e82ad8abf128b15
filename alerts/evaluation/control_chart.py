"""What the control charts judge by: the baseline of a value, and the values that came after it."""

from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import NamedTuple, TypeVar

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason
from core.readings import Reading
from core.schema.rules.chart import ChartRule

ChartT = TypeVar("ChartT", bound=ChartRule)

MOST_TOGETHER = 8  # values that are one: a mammogram has four views, and some of them twice
MOST_VALUES = 1000  # after the baseline that are looked at; years of a value a day


class Baseline(NamedTuple):
    """A value that is in control: its mean and standard deviation, in its unit."""

    mean: float
    sigma: float

    def scored(self, reading: Reading) -> "Scored":
        """How far the reading lies from the mean."""
        return Scored(reading.at, (reading.value - self.mean) / self.sigma)


class Scored(NamedTuple):
    """A value as standard deviations from the mean, above it or, negative, below."""

    at: int  # UTC ms
    z: float


@dataclass
class ChartValues:
    """What the store has of one series since a service, as far as a chart needs it; oldest first."""

    serviced_at: int
    most_oldest: int
    oldest: list[Reading]
    newest: deque[Reading]

    def is_next(self, reading: Reading) -> bool:
        """Does it follow all that is known? Any other may have changed the past."""
        return not self.newest or reading.at > self.newest[-1].at

    def add(self, reading: Reading) -> None:
        """The next one."""
        self.newest.append(reading)
        if len(self.oldest) < self.most_oldest:
            self.oldest.append(reading)


class ChartJudge(Judge[ChartT]):
    """Judges the control chart of one device anew at each value, from what the store has of it.

    So a value that was corrected, withdrawn or typed late counts as it is now, and once. After a
    service the baseline begins anew, after a person has closed the alert what is judged by it. While
    one value follows the other the store is not asked again: years of them would be read each time.
    """

    def __init__(self, device: str, rule: ChartT) -> None:
        super().__init__(device, rule)
        self._known: dict[tuple[str, str], ChartValues] = {}  # by metric and component
        # Whose clock was ahead: the store has values of theirs whose time is still to come.
        self._ahead: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """The store has all of it."""
        self._known.clear()
        self._ahead.clear()

    @abstractmethod
    def judge_scored(self, scored: Sequence[Scored]) -> RuleState:
        """The state after the values since the baseline, oldest first; there is one at least."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """With the values before it. One whose time is ahead is not found there: it is the last."""
        is_ahead = history.is_ahead(self.device, reading.metric, reading.component)
        key = (reading.metric, reading.component)
        known = self._known.get(key)
        if is_ahead:
            self._ahead.add(key)
        if known is not None and known.is_next(reading):
            known.add(reading)
        else:
            self._known.pop(key, None)
        return self._judge(reading, reading.at, before, history, [reading] if is_ahead else [])

    def judge_past(self, reading: Reading, before: RuleState, history: History) -> Judgement | None:
        """Where the chart stands now that its past is another."""
        self._known.pop((reading.metric, reading.component), None)
        newest = history.last_read_at(self.device, reading.metric).get(reading.component, 0)
        return self._judge(reading, newest, before, history, [])

    def reason(self, past: FiredPast) -> AlertReason:
        """The value beside the mean that it is judged by, as far as its readings are still kept."""
        rule, reason = self.rule, plain_reason(past)
        baseline = stated(rule)
        if baseline is None:
            count = rule.baseline * (MOST_TOGETHER if rule.together else 1)
            first = past.first(past.serviced_at(), count)
            first = [reading for reading in first if reading.at <= past.fired_at]
            baseline = estimated(rule, joined(first, rule.together)[: rule.baseline])
        if baseline is None or past.value is None:
            return replace(reason, judged="chart")
        sigmas = (past.value - baseline.mean) / baseline.sigma
        return replace(reason, judged="chart", expected=baseline.mean, sigmas=sigmas)

    def _judge(
        self, reading: Reading, at: int, before: RuleState, history: History, ahead: list[Reading]
    ) -> Judgement | None:
        serviced_at = history.serviced_before(self.device, at)
        is_over = before.began_at <= serviced_at  # what was wrong before a service
        known = self._values(reading, serviced_at, at, history)
        first = joined(known.oldest, self.rule.together)[: self.rule.baseline]
        baseline = stated(self.rule) or estimated(self.rule, first)
        if baseline is None:
            return Judgement(OK, at) if is_over else None
        start = serviced_at if self.rule.sigma else first[-1].at + 1
        closed_at = history.closed_before(self.device, reading.component, self.rule.id, at)
        values = [value for value in known.newest if value.at >= max(start, closed_at + 1)]
        values += ahead
        if not values:
            return Judgement(OK, at)
        after = self.judge_scored(
            [baseline.scored(value) for value in joined(values, self.rule.together)]
        )
        return Judgement(after, at, values[-1].value)

    def _values(self, reading: Reading, serviced_at: int, at: int, history: History) -> ChartValues:
        """Those up to `at`, from the store if they are not known."""
        key = (reading.metric, reading.component)
        known = self._known.get(key)
        if known is None or known.serviced_at != serviced_at or key in self._ahead:
            name, count = (self.device, *key), self.rule.baseline
            count *= MOST_TOGETHER if self.rule.together else 1
            oldest = history.oldest_values(name, serviced_at, at + 1, count)
            newest = history.newest_values(name, serviced_at, at + 1, MOST_VALUES)
            known = ChartValues(serviced_at, count, oldest, deque(newest, MOST_VALUES))
            self._known[key] = known
        return known


def joined(values: Sequence[Reading], together: int) -> Sequence[Reading]:
    """Of those that follow one another within `together` ms one, the last, with the mean of all; of 0 each is one."""
    if not together:
        return values
    groups = list[list[Reading]]()
    for reading in values:
        if groups and reading.at - groups[-1][-1].at <= together:
            groups[-1].append(reading)
        else:
            groups.append([reading])
    return [group[-1]._replace(value=_mean([each.value for each in group])) for group in groups]


def stated(rule: ChartRule) -> Baseline | None:
    """The baseline that the rule states."""
    if rule.mean is None or rule.sigma is None:
        return None
    return Baseline(rule.mean, rule.sigma)


def estimated(rule: ChartRule, first: Sequence[Reading]) -> Baseline | None:
    """The baseline by the first values; None if there are too few, or all of them are the same.

    The spread is that of an individuals chart: the mean moving range over 1.128 (NIST/SEMATECH
    e-Handbook 6.3.2.2), so a drift within the baseline does not widen it. It is at least half of the
    smallest step between two of them: a meter that shows whole units cannot be judged finer.
    """
    values = [reading.value for reading in first]
    steps = [after - before for before, after in pairwise(sorted(set(values)))]
    if len(values) < rule.baseline or not steps:
        return None
    ranges = [abs(after - before) for before, after in pairwise(values)]
    baseline = Baseline(_mean(values), max(_mean(ranges) / 1.128, min(steps) / 2))
    return baseline if all(map(isfinite, baseline)) else None


def _mean(values: Sequence[float]) -> float:
    """As fmean, but the largest numbers there are make it infinite, not an error."""
    return sum(value / len(values) for value in values)
