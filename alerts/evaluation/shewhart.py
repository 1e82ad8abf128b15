"""Judges Shewhart's charts: does the newest value end a pattern that chance rarely makes?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from alerts.evaluation.control_chart import ChartJudge, Scored
from alerts.evaluation.judge import OK, RuleState
from alerts.evaluation.reason import AlertReason, FiredPast
from core.schema.rules.shewhart import ChartTest, ShewhartRule


class RunTest(NamedTuple):
    """So many of the newest values lie beyond so many sigma, all on one side."""

    needed: int
    of: int
    sigma: float


TESTS: dict[ChartTest, RunTest] = {
    "beyond_3_sigma": RunTest(1, 1, 3),
    "two_of_three_beyond_2_sigma": RunTest(2, 3, 2),
    "four_of_five_beyond_1_sigma": RunTest(4, 5, 1),
    "eight_on_one_side": RunTest(8, 8, 0),
}


class ShewhartJudge(ChartJudge[ShewhartRule]):
    """Judges a Shewhart chart of one device."""

    def judge_scored(self, scored: Sequence[Scored]) -> RuleState:
        """By each of the rule's tests."""
        return judge_shewhart(self.rule, scored)

    def reason(self, past: FiredPast) -> AlertReason:
        """By which of its tests: a value beyond 3 sigma was enough by itself, any other was not."""
        reason = super().reason(past)
        alone: ChartTest = "beyond_3_sigma"
        tests = self.rule.tests
        if reason.sigmas is not None and alone in tests:
            is_alone = abs(reason.sigmas) > TESTS[alone].sigma
            tests = [test for test in tests if (test == alone) == is_alone]
        return replace(reason, tests=tuple(tests))


def judge_shewhart(rule: ShewhartRule, scored: Sequence[Scored]) -> RuleState:
    """Firing if one of the tests ends with the last value, since the first value of its pattern."""
    starts = [start for test in rule.tests if (start := pattern_start(TESTS[test], scored))]
    return RuleState("firing", min(starts)) if starts else OK


def pattern_start(test: RunTest, scored: Sequence[Scored]) -> int | None:
    """When the pattern began that the last value ends, UTC ms; None if it ends none."""
    newest = scored[-test.of :]
    for side in (1, -1):
        beyond = [own.at for own in newest if own.z * side > test.sigma]
        if len(beyond) >= test.needed and newest[-1].z * side > test.sigma:
            return beyond[-test.needed]
    return None
