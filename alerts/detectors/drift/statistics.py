"""Pure functions over the daily statistics of a drift detector; `model.py` uses them."""

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.statistics.regression import robust
from core.time.clock import DAY


def middle_of(values: Floats) -> float:
    """The median of the values that are known; 0 if none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def level_of(days: DailyStatistics) -> float:
    """How far the value lay from what was expected in the first month, in its own unit."""
    rest = (days["day_value"] - days["day_expected"])[:30]
    rest = rest[np.isfinite(rest)]
    return float(np.median(rest)) if len(rest) else 0.0


def last_of(values: Floats) -> float | None:
    """The value of the last day; None if it has none."""
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


def relative(spread: Floats) -> Floats:
    """How little to trust each day, beside the usual one."""
    usual = float(np.median(spread)) if len(spread) else 1.0
    return np.clip(spread / max(usual, 1e-30), 0.2, 25.0)


def beginning(onset: float, end: int) -> int:
    """UTC milliseconds at which the local day of number `onset` begins, if a day ends at `end`."""
    into = end % DAY
    return int(onset * DAY) + into - (DAY if into > DAY // 2 else 0)
