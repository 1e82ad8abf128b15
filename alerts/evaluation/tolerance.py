"""Judges tolerances: each new reading against the device's own baseline."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason
from core.readings import Reading
from core.schema.rules.tolerance import ToleranceRule


class ToleranceJudge(Judge[ToleranceRule]):
    """Judges a tolerance of one device."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """Each reading counts; without a baseline nothing is wrong, and the pages say that it is missing."""
        series = (reading.device, reading.metric, reading.component)
        first = history.first_values(*series, reading.at, self.rule.baseline_of)
        limits = self.rule.limits_around(first)
        broken = next((limit for limit in limits if limit.is_beyond(reading.value)), None)
        if broken is None:
            return Judgement(OK, reading.at, reading.value)
        after = before if before.state == "firing" else held(before, reading.at, 0)
        return Judgement(after, reading.at, reading.value, broken.limit)

    def judge_withdrawal(self, at: int) -> Judgement | None:
        """Nothing is measured any more."""
        return Judgement(OK, at)

    def reason(self, past: FiredPast) -> AlertReason:
        """The baseline that it was judged by is as far from the limit that the alert keeps as it must be."""
        share = self.rule.tolerance_pct / 100
        if past.value is None or past.limit is None or share >= 1:
            return plain_reason(past)  # by 100 % or more the baseline may have been of either sign
        is_outward = (past.value > past.limit) == (past.limit > 0)  # away from zero
        expected = past.limit / (1 + share if is_outward else 1 - share)
        half = abs(expected) * share
        return AlertReason(
            "value", past.value, past.limit, expected, expected - half, expected + half,
            since=past.began_at,
        )  # fmt: skip
