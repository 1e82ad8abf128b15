"""A level that is used up and filled again: helium, toner, a disk, a battery's capacity.

A day is its mean level. A refill, and any sudden step of the meter, begins a new segment with a level
of its own; the settling after it is cut out. What is looked for is a change of the slope that all
segments share. A meter good to 5 % of full scale cannot show one day's loss, and here it need not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from alerts.detectors.base import DetectorVerdict, Floats, Frame, Side
from alerts.detectors.common.daily_model import ForgetsYears, score_by_day
from alerts.detectors.common.daily_result import DailyResult
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.common.serialise import serialise
from alerts.detectors.statistics.change_point import (
    DailySeries,
    Noise,
    Ramp,
    best_ramp,
    estimate_noise,
    forecast_widening,
    level_and_slope,
)
from alerts.detectors.statistics.lag_features import Habit, filled
from alerts.detectors.statistics.limit_forecast import HORIZON, NODES, PathBundle
from alerts.detectors.statistics.regression import spikes
from alerts.detectors.statistics.sudden_steps import sudden_steps
from core.schema.detector import Detector
from core.time.clock import DAY, HOUR
from core.vocabulary.evidence import Evidence

OFF = 2.5  # z-score of a change of rate that is taken into the forecast
FEW = NODES[::2]
SETTLING = 2  # days after a refill that tell nothing of the slope
OLDEST_CELLS = 12  # readings that make a usual day's level; fewer are trusted less


@dataclass(frozen=True)
class DepletionModel(ForgetsYears):
    """What is normal for one level."""

    settings: Detector
    names: tuple[str, ...]  # contexts
    habits: tuple[Habit, ...]
    usual: Floats  # (contexts, 2) mean and standard deviation of their daily means
    noise: float  # of one cell
    jump: float  # a step greater than this is a refill or a recalibration
    noises: Mapping[str, Noise]
    wider: float  # how much wider forecasts are than the noise says

    @property
    def columns(self) -> tuple[str, ...]:
        return ("level", "when", "cells", "jump", "hours", *(f"of_{name}" for name in self.names))

    def state(self) -> dict[str, object]:
        return serialise(self)

    def score(self, window: Frame) -> list[DetectorVerdict]:
        """The days of `window`, each judged by itself and those before it; UTC days."""
        return score_by_day(self, window)

    @property
    def forecasts_when_healthy(self) -> bool:
        return True

    def futures(
        self, days: DailyStatistics, result: DailyResult, limit: float, side: Side
    ) -> PathBundle | None:
        series = self.series(days)
        if len(series.value) < 7:
            return None
        ramp = result.ramp if abs(result.z) > OFF else None
        noise = ramp.noise if ramp else self.noises.get("level") or estimate_noise(series)
        onsets: list[float | None] = [None]
        weights: list[float] = [1.0]
        if ramp is not None:
            likely = ramp.weights > 0.02 * ramp.weights.max()
            onsets, weights = list(ramp.onsets[likely]), list(ramp.weights[likely])
        age = float(days.end[-1] / DAY) - series.day[-1]
        paths = [self._lines(*level_and_slope(series, noise, onset), age) for onset in onsets]
        each = len(paths[0])
        return PathBundle(np.concatenate(paths), np.repeat(weights, each))

    def _lines(self, best: Floats, spread: Floats, age: float) -> Floats:
        """(m, HORIZON) futures of a level and slope with covariance `spread`; `age`: of the level, days."""
        root = np.linalg.cholesky(spread * self.wider**2 + 1e-18 * np.eye(2))
        along = np.stack([np.repeat(FEW, len(FEW)), np.tile(FEW, len(FEW))])
        level, slope = best[:, None] + root @ along
        return np.asarray(level[:, None] + slope[:, None] * (np.arange(1, HORIZON + 1) - 0.5 + age))

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        row = dict.fromkeys(self.columns, np.nan)
        y = cells.columns[self.settings.metric]
        today = cells.at >= begin
        for name, usual in zip(self.names, self.habits, strict=True):
            values, _, _ = filled(cells.at, cells.columns[name], usual)
            row[f"of_{name}"] = float(values[today].mean())
        good = np.isfinite(y) & ~spikes(y) & today
        row["jump"] = float(self._stepped(y, begin, cells))
        row["hours"] = len(np.unique(cells.at[good] // HOUR))
        row["cells"] = float(good.sum())
        if good.any() and not row["jump"]:
            levels = np.sort(y[good])
            cut = len(levels) // 10
            row["level"] = float(levels[cut : len(levels) - cut].mean())
            row["when"] = float(cells.at[good].mean() / DAY)
        return row

    def _stepped(self, y: Floats, begin: int, cells: Frame) -> bool:
        """A sudden step, or a level that lies apart from yesterday's by more than a day can do."""
        steps = sudden_steps(y)
        first = max(0, int((cells.at < begin).sum()) - 18)
        if (steps[first:] > self.jump).any():
            return True
        here = np.isfinite(y)
        today = here & (cells.at >= begin)
        before = here & (cells.at < begin) & (cells.at >= begin - DAY)
        if today.sum() < 3 or before.sum() < 3:
            return False
        return bool(abs(np.median(y[today]) - np.median(y[before])) > 1.5 * self.jump)

    def series(self, days: DailyStatistics) -> DailySeries:
        jump = days["jump"]
        settling = np.zeros(len(jump), dtype=bool)
        for back in range(1, SETTLING + 1):
            settling[back:] |= jump[:-back] > 0
        here = np.isfinite(days["level"]) & ~settling
        segment = np.cumsum(jump)[here]
        # a segment of one day tells nothing
        _, index, counts = np.unique(segment, return_inverse=True, return_counts=True)
        enough = counts[index] >= 2 if len(segment) else np.zeros(0, dtype=bool)
        here[np.flatnonzero(here)[~enough]] = False
        cells = days["cells"][here]
        value = days["level"][here]
        return DailySeries(
            day=days["when"][here],
            value=value,
            spread=np.clip(OLDEST_CELLS / np.maximum(cells, 1.0), 1.0, 12.0),
            segment=np.cumsum(jump)[here],
            context=np.zeros((len(value), 0)),
            prior=np.zeros(0),
            slope=True,
        )

    def recalibrated(self, days: DailyStatistics) -> "DepletionModel":
        series = self.series(days)
        known = len(series.value) >= 14
        if not known:
            return self
        noise = estimate_noise(series)
        return replace(self, noises={"level": noise}, wider=forecast_widening(series, noise))

    def judge(self, days: DailyStatistics) -> DailyResult:
        series = self.series(days)
        level = days["level"][np.isfinite(days["level"])]
        value = float(level[-1]) if len(level) else None
        ramp = best_ramp(series, self.noises.get("level"))
        if ramp is None:
            return DailyResult(0.0, 0.0, (), None, value, None, None, None, None)
        worse = {"up": ramp.z, "down": -ramp.z, "both": abs(ramp.z)}[self.settings.sided]
        drift = ramp.size_on(float(days.end[-1] / DAY))
        expected = None if value is None else value - drift
        wide = 3.0 * ramp.noise.scale
        low, high = (None, None) if expected is None else (expected - wide, expected + wide)
        return DailyResult(
            worse,
            abs(ramp.slope),
            ("rate",),
            int(ramp.onset * DAY),
            value,
            expected,
            low,
            high,
            ramp,
            (Evidence("rate", self._rates(series, ramp)),),
        )

    def _rates(self, series: DailySeries, ramp: Ramp) -> tuple[float, float]:
        """How fast it moved before the ramp and how fast it moves now, signed, a day."""
        now = float(level_and_slope(series, ramp.noise, ramp.onset)[0][1])
        return now - ramp.slope, now
