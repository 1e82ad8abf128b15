"""The mean of the residual, day by day: what is watched where a fault moves the level."""

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.drift.statistics import outlying, relative
from alerts.detectors.statistics.change_point import DailySeries, Noise
from alerts.detectors.statistics.regression import Expectation, robust
from core.time.clock import DAY

UNSURE = 9.0  # times the usual variance: such a day, of an idle device, is left out


def level(
    days: DailyStatistics,
    expectation: Expectation,
    usual: Floats,
    noise: Noise | None,
    season: float,
) -> DailySeries:
    """A segment begins where the sensor jumped, and it may follow its contexts a little.

    `usual`, (contexts, 2), are mean and standard deviation of their daily means.
    """
    spread = days["mean_spread"]
    here = np.isfinite(days["mean"])
    if here.any():
        here &= spread <= UNSURE * np.median(spread[here])
    value, spread = days["mean"][here], spread[here]
    contexts = [days[f"of_{context}"][here] for context in expectation.names]
    swing = np.maximum(usual[:, 1], 1e-9)
    centred = (np.stack(contexts, axis=1) - usual[:, 0]) / swing if contexts else None
    scale = noise.scale if noise else robust(value)
    unsure = expectation.errors + 0.1 * np.abs(expectation.weights.sum(axis=1))
    return DailySeries(
        day=np.round(days.end[here] / DAY),
        value=value,
        spread=relative(spread) * outlying(value),
        segment=np.cumsum(days["jump"])[here],
        context=np.zeros((len(value), 0)) if centred is None else np.clip(centred, -6, 6),
        prior=0.5 * scale + unsure * swing,
        season=season,
    )
