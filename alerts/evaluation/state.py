"""Judges states: each new reading against the states that are wrong."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.reason import AlertReason, FiredPast, state_reason
from core.readings import Reading
from core.schema.rules.state import StateRule


class StateJudge(Judge[StateRule]):
    """Judges the state of one device."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """Each reading counts, but one whose number means nothing."""
        after = judge_state(self.rule, before, reading.value, reading.at)
        return Judgement(after, reading.at, reading.value)

    def reason(self, past: FiredPast) -> AlertReason:
        """The state, and those that would be right."""
        return state_reason(past, self.rule.is_wrong)


def judge_state(rule: StateRule, before: RuleState, value: float, at: int) -> RuleState:
    """Wrong for `hold` makes it fire; only another state that the profile knows ends it."""
    if not rule.is_wrong(value):
        return OK if rule.is_known(value) else before
    return before if before.state == "firing" else held(before, at, rule.hold)
