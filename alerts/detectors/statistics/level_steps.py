"""Steps of a daily statistic: what moved within a day and then stays is no drift.

Each day is held against a line through the days around it, so a drift, which moves a little every day,
is not cut into steps, however steep it is beside its noise.
"""

from dataclasses import replace

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.statistics.change_point import DailySeries
from alerts.detectors.statistics.regression import robust

AROUND = 10  # days that are looked at together
MOST = 8  # steps that are looked for
UNUSUAL = 5.0  # times the usual score of a day


def without_steps(series: DailySeries) -> DailySeries:
    """The series with a new segment at each step; a day within which it stepped is one by itself."""
    n = len(series.day)
    if n < AROUND:
        return series
    shapes = _shapes(n)
    rest, segment = series.value, series.segment
    for _ in range(MOST):
        scores, sizes = _held_against_lines(replace(series, value=rest), shapes)
        at = int(np.argmax(np.abs(scores)))
        if not np.abs(scores[at]) > UNUSUAL * robust(scores):
            break
        rest = rest - sizes[at] * shapes[at]
        segment = segment + np.floor(shapes[at]) + np.ceil(shapes[at])
    return replace(series, segment=segment)


def _shapes(n: int) -> Floats:
    """(m, n): 0 before and 1 after a step between two days; 0.5 on a day within which it stepped."""
    between = np.tri(n, n, -1).T[: n - 1]
    return np.concatenate([between, (between[1:] + between[:-1]) / 2.0])


def _held_against_lines(series: DailySeries, shapes: Floats) -> tuple[Floats, Floats]:
    """Of each shape, in the days around it: how plain it is beside a straight line, and its size."""
    n = len(series.day)
    middle = np.argmax(shapes > 0, axis=1)
    first = np.clip(middle - AROUND // 2, 0, n - AROUND)
    rows = first[:, None] + np.arange(AROUND)
    weight = 1.0 / series.spread[rows]
    day = _centred(series.day[rows], weight)
    shape = _centred(np.take_along_axis(shapes, rows, axis=1), weight)
    slope = (weight * day * shape).sum(axis=1) / (weight * day**2).sum(axis=1)
    shape = shape - slope[:, None] * day
    strength = np.maximum((weight * shape**2).sum(axis=1), 1e-12)
    dots = (weight * shape * series.value[rows]).sum(axis=1)
    return dots / np.sqrt(strength), dots / strength


def _centred(values: Floats, weight: Floats) -> Floats:
    return np.asarray(
        values - (weight * values).sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
    )
