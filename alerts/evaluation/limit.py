"""Judges limits: each new reading against the rule's limit."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason, state_reason
from core.readings import Reading
from core.schema.rules.limit import LimitRule


class LimitJudge(Judge[LimitRule]):
    """Judges a limit of one device."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """Each reading counts. What a person read need not last: no second one comes to confirm it."""
        rule, series = self.rule, (reading.device, reading.metric, reading.component)
        is_held = rule.hold > 0 and before.state != "firing" and rule.is_beyond(reading.value)
        if is_held and history.is_by_hand(*series, reading.at):
            rule = rule.model_copy(update={"hold": 0})
        after = judge_limit(rule, before, reading.value, reading.at)
        return Judgement(after, reading.at, reading.value, rule.limit)

    def judge_withdrawal(self, at: int) -> Judgement | None:
        """Nothing is measured any more."""
        return Judgement(OK, at)

    def reason(self, past: FiredPast) -> AlertReason:
        """Of a state which would be right."""
        if past.metric.kind == "state":
            return state_reason(past, self.rule.is_beyond)
        return plain_reason(past)


def judge_limit(rule: LimitRule, before: RuleState, value: float, at: int) -> RuleState:
    """Wrong for `hold` makes it fire; once firing only a value past `clear` ends it.

    The hold is counted in the readings' own time, so a late batch is judged as it happened. A
    value that is never repeated cannot hold: a source that sends only changes needs no `for`.
    """
    if before.state == "firing":
        return OK if rule.is_clear(value) else before
    return held(before, at, rule.hold) if rule.is_beyond(value) else OK
