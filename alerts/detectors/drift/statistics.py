"""What the days of a drift detector tell: pure functions over their columns. See drift.py."""

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import Days
from alerts.detectors.statistics.regression import robust

AFTER = 18  # cells, three hours: what a jump is told from


def middle_of(values: Floats) -> float:
    """The median of what is known; 0 if nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def level_of(days: Days) -> float:
    """How far the value lay from what was expected in the first month."""
    rest = (days["day_value"] - days["day_expected"])[:30]
    rest = rest[np.isfinite(rest)]
    return float(np.median(rest)) if len(rest) else 0.0


def last_of(values: Floats) -> float | None:
    """Of the last day; None if it has none."""
    return float(values[-1]) if np.isfinite(values[-1]) else None


def outlying(values: Floats) -> Floats:
    """How much less to trust a day that stands alone: the square of its distance, beyond four."""
    n = len(values)
    if n < 5:
        return np.ones(n)
    padded = np.pad(values, 2, mode="reflect")
    around = np.stack([padded[i : i + n] for i in range(5)])
    apart = np.abs(values - np.median(around, axis=0))
    limit = 4.0 * max(robust(values - np.median(around, axis=0)), 1e-12)
    limit = max(limit, 4.0 * float(np.quantile(apart, 0.75)))
    return np.maximum(1.0, (apart / limit) ** 2) if limit else np.ones(n)


def sudden_steps(rest: Floats) -> Floats:
    """For each cell: how far the level three hours after it lies from that of three hours before,
    where most of the way was made in that one cell; else 0. The last three hours cannot know."""
    out = np.zeros(len(rest))
    here = np.flatnonzero(np.isfinite(rest))
    if len(here) < 2 * AFTER:
        return out
    values = rest[here]
    windows = np.lib.stride_tricks.sliding_window_view(values, AFTER)
    middle = np.median(windows, axis=1)  # of values[i : i + AFTER]
    step = middle[AFTER:] - middle[:-AFTER]  # before and after position i + AFTER
    position = np.arange(AFTER, AFTER + len(step))
    made = values[position] - values[position - 1]
    sudden = (np.sign(step) * made > 0.6 * np.abs(step)) & (
        np.sign(step) * made < 1.7 * np.abs(step)
    )
    out[here[position]] = np.where(sudden, np.abs(step), 0.0)
    return out
