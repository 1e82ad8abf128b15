"""Judges forecasts: how soon a detector expects a limit to be reached."""

from dataclasses import replace

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, after_uninformative
from alerts.evaluation.reason import (
    AlertReason,
    FiredPast,
    LimitReached,
    verdict_reason,
)
from core.schema.rules.forecast import ForecastRule
from storage.records import Verdict

# A forecast moves a little each day: an alert ends only when the limit is farther off than this many
# times what made it fire. Scanward's default, no source.
FARTHER = 1.25


class ForecastJudge(Judge[ForecastRule]):
    """Judges a forecast rule of one device."""

    def judge_verdict(
        self, verdict: Verdict, before: RuleState, history: History
    ) -> Judgement | None:
        """Each verdict counts."""
        serviced_at = history.serviced_at(verdict.device)
        after = judge_forecast(self.rule, before, verdict, serviced_at)
        return Judgement(after, verdict.at, verdict.value, self.rule.limit)

    def reason(self, past: FiredPast) -> AlertReason:
        """What its detector saw, and the limit that it will reach."""
        reason = verdict_reason(past)
        if reason.forecast is None:
            return replace(reason, forecast=LimitReached(self.rule.limit, None))
        return reason


def judge_forecast(
    rule: ForecastRule, before: RuleState, verdict: Verdict, serviced_at: int = 0
) -> RuleState:
    """The limit is reached within `within` of the verdict: it fires, and ends when it no longer is.

    When a detector looks ahead is its own affair: at a drift only in alarm, at a level that is used
    up always. A limit that lies farther than the rule's is reached later, so the rule's is reached too.
    """
    if verdict.kind not in ("normal", "anomaly"):
        return after_uninformative(before, verdict, serviced_at)
    if verdict.limit is None or verdict.limit_at is None or not _reaches(rule, verdict.limit):
        return before if verdict.alarm else OK
    patience = FARTHER if before.state == "firing" else 1.0
    if verdict.limit_at - verdict.at > rule.within * patience:
        return OK
    return before if before.state == "firing" else RuleState("firing", verdict.at)


def _reaches(rule: ForecastRule, limit: float) -> bool:
    return limit >= rule.limit if rule.above is not None else limit <= rule.limit
