"""What a daily detector makes of all days up to the last."""

from dataclasses import dataclass

from alerts.detectors.statistics.change_point import Ramp
from core.text.phrase import Phrase
from core.vocabulary.evidence import Evidence

NOT_MEASURED = Phrase("nothing was measured on that day")
TO_AND_FRO = Phrase("the readings of that day jump up and down")
TOO_FEW_DAYS = Phrase("too few days hold enough readings yet")


@dataclass(frozen=True)
class DailyResult:
    """How sure a change is on the last day, and how large. Values are in the metric's unit."""

    z: float  # of the drift, signed: positive is the way that counts as worse
    size: float  # how far it has gone, in the unit of the settings' `worth`
    carried_by: tuple[str, ...]
    since: int | None
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    ramp: Ramp | None
    reason: str = ""  # why nothing can be said; then the alarm stays as it is
    evidence: tuple[Evidence, ...] = ()
    step_at: int | None = None  # its level changed at once then, and nobody has said why

    def band(self, finest: float) -> tuple[float | None, float | None]:
        """Where a healthy value lies, never finer than `finest` to either side of what is expected."""
        if self.expected is None or self.low is None or self.high is None:
            return self.low, self.high
        return min(self.low, self.expected - finest), max(self.high, self.expected + finest)


def cannot_judge(reason: Phrase, value: float | None = None) -> DailyResult:
    """A day that is evidence of nothing."""
    return DailyResult(0.0, 0.0, (), None, value, None, None, None, None, reason)
