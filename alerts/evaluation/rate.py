"""Judges rates: how fast a value rises or falls over a window of its readings."""

from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.rate_window import RateWindow
from alerts.evaluation.reason import AlertReason, FiredPast
from core.readings import Reading
from core.schema.rules.rate import RateRule

POINTS = 300  # of a window that is read for a person: ten a bin
MOST_READINGS = 100_000  # of one window that are read after a start


class RateJudge(Judge[RateRule]):
    """Judges the rate of one metric of one device, each component by itself."""

    def __init__(self, device: str, rule: RateRule) -> None:
        super().__init__(device, rule)
        self._windows: dict[str, RateWindow] = {}

    def judge_reading(
        self, reading: Reading, before: RuleState, history: History
    ) -> Judgement | None:
        """Each reading moves the window on; with too few in it nobody can tell."""
        window = self._windows.get(reading.component)
        if window is None or reading.quality == "corrected" or reading.at < window.newest_at:
            window = self._windows[reading.component] = self._stored_window(reading, history)
        window.add(reading.at, reading.value)
        slope = window.slope()
        if slope is None:
            return None
        after = judge_rate(self.rule, before, slope * self.rule.per, reading.at)
        return Judgement(after, reading.at, reading.value)

    def judge_past(self, reading: Reading, before: RuleState, history: History) -> None:
        """It is part of what the next reading is judged by."""
        self._windows.pop(reading.component, None)

    def reason(self, past: FiredPast) -> AlertReason:
        """How fast it changed when it fired, while its readings are kept finely enough."""
        window = RateWindow(self.rule.window, is_counter=self.rule.is_counter)
        start = window.start(past.fired_at)
        for point in past.curve(start, past.fired_at + 1, POINTS).points:
            window.add(point.at, point.high if self.rule.is_counter else point.mean)
        slope = window.slope() if window.newest_at else None
        rate = None if slope is None else slope * self.rule.per
        return AlertReason("rate", rate, self.rule.limit, span=self.rule.per, since=past.began_at)

    def forget(self) -> None:
        """The store has all of it."""
        self._windows.clear()

    def _stored_window(self, reading: Reading, history: History) -> RateWindow:
        window = RateWindow(self.rule.window, is_counter=self.rule.is_counter)
        name = (self.device, reading.metric, reading.component)
        start = window.start(reading.at)
        for stored in history.newest_values(name, start, reading.at + 1, MOST_READINGS):
            window.add(stored.at, stored.value)
        return window


def judge_rate(rule: RateRule, before: RuleState, rate: float, at: int) -> RuleState:
    """Too fast for `hold` makes it fire; once firing only a rate past `clear` ends it."""
    if before.state == "firing":
        return OK if rule.is_clear(rate) else before
    return held(before, at, rule.hold) if rule.is_beyond(rate) else OK
