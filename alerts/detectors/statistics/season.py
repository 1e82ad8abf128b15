"""What a day is expected to be when its weather is not known: its segment's level, and the season so far."""

import numpy as np

from alerts.detectors.base import Floats
from alerts.detectors.statistics.change_point import (
    BEFORE,
    DailySeries,
    Noise,
    covariance,
    levels,
    yearly,
)


def expected_on(
    series: DailySeries, noise: Noise, day: float, until: float, onset: float | None = None
) -> tuple[float, float]:
    """The statistic on `day` by the days up to `until`, and its standard deviation without the day's noise.

    The deviation is wide until the season of that day was seen once. With fewer days than `BEFORE`
    in the last segment up to then, all days count. What has drifted since `onset` is left out of it.
    """
    past = series.day <= until
    same = series.segment == series.segment[-1]
    part = series.only(past) if (past & same).sum() >= BEFORE else series
    columns = levels(part)
    now = (np.unique(part.segment) == series.segment[-1]).astype(float)
    if onset is not None:
        columns = np.column_stack([columns, np.maximum(0.0, part.day - onset)])
        now = np.append(now, 0.0)
    with_day = noise.scale**2 * yearly(day - part.day, series.season)
    solved = np.linalg.solve(covariance(part, noise), np.column_stack([columns, with_day]))
    known, towards = columns.T @ solved[:, :-1], solved[:, -1]
    level = np.linalg.solve(known, solved[:, :-1].T @ part.value)
    rest: Floats = part.value - columns @ level
    missing = now - columns.T @ towards
    before_any = noise.scale**2 * float(yearly(np.zeros(1), series.season)[0])
    spread = before_any - with_day @ towards + missing @ np.linalg.solve(known, missing)
    return float(now @ level + towards @ rest), float(np.sqrt(max(float(spread), 0.0)))
