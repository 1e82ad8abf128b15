"""When to try again, and which failures are worth a line in the log. Pure: chance and time are handed in."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double with each failure in a row, in the unit in which `first` and `longest` are."""

    first: float
    longest: float
    jitter: tuple[float, float] = (1.0, 1.0)  # what a pause is multiplied by: from, to

    def pause(self, failures: int) -> float:
        """The pause after so many failures in a row, 1 or more."""
        return min(self.first * 2.0 ** min(failures - 1, 60), self.longest)

    def spread(self, pause: float, chance: float) -> float:
        """The pause with jitter, so that what was lost together is not tried in step; `chance`: 0 to 1."""
        low, high = self.jitter
        return pause * (low + (high - low) * chance)


class FailureStreak:
    """Failures in a row, and which of them to log: once when lost, once when back."""

    def __init__(self, remind_after: float = math.inf) -> None:
        self.failures = 0
        self.reason = ""
        self._remind_after = remind_after
        self._logged_at = 0.0

    def failed(self, reason: str = "", at: float = 0.0) -> bool:
        """Count a failure. True if it is the first, has another reason than the one before it, or
        the last that was logged is `remind_after` ago, in the unit of `at`.
        """
        is_news = (
            self.failures == 0
            or reason != self.reason
            or at - self._logged_at >= self._remind_after
        )
        self.failures += 1
        self.reason = reason
        if is_news:
            self._logged_at = at
        return is_news

    def recovered(self) -> bool:
        """Note a success. True if it ends a streak."""
        is_news = self.failures > 0
        self.failures, self.reason = 0, ""
        return is_news
