"""What the control charts judge by: the baseline of a value, and the values that came after it."""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple, TypeVar

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState
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


class ChartJudge(Judge[ChartT]):
    """Judges the control chart of one device anew at each value, from what the store has of it.

    So a value that was corrected, withdrawn or typed late counts as it is now, and once. After a
    service the baseline begins anew, after a person has closed the alert what is judged by it.
    """

    @abstractmethod
    def judge_scored(self, scored: Sequence[Scored]) -> RuleState:
        """The state after the values since the baseline, oldest first; there is one at least."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """With the values before it. One whose time is ahead is not found there: it is the last."""
        is_ahead = history.is_ahead(self.device, reading.metric, reading.component)
        return self._judge(reading, reading.at, before, history, [reading] if is_ahead else [])

    def judge_past(self, reading: Reading, before: RuleState, history: History) -> Judgement | None:
        """Where the chart stands now that its past is another."""
        newest = history.last_read_at(self.device, reading.metric).get(reading.component, 0)
        return self._judge(reading, newest, before, history, [])

    def _judge(
        self, reading: Reading, at: int, before: RuleState, history: History, ahead: list[Reading]
    ) -> Judgement | None:
        name = (self.device, reading.metric, reading.component)
        serviced_at = history.serviced_before(self.device, at)
        is_over = before.began_at <= serviced_at  # what was wrong before a service
        count = self.rule.baseline * (MOST_TOGETHER if self.rule.together else 1)
        oldest = history.oldest_values(name, serviced_at, at + 1, count)
        first = joined(oldest, self.rule.together)[: self.rule.baseline]
        baseline = stated(self.rule) or estimated(self.rule, first)
        if baseline is None:
            return Judgement(OK, at) if is_over else None
        start = serviced_at if self.rule.sigma else first[-1].at + 1
        closed_at = history.closed_before(self.device, reading.component, self.rule.id, at)
        values = history.newest_values(name, max(start, closed_at + 1), at + 1, MOST_VALUES)
        values += ahead
        if not values:
            return Judgement(OK, at)
        after = self.judge_scored(
            [baseline.scored(value) for value in joined(values, self.rule.together)]
        )
        return Judgement(after, at, values[-1].value)


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
