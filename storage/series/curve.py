"""What a chart is drawn from."""

from typing import NamedTuple

import numpy as np

from storage.series.block import Readings
from storage.series.buckets import Buckets


class Point(NamedTuple):
    """One bucket of a curve: all readings in [at, at + width)."""

    at: int  # UTC milliseconds
    mean: float
    low: float
    high: float
    readings: int


class Curve(NamedTuple):
    """About as many points as the caller gave, or fewer, oldest first; empty buckets are absent."""

    points: list[Point]
    level: str  # `raw`, `minutes`, `hours` or `days`: what it was drawn from
    width: int  # of a bucket, milliseconds; 0 for raw readings


def of_readings(readings: Readings) -> list[Point]:
    """One point a reading."""
    pairs = zip(readings["at"].tolist(), readings["value"].tolist(), strict=True)
    return [Point(at, value, value, value, 1) for at, value in pairs]


def of_buckets(buckets: Buckets) -> list[Point]:
    """One point a bucket, with its extremes."""
    means = np.clip(buckets["sum"] / buckets["count"], buckets["low"], buckets["high"])
    columns = (buckets["at"], means, buckets["low"], buckets["high"], buckets["count"])
    return [Point(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]
