"""Judges anomalies: what a detector says of a device, of its sensor or of its own model."""

from collections.abc import Collection
from typing import get_args

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, after_uninformative, held
from alerts.evaluation.reason import AlertReason, FiredPast, verdict_reason
from core.schema.rules.anomaly import AnomalyRule
from core.time.clock import HOUR
from core.vocabulary.detection import VerdictKind
from storage.records import Verdict

# A sensor is absent only on a device that has answered so lately: the shortest silence that a detector
# reports. Otherwise `up` shows it, or Scanward itself was down. Scanward's default, no source.
ANSWERED_WITHIN = 6 * HOUR


class AnomalyJudge(Judge[AnomalyRule]):
    """Judges an anomaly rule of one device."""

    def judge_verdict(
        self, verdict: Verdict, before: RuleState, history: History
    ) -> Judgement | None:
        """Each verdict counts, but no sensor is accused of the silence of its whole device, or of ours.

        If the sensor stays silent when the device answers again, the verdict of that day shows it.
        """
        if verdict.kind == "absent" and "absent" in self.rule.verdicts:
            start = verdict.at - ANSWERED_WITHIN
            if not history.has_answered(verdict.device, start, verdict.at):
                return None
        serviced_at = history.serviced_at(verdict.device)
        after = judge_anomaly(self.rule, before, verdict, serviced_at)
        return Judgement(after, verdict.at, verdict.value)

    def reason(self, past: FiredPast) -> AlertReason:
        """What its detector saw."""
        return verdict_reason(past)


def judge_anomaly(
    rule: AnomalyRule, before: RuleState, verdict: Verdict, serviced_at: int = 0
) -> RuleState:
    """What the rule listens to, for `hold`, makes it fire; only a verdict to the contrary ends it.

    A sensor that is broken, a model that no longer fits and one that is still learning say nothing
    of the device: the rule keeps its state. Nor does a step of the level end an alarm, or an alarm a step. After a service (`serviced_at`, UTC ms, of the last
    one) what was wrong before it is over, though the detector must learn anew.
    """
    if verdict.kind in rule.verdicts:
        is_wrong = verdict.alarm or verdict.kind != "anomaly"
    elif verdict.kind not in _kinds_that_end(rule):
        return after_uninformative(before, verdict, serviced_at)
    else:
        is_wrong = False
    if not is_wrong:
        return OK
    return before if before.state == "firing" else held(before, verdict.at, rule.hold)


def _kinds_that_end(rule: AnomalyRule) -> Collection[str]:
    """What a rule about the device takes for an end; one about a sensor or a model ends with all else."""
    if rule.watches_steps:
        return ("normal",)
    return ("normal", "anomaly") if rule.follows_alarms else get_args(VerdictKind)
