"""Judges CUSUM charts: has a value moved away from its mean, by little but for long?"""

from collections.abc import Sequence
from dataclasses import replace

from alerts.evaluation.control_chart import ChartJudge, Scored
from alerts.evaluation.judge import OK, RuleState
from alerts.evaluation.reason import AlertReason, FiredPast
from core.schema.rules.cusum import CusumRule

SIDES = {"both": (1, -1), "up": (1,), "down": (-1,)}


class CusumJudge(ChartJudge[CusumRule]):
    """Judges a CUSUM chart of one device."""

    def judge_scored(self, scored: Sequence[Scored]) -> RuleState:
        """By the sums of all values."""
        return judge_cusum(self.rule, scored)

    def reason(self, past: FiredPast) -> AlertReason:
        """The newest value may be near its mean: the sum of all of them is what fired."""
        return replace(super().reason(past), adds_up=True)


def judge_cusum(rule: CusumRule, scored: Sequence[Scored]) -> RuleState:
    """Firing on either side makes it fire, since the sum that is too high last left zero."""
    sides = [judge_side(rule, scored, side) for side in SIDES[rule.sided]]
    firing = [state for state in sides if state != OK]
    return min(firing, key=lambda state: state.began_at, default=OK)


def judge_side(rule: CusumRule, scored: Sequence[Scored], side: int) -> RuleState:
    """Once the sum is above `h` it fires, until the sum is back at zero, and begins anew from there.

    The sum is bounded by `h`, so that an alarm of months does not take months to be over.
    """
    total, began_at, is_firing = 0.0, 0, False
    for value in scored:
        if total == 0:
            began_at, is_firing = value.at, False
        total = max(0.0, total + side * value.z - rule.k)
        is_firing = is_firing or total > rule.h
        total = min(total, rule.h)
    return RuleState("firing", began_at) if is_firing and total else OK
