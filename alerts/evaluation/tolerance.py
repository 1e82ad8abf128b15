"""Judges tolerances: each new reading against the device's own baseline."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
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
