"""Judges absences: how long ago a metric was last read."""

from collections.abc import Iterable

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState
from alerts.evaluation.reason import AlertReason, FiredPast
from core.readings import UP
from core.schema.rules.absence import AbsenceRule


class AbsenceJudge(Judge[AbsenceRule]):
    """Judges the silence of one metric of one device."""

    def judge_clock(self, clock: int, history: History) -> Iterable[tuple[str, Judgement]]:
        """Each component that was ever read, or is expected.

        While nobody can tell, the state stays: so soon after a pause of the watch the silence may
        have been ours, and a clock that was set back is no reading.
        """
        resumed_at = history.resumed_at(self.rule.hold)
        for component, last_at in history.last_read_at(self.device, self.rule.metric).items():
            if self.rule.covers(component):
                state = judge_absence(self.rule, last_at, clock)
                if state != OK and self.rule.metric != UP:
                    # What a person read now and then is not missed; a source that fell silent is.
                    series = (self.device, self.rule.metric, component)
                    brought_at = history.last_brought_at(*series, last_at)
                    if brought_at is None:
                        continue
                    state = judge_absence(self.rule, brought_at, clock)
                is_certain = (
                    history.is_read(self.device, self.rule.metric, component)
                    if state == OK
                    else clock - resumed_at >= self.rule.hold
                )
                if is_certain:
                    yield component, Judgement(state, clock)

    def reason(self, past: FiredPast) -> AlertReason:
        """How long nothing was read."""
        return AlertReason("silence", span=self.rule.hold, since=past.began_at)


def judge_absence(rule: AbsenceRule, last_at: int, clock: int) -> RuleState:
    """Silent for `hold` makes it fire, the next reading ends it.

    `clock` is the newest moment at which anything at all was read of the site: while the collector
    itself is down, no device is accused.
    """
    return RuleState("firing", last_at) if clock - last_at >= rule.hold else OK
