"""A permanent magnet: its imaging frequency falls as it warms, and by nothing else.

The field of the magnet's iron and rare earth falls with temperature, -13 to -18 kHz a kelvin at
0.35 T (EP1524531). The slope is learned for each magnet; what the temperature does not explain is a
shim, a pole, a coil or the thermometer. Frequency is read once a scan, so days have few readings or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from alerts.detectors.base import DetectorVerdict, Floats, Frame, Ints
from alerts.detectors.common.alarm_state import ON
from alerts.detectors.common.daily_forecast import NoForecast
from alerts.detectors.common.daily_model import ForgetsYears, score_by_day
from alerts.detectors.common.daily_result import NOT_MEASURED, DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.common.serialise import serialise
from alerts.detectors.statistics.cusum import BOUND, RARELY, cumulative_sums
from core.schema.detector import Detector
from core.time.clock import DAY

WORTH = 500.0  # Hz, if the settings do not say: 30 mK of a usual magnet
FEWEST_DAYS = 10  # for a slope
HELD = 6  # cells, an hour: a magnet of tons is as warm as it was
LATELY = 45  # days in which the slope is looked at
APART = 0.1  # K between its warm and its cool days, or the slope cannot be estimated


@dataclass(frozen=True)
class MagnetFrequencyModel(ForgetsYears, NoForecast):
    """What is normal for one magnet."""

    settings: Detector
    warmth: str  # the column of the temperature
    middle_c: float
    hertz: float  # at that temperature
    slope: float  # Hz/K
    noise: float  # Hz, of a day's median
    is_unfit: bool  # no magnet has such a slope: the model judges nothing

    @property
    def features(self) -> tuple[str, ...]:
        """What it has learned from."""
        return self.settings.metric, self.warmth

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics of a day."""
        return "hertz", "kelvin", "rest"

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        """Medians of the readings since `begin`; NaN if there was no scan, or no temperature with it."""
        hertz, kelvin = (
            cells.columns[self.settings.metric],
            hold_for_an_hour(cells.columns[self.warmth]),
        )
        rest = hertz - self._expected(kelvin - self.middle_c)
        today = np.isfinite(rest) & (cells.at >= begin)
        if not today.any():
            return dict.fromkeys(self.columns, np.nan)
        columns = (hertz, kelvin - self.middle_c, rest)
        medians = (float(np.median(values[today])) for values in columns)
        return dict(zip(self.columns, medians, strict=True))

    def _expected(self, kelvin: Floats) -> Floats:
        return self.hertz + self.slope * kelvin

    def state(self) -> dict[str, object]:
        """What `MagnetFrequency.restored` needs; settings are not part of it."""
        return serialise(self)

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """Each day of `window` by itself; the runner remembers alarms."""
        return score_by_day(self, window)

    def recalibrated(self, days: DailyStatistics) -> Self:
        """Its noise is part of what was learned."""
        return self

    def judge(self, days: DailyStatistics) -> DailyResult:
        """Has the level left what the temperature explains, or has the slope changed?"""
        here = np.isfinite(days["rest"])
        rest, kelvin, end = days["rest"][here], days["kelvin"][here], days.end[here]
        if self.is_unfit or not len(rest):
            return self._result(days, 0.0, 0.0, (), None)
        z, size, since = self._level(rest, end)
        if z < ON:
            of_slope, moved = self._slope(rest[-LATELY:], kelvin[-LATELY:])
            if of_slope > z and moved >= self._worth:
                return self._result(days, of_slope, moved, ("slope",), None)
        return self._result(days, z, size, ("level",) if z else (), since)

    @property
    def _worth(self) -> float:
        return self.settings.worth or WORTH

    def _level(self, rest: Floats, end: Ints) -> tuple[float, float, int | None]:
        """z-score of a moved level, how far it moved in Hz (as far as it may well be), and since when."""
        free = max(self._worth, self.noise) / 2
        # A random walk with drift -free passes `needed` once in exp(2 free needed / noise^2).
        needed = max(self._worth, np.log(2 * RARELY) * self.noise**2 / (2 * free))
        most = free + 0.7 * needed  # one day alone makes no alarm
        signs = np.array([sign for sign in (1.0, -1.0) if self._counts(sign)])
        total, begin = cumulative_sums(np.clip(rest[:, None] * signs, None, most) - free, needed)
        best = int(np.argmax(total))
        moved = rest[begin[best] :]
        if not len(moved):
            return 0.0, 0.0, None
        size = abs(float(moved.mean())) + self.noise / float(np.sqrt(len(moved)))
        return ON * float(total[best]) / needed, size, int(end[begin[best]]) - DAY

    def _counts(self, sign: float) -> bool:
        return self.settings.sided == "both" or (self.settings.sided == "up") == (sign > 0)

    def _slope(self, rest: Floats, kelvin: Floats) -> tuple[float, float]:
        """z-score of a changed slope, and by how much that moves a warm day, Hz.

        From day to day, so that a step of the level is no slope.
        """
        if len(rest) < FEWEST_DAYS:
            return 0.0, 0.0
        apart = float(np.quantile(kelvin, 0.9) - np.quantile(kelvin, 0.1))
        steps, warmed = np.diff(rest), np.diff(kelvin)
        known = float(warmed @ warmed)
        if apart < APART or not known:
            return 0.0, 0.0
        slope = float(warmed @ steps) / known
        residuals = steps - slope * warmed
        noise = max(
            self.noise * np.sqrt(2.0), float(np.sqrt(residuals @ residuals / (len(residuals) - 1)))
        )
        return min(abs(slope) * np.sqrt(known) / noise, BOUND * ON), abs(slope) * apart

    def _result(
        self,
        days: DailyStatistics,
        z: float,
        size: float,
        carried_by: tuple[str, ...],
        since: int | None,
    ) -> DailyResult:
        if not len(days) or not np.isfinite(days["hertz"][-1]):
            reason = "" if self.is_unfit else NOT_MEASURED
            return DailyResult(z, size, carried_by, since, None, None, None, None, None, reason)
        value = float(days["hertz"][-1])
        expected = value - float(days["rest"][-1])
        wide = max(3.0 * self.noise, self._worth)
        low, high = expected - wide, expected + wide
        return DailyResult(z, size, carried_by, since, value, expected, low, high, None)


def hold_for_an_hour(values: Floats) -> Floats:
    """Gaps of up to an hour take the last value."""
    here = np.isfinite(values)
    index = np.where(here, np.arange(len(values)), 0)
    newest = np.maximum.accumulate(index) if len(index) else index
    near = np.arange(len(values)) - newest <= HELD
    return np.where(near, values[newest], np.nan)
