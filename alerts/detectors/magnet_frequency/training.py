"""Learns a magnet's frequency at its usual temperature, and how it follows that temperature."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.linear_model import HuberRegressor

from alerts.detectors.base import DetectorAlgorithm, Floats, Frame, Ints
from alerts.detectors.common.daily_runner import DailyRunner
from alerts.detectors.magnet_frequency.model import (
    FEWEST_DAYS,
    MagnetFrequencyModel,
    hold_for_an_hour,
)
from core.text.phrase import Phrase
from core.time.clock import DAY

SLOPE, SLOPE_SPREAD = -15_500.0, 1_250.0  # Hz/K; what is known before anything is learned
STEEPEST, FLATTEST = -30_000.0, -5_000.0  # beyond these it is no magnet, or not its temperature
FEWEST_READINGS = 30
QUIETEST = 20.0  # Hz: steadier than that no day is


class MagnetFrequency(DetectorAlgorithm):
    """A permanent magnet. Of the settings' context it reads the first: the temperature."""

    runner = DailyRunner

    def fit(self, history: Frame, good: Floats | None = None) -> MagnetFrequencyModel:
        """From cells; `good` says which may be learned from (all). ValueError: too few readings."""
        warmth = next(iter(self.settings.context), "")
        if warmth not in history.columns:
            raise ValueError(
                Phrase("the frequency says nothing without the magnet's temperature as context")
            )
        hertz, celsius = (
            history.columns[self.settings.metric],
            hold_for_an_hour(history.columns[warmth]),
        )
        rows = np.isfinite(hertz) & np.isfinite(celsius)
        rows &= True if good is None else good > 0
        day = history.at[rows] // DAY
        days = len(np.unique(day))
        if rows.sum() < FEWEST_READINGS or days < FEWEST_DAYS:
            raise ValueError(f"{rows.sum()} readings on {days} days are too few to learn from")
        middle = float(np.median(celsius[rows]))
        learned, doubt = _fit_slope(celsius[rows] - middle, hertz[rows], days)
        nearest = float(np.clip(learned, STEEPEST, FLATTEST))
        trust = 1.0 / (1.0 + (doubt / SLOPE_SPREAD) ** 2)
        slope = trust * learned + (1.0 - trust) * SLOPE
        rest = hertz[rows] - slope * (celsius[rows] - middle)
        return MagnetFrequencyModel(
            settings=self.settings,
            warmth=warmth,
            middle_c=middle,
            hertz=float(np.median(rest)),
            slope=slope,
            noise=_noise(rest, day),
            is_unfit=abs(learned - nearest) > 2.0 * doubt,
        )

    def restored(self, state: Mapping[str, Any]) -> MagnetFrequencyModel:
        """The model whose `state` this is."""
        return MagnetFrequencyModel(self.settings, **state)


def _fit_slope(kelvin: Floats, hertz: Floats, days: int) -> tuple[float, float]:
    """Hz/K, and its standard error; readings of one day are worth little more than one reading."""
    spread = float(kelvin.std())
    if spread < 1e-3:
        return SLOPE, np.inf
    scaled, kilo = (kelvin / spread)[:, None], (hertz - np.median(hertz)) / 1000.0
    huber = HuberRegressor(alpha=0.0, max_iter=1000).fit(scaled, kilo)
    residuals = kilo - huber.predict(scaled)
    noise = max(
        1.4826 * float(np.median(np.abs(residuals - np.median(residuals)))), QUIETEST / 1000.0
    )
    return 1000.0 * float(huber.coef_[0]) / spread, 1000.0 * noise / spread / float(np.sqrt(days))


def _noise(rest: Floats, day: Ints) -> float:
    """Standard deviation of a day's median, Hz."""
    medians = np.array([np.median(rest[day == number]) for number in np.unique(day)])
    apart = np.abs(medians - np.median(medians))
    return max(1.4826 * float(np.median(apart)), QUIETEST)
