"""A level that is used up and filled again: helium, toner, a disk, a battery's capacity.

A day is its mean level. A refill, and any sudden step of the meter, begins a new segment with a level
of its own; the settling after it is cut out. What is looked for is a change of the slope that all
segments share. A meter good to 5 % of full scale cannot show one day's loss, and here it need not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alerts.detectors.base import Floats, Frame, Ints, Verdict
from alerts.detectors.common.daily_model import scored
from alerts.detectors.common.daily_result import Finding
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.common.serialise import array, noises, plain
from alerts.detectors.drift.statistics import sudden_steps
from alerts.detectors.statistics.change_point import (
    Noise,
    Series,
    astray,
    best_ramp,
    estimate_noise,
    rates,
)
from alerts.detectors.statistics.lag_features import Habit, filled, habit
from alerts.detectors.statistics.limit_forecast import HORIZON, NODES, Bundle, Side
from alerts.detectors.statistics.regression import robust, spikes, usable
from core.schema.detector import Detector
from core.time.clock import DAY, HOUR

OFF = 2.5  # z-score of a change of rate that is taken into the forecast
FEW = NODES[::2]
SETTLING = 2  # days after a refill that tell nothing of the slope
OLDEST_CELLS = 12  # readings that make a usual day's level; fewer are trusted less


@dataclass(frozen=True)
class DepletionModel:
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
        return plain(self)

    def score(self, window: Frame) -> list[Verdict]:
        """The days of `window`, each judged by itself and those before it; UTC days."""
        return scored(self, window)

    @property
    def foretells_when_well(self) -> bool:
        return True

    def futures(self, days: Days, finding: Finding, limit: float, side: Side) -> Bundle | None:
        series = self.series(days)
        if len(series.value) < 7:
            return None
        ramp = finding.ramp if abs(finding.z) > OFF else None
        noise = ramp.noise if ramp else self.noises.get("level") or estimate_noise(series)
        begins: list[float | None] = [None]
        weights: list[float] = [1.0]
        if ramp is not None:
            likely = ramp.weights > 0.02 * ramp.weights.max()
            begins, weights = list(ramp.begins[likely]), list(ramp.weights[likely])
        gone = float(days.end[-1] / DAY) - series.day[-1]
        paths = [self._lines(*rates(series, noise, begin), self.wider, gone) for begin in begins]
        each = len(paths[0])
        return Bundle(np.concatenate(paths), np.repeat(weights, each))

    def _lines(self, best: Floats, spread: Floats, wider: float, gone: float) -> Floats:
        """Futures of one level and slope whose errors go together; `gone`: days since the level."""
        root = np.linalg.cholesky(spread * wider**2 + 1e-18 * np.eye(2))
        along = np.stack([np.repeat(FEW, len(FEW)), np.tile(FEW, len(FEW))])
        level, slope = best[:, None] + root @ along
        return np.asarray(
            level[:, None] + slope[:, None] * (np.arange(1, HORIZON + 1) - 0.5 + gone)
        )

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
            kept = np.sort(y[good])
            cut = len(kept) // 10
            row["level"] = float(kept[cut : len(kept) - cut].mean())
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

    def series(self, days: Days) -> Series:
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
        return Series(
            day=days["when"][here],
            value=value,
            spread=np.clip(OLDEST_CELLS / np.maximum(cells, 1.0), 1.0, 12.0),
            segment=np.cumsum(jump)[here],
            context=np.zeros((len(value), 0)),
            prior=np.zeros(0),
            slope=True,
        )

    def settled(self, days: Days) -> "DepletionModel":
        series = self.series(days)
        known = len(series.value) >= 14
        if not known:
            return self
        noise = estimate_noise(series)
        return replace(self, noises={"level": noise}, wider=astray(series, noise))

    def judge(self, days: Days) -> Finding:
        series = self.series(days)
        level = days["level"][np.isfinite(days["level"])]
        value = float(level[-1]) if len(level) else None
        ramp = best_ramp(series, self.noises.get("level"))
        if ramp is None:
            return Finding(0.0, 0.0, (), None, value, None, None, None, None)
        worse = {"up": ramp.z, "down": -ramp.z, "both": abs(ramp.z)}[self.settings.sided]
        grown = ramp.grown(float(days.end[-1] / DAY))
        expected = None if value is None else value - grown
        wide = 3.0 * ramp.noise.scale
        low, high = (None, None) if expected is None else (expected - wide, expected + wide)
        return Finding(
            worse,
            abs(ramp.slope),
            ("rate",),
            int(ramp.begun * DAY),
            value,
            expected,
            low,
            high,
            ramp,
        )


class Depletion:
    """Learns a depletion model."""

    def __init__(self, settings: Detector) -> None:
        self._settings = settings

    @staticmethod
    def restored(settings: Detector, state: Mapping[str, Any]) -> DepletionModel:
        """The model as `state` told it."""
        told = dict(state)
        told |= {"names": tuple(told["names"]), "noises": noises(told["noises"])}
        habits = tuple(Habit(*map(array, one.values())) for one in told["habits"])
        told |= {"habits": habits, "usual": array(told["usual"])}
        return DepletionModel(settings=settings, **told)

    def fit(self, history: Frame, good: Floats | None = None) -> DepletionModel:
        """From cells; `good` says which of them may be learned from (all). ValueError: too few."""
        metric = self._settings.metric
        y = history.columns[metric]
        here = np.isfinite(y) & (np.ones(len(y)) if good is None else good).astype(bool)
        if len(np.unique(history.at[here] // DAY)) < 10:
            raise ValueError(f"fewer than 10 days of {metric} to learn from")
        names = usable(history, tuple(self._settings.context))
        habits = [habit(history.at, history.columns[name]) for name in names]
        kept = y[here & ~spikes(y)]
        noise = robust(np.diff(kept)) / np.sqrt(2.0) or float(np.abs(np.diff(kept)).max()) / 3.0
        step = np.abs(np.diff(_daily_medians(history.at, np.where(here, y, np.nan))))
        usual = float(np.median(step)) if len(step) else 0.0
        return DepletionModel(
            settings=self._settings,
            names=names,
            habits=tuple(habits),
            usual=np.zeros((len(names), 2)),
            noise=noise,
            jump=max(4.0 * noise, 8.0 * usual, 1e-9),
            noises={},
            wider=1.25,
        )


def _daily_medians(at: Ints, y: Floats) -> Floats:
    here = np.isfinite(y)
    number = at[here] // DAY
    return np.array([np.median(y[here][number == day]) for day in np.unique(number)])
