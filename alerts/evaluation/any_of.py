"""Judges several indicators of one fact: each new reading, beside what the others show."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.reason import AlertReason, FiredPast, plain_reason, state_reason
from core.readings import Reading
from core.schema.rules.any_of import AnyOfRule
from core.time.clock import DAY

# An indicator that has not been read for so long is no longer one of the device's: what it showed
# last does not hold an alert for ever. Scanward's default, no source.
ABSENT_AFTER = DAY


class AnyOfJudge(Judge[AnyOfRule]):
    """Judges a rule of several indicators of one device."""

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """Each reading counts; one alone shows the fact, only all together that it is over."""
        indicator = self.rule.shown_by(reading.metric, reading.value)
        if indicator is not None:
            value, limit = reading.value, indicator.limit
        elif before == OK:
            return None
        elif self._is_shown_by_another(reading, history):
            value, limit = None, None
        else:
            return Judgement(OK, reading.at)
        after = before if before.state == "firing" else held(before, reading.at, self.rule.hold)
        return Judgement(after, reading.at, value, limit, reading.metric)

    def reason(self, past: FiredPast) -> AlertReason:
        """By the indicator that the alert names."""
        if past.metric.kind != "state":
            return plain_reason(past)
        return state_reason(
            past, lambda state: self.rule.shown_by(past.metric_name, state) is not None
        )

    def _is_shown_by_another(self, reading: Reading, history: History) -> bool:
        others = history.last_values(self.device, reading.component, reading.at)
        return any(
            other.at > reading.at - ABSENT_AFTER
            and other.metric != reading.metric
            and self.rule.shown_by(other.metric, other.value)
            for other in others
        )
