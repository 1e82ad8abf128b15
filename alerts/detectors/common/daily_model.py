"""What the detectors that judge once a day have in common; `daily_runner.py` runs them.

A daily model turns the cells of a day into a row of statistics, and judges the rows of all days. Both
are pure functions of what they are given, so verdicts do not depend on how the readings came.
"""

from collections.abc import Mapping
from typing import Protocol, Self

import numpy as np

from alerts.detectors.base import DetectorModel, DetectorVerdict, Frame
from alerts.detectors.common.daily_forecast import Forecaster
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import MOST_DAYS, DailyStatistics
from core.time.clock import DAY

LEAD_UP = 7 * DAY  # of cells before the end of a day: what is expected of it depends on them


class DailyModel(DetectorModel, Forecaster, Protocol):
    """A fitted detector that judges once a day."""

    @property
    def most_days(self) -> int:
        """So many days are judged together."""
        ...

    @property
    def remembered(self) -> tuple[str, ...]:
        """The statistics that outlive the rows they were made of, when another model is learned."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a day's statistics."""
        ...

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        """Statistics of the day from `begin` to the last cell; the cells of days before lead up to it."""
        ...

    def recalibrated(self, days: DailyStatistics) -> Self:
        """The same with the noise of its statistics estimated again, from healthy days."""
        ...

    def judge(self, days: DailyStatistics) -> DailyResult:
        """What the days show together, on the last of them."""
        ...


class ForgetsYears:
    """A model that needs no more days than its rows make."""

    @property
    def most_days(self) -> int:
        """Half a year."""
        return MOST_DAYS

    @property
    def remembered(self) -> tuple[str, ...]:
        """Nothing."""
        return ()


def score_by_day(model: DailyModel, window: Frame) -> list[DetectorVerdict]:
    """Each UTC day of `window` (cells) judged by itself and those before it; no alarm remembers."""
    days, verdicts = DailyStatistics(model.columns), []
    ends = np.unique(window.at // DAY + 1) * DAY
    for end in ends.tolist():
        days.add(end, model.day(window.between(end - LEAD_UP, end), end - DAY))
        result = model.judge(days)
        verdicts.append(DetectorVerdict(end, "normal", 0.0, False, result.value, result.expected))
    return verdicts
