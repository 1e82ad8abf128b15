"""A level that is used up and filled again: helium, toner, a disk, a battery's capacity.

A day is its mean level. A refill, and a small sudden step of the meter, begins a new segment with a level
of its own; the settling after it is cut out. What is looked for is a change of the slope that all
segments share. A meter good to 5 % of full scale cannot show one day's loss, and here it need not.

Only a rise is a refill. A level that falls within hours is judged by the cell (`fast_loss.py`), one that is
read less often by the day; when the fall is over, its days are left out and a new segment begins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alerts.detectors.base import Bools, DetectorVerdict, Floats, Frame, Side
from alerts.detectors.common.daily_model import ForgetsYears, score_by_day
from alerts.detectors.common.daily_result import (
    NOT_MEASURED,
    TOO_FEW_DAYS,
    DailyResult,
    cannot_judge,
)
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.common.fast_alarm import LevelWatch
from alerts.detectors.common.serialise import LATER, serialise
from alerts.detectors.depletion.coarse_meter import LevelLine, line_through
from alerts.detectors.depletion.fast_loss import MeterHabit, watch
from alerts.detectors.statistics.change_point import (
    BEFORE,
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
DROPPED = 6.0  # standard deviations of a fall since the reading before
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
    # None: it is filled up, not used up, or was learned by an older version
    meter: MeterHabit | None = field(default=None, metadata=LATER)

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
        """(m, HORIZON) futures of a level and slope with covariance `spread`; `age`: of the level, days.

        What is used up is furthest gone at the end of each day.
        """
        root = np.linalg.cholesky(spread * self.wider**2 + 1e-18 * np.eye(2))
        along = np.stack([np.repeat(FEW, len(FEW)), np.tile(FEW, len(FEW))])
        level, slope = best[:, None] + root @ along
        return np.asarray(level[:, None] + slope[:, None] * (np.arange(1, HORIZON + 1) + age))

    def day(self, cells: Frame, begin: int) -> Mapping[str, float]:
        row = dict.fromkeys(self.columns, np.nan)
        y = cells.columns[self.settings.metric]
        today = cells.at >= begin
        for name, usual in zip(self.names, self.habits, strict=True):
            values, _, _ = filled(cells.at, cells.columns[name], usual)
            row[f"of_{name}"] = float(values[today].mean()) if today.any() else np.nan
        good = np.isfinite(y) & ~spikes(y) & today
        row["jump"] = float(self._stepped(y, begin, cells))
        row["hours"] = len(np.unique(cells.at[good] // HOUR))
        row["cells"] = float(good.sum())
        if good.any():
            levels = np.sort(y[good])
            # of a coarse meter the few readings of the next step are what it tells
            cut = 0 if self.meter is not None and self.meter.is_coarse else len(levels) // 10
            row["level"] = float(levels[cut : len(levels) - cut].mean())
            row["when"] = float(cells.at[good].mean() / DAY)
        return row

    def _stepped(self, y: Floats, begin: int, cells: Frame) -> bool:
        """A sudden step, or a level that rose since yesterday by more than a day can do.

        What is filled up (`sided: up`) may fall by as much: it was emptied.
        """
        steps = sudden_steps(y)
        first = max(0, int((cells.at < begin).sum()) - 18)
        if (steps[first:] > self.jump).any():
            return True
        here = np.isfinite(y)
        today = here & (cells.at >= begin)
        before = here & (cells.at < begin) & (cells.at >= begin - DAY)
        if today.sum() < 3 or before.sum() < 3:
            return False
        change = float(np.median(y[today]) - np.median(y[before]))
        return max(change, -change if self.meter is None else change) > 1.5 * self.jump

    def watch(self, levels: Frame, line: LevelLine | None) -> LevelWatch | None:
        """What each cell of the last days shows; None if a fast loss cannot be told."""
        if self.meter is None:
            return None
        return watch(levels.at, levels.columns[self.settings.metric], self.meter, line)

    def fast(self, days: DailyStatistics) -> float:
        """What falls by less than this in a day has its limit told by the days.

        Not while it falls, and not on the first day after it, which is in no segment yet.
        """
        if self.meter is None:
            return np.inf
        series = self.series(days)
        when, level = series.day[-2:], series.value[-2:]
        is_known = len(when) == 2 and when[-1] == days["when"][-1]
        if not is_known or self._is_fast(-np.diff(level), np.diff(when))[0]:
            return -np.inf
        return self.meter.slowest + self.meter.rate

    def line(self, days: DailyStatistics) -> LevelLine | None:
        """Where a coarse meter's level is by the days since the refill; None for a fine one."""
        if self.meter is None or not self.meter.is_coarse:
            return None
        series = self.series(days)
        here = series.segment == series.segment[-1] if len(series.segment) else np.zeros(0, bool)
        return line_through(series.day[here], series.value[here], self.meter.resolution)

    def series(self, days: DailyStatistics) -> DailySeries:
        jump = days["jump"]
        settling = np.zeros(len(jump), dtype=bool)
        for back in range(1, SETTLING + 1):
            settling[back:] |= jump[:-back] > 0
        here = np.isfinite(days["level"]) & ~settling & ~(jump > 0)
        fallen = np.zeros(len(jump))
        if self.meter is not None:
            inside, fallen[here] = self._falls(days["when"][here], days["level"][here])
            here[np.flatnonzero(here)[inside]] = False
        segments = np.cumsum(jump) + np.cumsum(fallen)
        segment = segments[here]
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
            segment=segments[here],
            context=np.zeros((len(value), 0)),
            prior=np.zeros(0),
            slope=True,
        )

    def _falls(self, when: Floats, level: Floats) -> tuple[Bools, Floats]:
        """Days within a fast fall that is over, and 1 on the first day after each."""
        lost, days = -np.diff(level), np.maximum(np.diff(when), 1e-9)
        fast = np.concatenate([[False], self._is_fast(lost, days)])[: len(level)]
        rest = np.flatnonzero(~fast)
        over = np.arange(len(level)) <= (rest[-1] if len(rest) else -1)
        follows = np.concatenate([fast[1:], [False]])[: len(level)]
        return fast & over & follows, (fast & over & ~follows).astype(float)

    def _is_fast(self, lost: Floats, days: Floats) -> Bools:
        """Was so much lost in so many days that it is no usual use?"""
        assert self.meter is not None
        return (lost > 1.5 * self.jump) & (lost / days > self.meter.slowest + self.meter.rate)

    def recalibrated(self, days: DailyStatistics) -> "DepletionModel":
        series = self.series(days)
        known = len(series.value) >= 14
        if not known:
            return self
        noise = estimate_noise(series)
        return replace(self, noises={"level": noise}, wider=forecast_widening(series, noise))

    def judge(self, days: DailyStatistics) -> DailyResult:
        if not np.isfinite(days["level"][-1]):
            return cannot_judge(NOT_MEASURED)
        value = float(days["level"][-1])
        series = self.series(days)
        ramp = best_ramp(series, self.noises.get("level"))
        if (drop := self._drop(days, series)) is not None:
            return drop
        if ramp is None:
            return cannot_judge(TOO_FEW_DAYS, value)
        worse = {"up": ramp.z, "down": -ramp.z, "both": abs(ramp.z)}[self.settings.sided]
        expected = value - ramp.size_on(float(days.end[-1] / DAY))
        wide = 3.0 * ramp.noise.scale
        return DailyResult(
            worse,
            abs(ramp.slope),
            ("rate",),
            int(ramp.onset * DAY),
            value,
            expected,
            expected - wide,
            expected + wide,
            ramp,
            evidence=(Evidence("rate", self._rates(series, ramp)),),
        )

    def _drop(self, days: DailyStatistics, series: DailySeries) -> DailyResult | None:
        """A fall since the reading before that no line through the earlier ones explains; None: none."""
        when, value = float(days["when"][-1]), float(days["level"][-1])
        before = series.only(series.day < when)
        if self.meter is None or len(before.value) < BEFORE:
            return None
        noise = self.noises.get("level") or estimate_noise(before)
        (level, slope), spread = level_and_slope(before, noise, None)
        apart = when - float(before.day[-1])
        lost, error = level + slope * apart - value, np.hypot(1.0, apart) * np.sqrt(spread[0, 0])
        cells = max(float(days["cells"][-1]), 1.0)
        wide = float(np.hypot(error, noise.scale * np.sqrt(max(OLDEST_CELLS / cells, 1.0))))
        latest = days["level"][:-1][np.isfinite(days["level"][:-1])][-1]
        is_fast = self._is_fast(
            np.minimum([before.value[-1] - value], latest - value), np.array([apart])
        )
        if lost < DROPPED * wide or not is_fast[0]:
            return None
        is_moved = (days["jump"][days["when"] > before.day[-1]] > 0).any()
        if is_moved and lost < self.meter.step:  # a recalibration
            return None
        expected = level + slope * apart
        low, high = expected - 3.0 * wide, expected + 3.0 * wide
        since = int(before.day[-1] * DAY)
        pace = float(lost / max(apart, 1.0))
        return DailyResult(
            float(lost / wide), pace, ("loss",), since, value, float(expected), low, high, None
        )

    def _rates(self, series: DailySeries, ramp: Ramp) -> tuple[float, float]:
        """How fast it moved before the ramp and how fast it moves now, signed, a day."""
        now = float(level_and_slope(series, ramp.noise, ramp.onset)[0][1])
        return now - ramp.slope, now
