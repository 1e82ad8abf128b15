"""What the detectors that judge once a day have in common; `watch.py` runs them.

A slow model turns the cells of a day into a row of statistics, and judges the rows of all days. Both
are pure functions of what they are given, so verdicts do not depend on how the readings came.
"""

from collections.abc import Mapping
from typing import Protocol, Self

import numpy as np

from alerts.detectors.base import Frame, Model, Verdict
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.resample import part
from alerts.detectors.statistics.limit_forecast import Foretelling
from core.time.clock import DAY

LED = 7 * DAY  # of cells that lead up to a day


class SlowModel(Model, Foretelling, Protocol):
    """A fitted detector that judges once a day."""

    def state(self) -> dict[str, object]:
        """Plain values and arrays from which its kind's `restored` makes it anew."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a day's statistics."""
        ...

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        """Statistics of the day from `begin` to the last cell; the cells of days before lead up to it."""
        ...

    def settled(self, days: Days) -> Self:
        """The same with the noise of its statistics estimated anew, from days that are well."""
        ...

    def judge(self, days: Days) -> Finding:
        """What the days say together."""
        ...


def scored(model: SlowModel, window: Frame) -> list[Verdict]:
    """Each UTC day of `window` (cells) judged by itself and those before it; no alarm remembers."""
    days, told = Days(model.columns), []
    ends = np.unique(window.at // DAY + 1) * DAY
    for end in ends.tolist():
        days.add(end, model.day(part(window, end - LED, end), end - DAY))
        finding = model.judge(days)
        told.append(Verdict(end, "normal", 0.0, False, finding.value, finding.expected))
    return told
