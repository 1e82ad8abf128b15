"""How the days of a drift are put together: what the load adds, and what a week comes to."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alerts.detectors.base import Floats
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.drift.forecasting import gain, usual_load, weeks
from core.time.clock import DAY

NAMES = ("load_high", "borne", "borne_spread")


def days_of(load: list[float], borne: list[float]) -> DailyStatistics:
    days = DailyStatistics(NAMES)
    for number, (top, added) in enumerate(zip(load, borne, strict=True), start=20_000):
        row = {"load_high": top, "borne": added, "borne_spread": 0.04}
        days.add(number * DAY, row)
    return days


def test_what_the_load_adds_is_told_for_a_usual_day() -> None:
    series = gain(days_of([1.0, 0.5, 1.0, 2.0, 1.0], [1.0, 0.5, 1.1, 2.0, 0.9]))
    assert series.day.tolist() == [20_000, 20_001, 20_002, 20_003, 20_004]
    np.testing.assert_allclose(series.value, [1.0, 1.0, 1.1, 1.0, 0.9])
    # a day of half the load tells the same half as well: four times the variance
    np.testing.assert_allclose(series.spread, [1.0, 4.0, 1.0, 0.25, 1.0])


def test_a_day_without_load_tells_nothing_of_it() -> None:
    series = gain(days_of([1.0, 0.0, 1.0, np.nan, 0.3], [1.0, 5.0, 1.0, 1.0, 0.4]))
    assert series.day.tolist() == [20_000, 20_002]


def test_a_device_that_never_loads_has_no_such_series() -> None:
    days = days_of([0.0, 0.1, 0.2], [1.0, 1.0, 1.0])
    assert usual_load(days) == 0
    assert len(gain(days).day) == 0


@given(st.lists(st.floats(-50, 50) | st.just(float("nan")), max_size=40))
def test_every_seven_days_are_a_week(readings: list[float]) -> None:
    values = np.array(readings)
    shares: Floats = np.arange(len(readings), dtype=float)
    for part, of in (("high", np.nanmax), ("low", np.nanmin), ("value", np.nanmean)):
        weekly, weekly_shares = weeks(part, values, shares)
        runs = [values[i : i + 7] for i in range(len(values) - 6)]
        extremes = [of(run) for run in runs if np.isfinite(run).any()]
        np.testing.assert_allclose(weekly, extremes, atol=1e-12)
        assert len(weekly_shares) == len(weekly)
        if part != "value" and len(weekly):
            np.testing.assert_array_equal(values[weekly_shares.astype(int)], weekly)
