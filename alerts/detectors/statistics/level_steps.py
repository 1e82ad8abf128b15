"""Steps of a daily statistic: what moved within a day and then stays is no drift.

Each day is held against a line through the days around it, so a drift, which moves a little every day,
is not cut into steps, however steep it is beside its noise.
"""

from dataclasses import replace

import numpy as np

from alerts.detectors.base import Bools, Floats
from alerts.detectors.statistics.change_point import DailySeries
from alerts.detectors.statistics.regression import robust

AROUND = 10  # days that are looked at together
MOST = 8  # steps that are looked for
UNUSUAL = 5.0  # times the usual score of a day
BEND = 1.5  # times what a bend of the line would leave unexplained a step may leave: two steps may be near


def without_steps(series: DailySeries) -> DailySeries:
    """The series with a new segment at each step; a day within which it stepped is one by itself."""
    n = len(series.day)
    if n < AROUND:
        return series
    shapes = _shapes(n)
    rest, segment = series.value, series.segment
    for _ in range(MOST):
        scores, sizes, bends = _held_against_lines(replace(series, value=rest), shapes)
        plain = np.where(bends, 0.0, np.abs(scores))
        at = int(np.argmax(plain))
        if not plain[at] > UNUSUAL * robust(scores):
            break
        rest = rest - sizes[at] * shapes[at]
        segment = segment + np.floor(shapes[at]) + np.ceil(shapes[at])
    return replace(series, segment=segment)


def _shapes(n: int) -> Floats:
    """(m, n): 0 before and 1 after a step between two days; 0.5 on a day within which it stepped."""
    between = np.tri(n, n, -1).T[: n - 1]
    return np.concatenate([between, (between[1:] + between[:-1]) / 2.0])


def _held_against_lines(series: DailySeries, shapes: Floats) -> tuple[Floats, Floats, Bools]:
    """Of each shape, in the days around it: how plain it is beside a straight line, its size, and
    whether the line rather bends: a drift that begins is no step."""
    middle = np.argmax(shapes > 0, axis=1)
    first = np.clip(middle - AROUND // 2, 0, len(series.day) - AROUND)
    rows = first[:, None] + np.arange(AROUND)
    root = 1.0 / np.sqrt(series.spread[rows])
    day = series.day[rows] - series.day[rows].mean(axis=1, keepdims=True)
    level = _unit(root)
    slope = _unit(_without(root * day, level))

    def apart(values: Floats) -> Floats:
        return _without(_without(root * values, level), slope)

    value, shape = apart(series.value[rows]), apart(np.take_along_axis(shapes, rows, axis=1))
    strength = np.maximum((shape**2).sum(axis=1), 1e-12)
    dots = (shape * value).sum(axis=1)
    whole = (value**2).sum(axis=1)
    bent = [_unit(apart(np.maximum(0.0, day - day[:, [at]]))) for at in range(1, AROUND - 1)]
    left = whole - np.max([(bend * value).sum(axis=1) ** 2 for bend in bent], axis=0)
    return dots / np.sqrt(strength), dots / strength, whole - dots**2 / strength > BEND * left


def _unit(values: Floats) -> Floats:
    return np.asarray(values / np.sqrt(np.maximum((values**2).sum(axis=1, keepdims=True), 1e-24)))


def _without(values: Floats, unit: Floats) -> Floats:
    return np.asarray(values - (values * unit).sum(axis=1, keepdims=True) * unit)
