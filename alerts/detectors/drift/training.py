"""Learns a drift model: what a value should be given its context, and how it moves while it is well."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from alerts.detectors.base import DetectorAlgorithm, Floats, Frame, Ints
from alerts.detectors.common.daily_runner import DailyRunner
from alerts.detectors.common.serialise import array_of, habits_of, noises_of
from alerts.detectors.drift.history import learned, load_of
from alerts.detectors.drift.model import LEAST_HOURS, DriftModel
from alerts.detectors.statistics.lag_features import TIME_CONSTANTS_MIN, smoothed
from alerts.detectors.statistics.regression import Expectation, robust, spikes, usable, within
from alerts.detectors.statistics.sudden_steps import sudden_steps
from core.time.clock import DAY, HOUR


class Drift(DetectorAlgorithm):
    """A value that should follow its context, and slowly ceases to."""

    runner = DailyRunner
    # A slow fault teaches it little: it is fitted within blocks of five days.
    left_out, learned_from = 10 * DAY, 54 * DAY

    def restored(self, state: Mapping[str, Any]) -> DriftModel:
        """The model whose `state` this is."""
        values = dict(state)
        saved = values.pop("expectation")
        expectation = Expectation(
            names=tuple(saved["names"]),
            weights=array_of(saved["weights"]),
            habits=habits_of(saved["habits"]),
            errors=array_of(saved["errors"]),
            level=float(saved["level"]),
        )
        values |= {"swings": array_of(state["swings"]), "usual": array_of(state["usual"])}
        values["noises"] = noises_of(state["noises"])
        return DriftModel(settings=self.settings, expectation=expectation, **values)

    def fit(self, history: Frame, good: Floats | None = None) -> DriftModel:
        """From cells; `good` says which of them may be learned from (all). ValueError: too few."""
        good = np.ones(len(history.at)) if good is None else good
        metric = self.settings.metric
        y = history.columns[metric]
        names = usable(history, tuple(self.settings.context))
        history, expectation, late = learned(
            history, metric, names, good, self.settings.worth or 0.0
        )
        names = expectation.names
        around = expectation.surroundings(history)
        columns = around.columns
        parts = expectation.parts(columns) if names else np.zeros((0, len(y)))
        rest = y - expectation.level - (parts.sum(axis=0) if names else 0.0)
        rows = (good > 0) & np.isfinite(rest) & ~spikes(rest)
        if names:
            rows &= around.sure()
        white, slow, keep = _noise(np.where(rows, rest, np.nan), history.at)
        load = load_of(names, parts)
        idle, lag, swings = _signature(expectation, columns, parts, load)
        daily = np.array([_daily(history.at, columns[name]) for name in names]).reshape(
            len(names), 2
        )
        return DriftModel(
            settings=self.settings,
            expectation=expectation,
            load=load,
            idle=idle,
            lag_min=lag,
            swings=swings,
            white=white,
            slow=slow,
            keep=keep,
            jump=_jump(np.where(rows, rest, np.nan), white, slow),
            usual=daily,
            noises={},
            wider={},
            late=late,
            least_hours=_least_hours(history.at[np.isfinite(y) & (good > 0)]),
        )


def _jump(rest: Floats, white: float, slow: float) -> float:
    """The smallest change at once that is none of those that healthy days have."""
    steps = sudden_steps(rest)
    usual = float(np.quantile(steps[steps > 0], 0.99)) if (steps > 0).any() else 0.0
    return max(1.5 * usual, 6.0 * float(np.hypot(white / 3.0, slow * 0.5)), 1e-9)


def _daily(at: Ints, values: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the means of UTC days."""
    number = at // DAY
    _, index = np.unique(number, return_inverse=True)
    means = np.bincount(index, values) / np.bincount(index)
    return float(means.mean()), float(means.std())


def _least_hours(read_at: Ints) -> float:
    """Hours with a reading that make a day: four, or as many as a value that is read by hand usually has."""
    hours = np.unique(read_at // HOUR)
    counts = np.unique(hours * HOUR // DAY, return_counts=True)[1]
    return float(max(1.0, min(LEAST_HOURS, np.median(counts))))


def _signature(
    expectation: Expectation, columns: dict[str, Floats], parts: Floats, load: int
) -> tuple[float, float, Floats]:
    """Resting load, how late the value follows it (minutes), and the swings of a busy hour."""
    if load < 0:
        return 0.0, 0.0, np.zeros(2)
    idle = float(np.quantile(columns[expectation.names[load]], 0.05))
    weights = expectation.weights[load]
    total = float(weights.sum())
    lag = float(weights @ np.array(TIME_CONSTANTS_MIN)) / total if abs(total) > 1e-12 else 0.0
    lag = float(np.clip(lag, 15.0, 720.0))
    heat = parts[load] - idle * total
    swings = [np.quantile(np.abs(heat), 0.95), np.quantile(np.abs(smoothed(heat, lag)), 0.95)]
    return idle, lag, np.array(swings)


def _noise(rest: Floats, at: Ints) -> tuple[float, float, float]:
    """Standard deviation of the noise from cell to cell and of that which remembers itself, and its
    autocorrelation from one cell to the next: from the autocovariance at a few lags."""
    here = np.isfinite(rest)
    centred = np.full(len(rest), np.nan)
    centred[here] = within(rest[here], at[here] // (5 * DAY))
    limit = 5.0 * max(robust(centred[here]), 1e-9)
    centred = np.clip(centred, -limit, limit)

    def covariance(lag: int) -> float:
        product = centred[lag:] * centred[: len(centred) - lag]
        known = product[np.isfinite(product)]
        return float(known.mean()) if len(known) else 0.0

    apart = int(np.median(np.diff(np.flatnonzero(here))))  # cells from one reading to the next
    variance, near, far = covariance(0), covariance(apart), covariance(13 * apart)
    near = min(max(near, 0.02 * variance), 0.98 * variance)
    keep = float(np.clip(max(far, 1e-12) / near, 0.2, 0.995)) ** (1.0 / (12.0 * apart))
    slow2 = min(near / keep**apart, 0.98 * variance)
    return float(np.sqrt(max(variance - slow2, 1e-12))), float(np.sqrt(slow2)), keep
