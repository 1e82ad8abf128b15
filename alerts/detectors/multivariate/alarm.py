"""When a row is in alarm: a state machine over the largest statistic of each row."""

from dataclasses import dataclass

import numpy as np


@dataclass
class RowAlarm:
    """Begins above the limit, ends well below its own peak, and is slow to begin a second one."""

    is_on: bool = False
    peak: float = 0.0  # of this alarm or, until all is calm, of the one before
    calm_at: int | None = None  # the last row below half the limit

    def step(self, at: int, statistic: float, limit: float, clear: float) -> bool:
        """One row; is it in alarm? NaN, from windows too empty to judge, changes nothing."""
        if np.isnan(statistic):
            return self.is_on
        if self.is_on:
            self.peak = max(self.peak, statistic)
            self.is_on = statistic >= max(limit / 2, clear * self.peak)
        else:
            self.peak = 0.0 if statistic < limit else self.peak
            self.is_on = statistic > max(limit, 2 * clear * self.peak)
            self.peak = statistic if self.is_on else self.peak
        if statistic < limit / 2:
            self.calm_at = at
        return self.is_on
