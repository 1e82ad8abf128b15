"""The mean of the residual, day by day: what is watched where a fault moves the level."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alerts.detectors.base import Bools, Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.drift.statistics import level_of, outlying, relative
from alerts.detectors.drift.steps import (
    LevelStep,
    net_step,
    settled_row,
    standing_steps,
    steps_of,
)
from alerts.detectors.statistics.change_point import DailySeries, Noise, estimate_noise
from alerts.detectors.statistics.regression import Expectation, robust
from alerts.detectors.statistics.season import expected_on
from core.time.clock import DAY

UNSURE = 9.0  # times the usual variance: such a day, of an idle device, is left out
UNSEEN = 14  # days that do not tell what is expected without weather: a drift may be in them
ENOUGH = 14  # days that tell what is expected


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
    here = np.isfinite(days["mean"]) & ~_steps_late(days)
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


class LevelToday(NamedTuple):
    """Where the level is on the last day, beside where it should be."""

    step: LevelStep | None  # that nobody explained
    base: float  # how far from `day_expected` the value should lie,
    wide: float  # and how far from there it may
    is_unclear: bool  # it is far from there, and the day shows neither a step nor a level


def level_today(
    days: DailyStatistics,
    series: DailySeries,
    noise: Noise | None,
    worth: float,
    onset: float | None,
) -> LevelToday:
    """Of the mean, `series`; `onset` is of a drift of the level. After a step: as before it."""
    steps = steps_of(days, series)
    standing = standing_steps(days, steps, worth)
    step = net_step(days, steps, standing, worth)
    if not series.season or len(series.day) < ENOUGH:
        rest = days["day_value"] - days["day_expected"]
        base, wide = (
            level_of(days, settled_row(steps, standing, worth)),
            robust(rest[np.isfinite(rest)]),
        )
    else:
        today = float(np.round(days.end[-1] / DAY))
        base, wide = _seasonal(series, noise or estimate_noise(series), today, standing, onset)
    apart = abs(float(days["day_value"][-1] - days["day_expected"][-1]) - base)
    apart -= abs(float(np.nan_to_num(days["step"][-1])))  # which may be explained
    is_unclear = step is None and np.isnan(days["mean"][-1]) and apart > 3.0 * wide + worth
    return LevelToday(step, base, 3.0 * wide, bool(is_unclear))


def _seasonal(
    series: DailySeries,
    noise: Noise,
    today: float,
    standing: Sequence[LevelStep],
    onset: float | None,
) -> tuple[float, float]:
    """The expected level and its standard deviation, where the weather is not known."""
    before = series.only(series.day < standing[0].day) if standing else series
    if len(before.day) >= ENOUGH:
        series = before
    if onset is not None and onset >= series.day[-1]:
        onset = None
    until = today if onset is not None else today - UNSEEN
    base, unsure = expected_on(series, noise, today, until, onset)
    return base, float(np.hypot(noise.scale, unsure))


def _steps_late(days: DailyStatistics) -> Bools:
    """The days whose last hours held a step, which was seen on the next."""
    late = np.zeros(len(days), dtype=bool)
    step_at = days["step_at"][np.nan_to_num(days["step_at"]) > 0]
    late[np.searchsorted(days.end, step_at, side="right")] = True
    return late
