"""Pure functions over the daily statistics of a drift detector; `model.py` uses them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.statistics.regression import robust
from core.time.clock import DAY


def middle_of(values: Floats) -> float:
    """The median of the values that are known; 0 if none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def level_of(days: DailyStatistics, since: int = 0) -> float:
    """How far the value lay from what was expected in the first month after row `since`, in its own unit."""
    rest = (days["day_value"] - days["day_expected"])[since : since + 30]
    rest = rest[np.isfinite(rest)]
    return float(np.median(rest)) if len(rest) else 0.0


def last_of(values: Floats) -> float | None:
    """The value of the last day; None if it has none."""
    return float(values[-1]) if np.isfinite(values[-1]) else None


def outlying(values: Floats) -> Floats:
    """How much less to trust a day that stands alone: the square of its distance, beyond four.

    The first and the last days are held against the same days twice, so that two days that stand
    apart together at the end are believed.
    """
    n = len(values)
    if n < 5:
        return np.ones(n)
    padded = np.pad(values, 2, mode="reflect")
    return _distrust(values - np.median(sliding_window_view(padded, 5), axis=1), 4.0)


def scattered(values: Floats) -> Floats:
    """The same of days each held against the median of the nine nearest, beyond three.

    For what a load shows that can be lost for days: at the end, five days that agree are believed.
    """
    n, around = len(values), 9
    if n < around:
        return np.ones(n)
    first = np.clip(np.arange(n) - around // 2, 0, n - around)
    return _distrust(values - np.median(values[first[:, None] + np.arange(around)], axis=1), 3.0)


def _distrust(apart: Floats, times: float) -> Floats:
    limit = times * max(robust(apart), float(np.quantile(np.abs(apart), 0.75)), 1e-12)
    return np.asarray(np.maximum(1.0, (apart / limit) ** 2))


def relative(spread: Floats) -> Floats:
    """How little to trust each day, beside the usual one."""
    usual = float(np.median(spread)) if len(spread) else 1.0
    return np.clip(spread / max(usual, 1e-30), 0.2, 25.0)


def beginning(onset: float, end: int) -> int:
    """UTC milliseconds at which the local day of number `onset` begins, if a day ends at `end`."""
    into = end % DAY
    return int(onset * DAY) + into - (DAY if into > DAY // 2 else 0)
