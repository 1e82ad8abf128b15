"""What moved within a day and stays is a new segment; what moves a little every day is not."""

import numpy as np
import pytest

from alerts.detectors.base import Floats
from alerts.detectors.statistics.change_point import DailySeries, best_ramp
from alerts.detectors.statistics.level_steps import without_steps

DAYS = np.arange(60.0)


def series(value: Floats, day: Floats = DAYS) -> DailySeries:
    noise = np.random.default_rng(4).normal(0, 0.02, len(day))
    n = len(day)
    return DailySeries(day, value + noise, np.ones(n), np.zeros(n), np.zeros((n, 0)), np.zeros(0))


def z(days: DailySeries) -> float:
    ramp = best_ramp(days)
    assert ramp is not None
    return abs(ramp.z)


@pytest.mark.parametrize("size", [0.2, -0.5])
@pytest.mark.parametrize("at", [30, 55, 58])
def test_a_step_becomes_a_segment_and_no_drift(size: float, at: int) -> None:
    stepped = series(np.where(at > DAYS, 0.0, size))
    split = without_steps(stepped)
    np.testing.assert_array_equal(np.flatnonzero(np.diff(split.segment)), [at - 1])
    assert z(split) < min(4.0, z(stepped))


def test_a_day_within_which_it_stepped_belongs_to_neither_side() -> None:
    split = without_steps(series(0.3 * (DAYS >= 40) + 0.15 * (DAYS == 39)))
    assert split.segment[38] != split.segment[39]
    assert split.segment[39] != split.segment[40]
    assert len(set(split.segment[40:])) == 1


def test_steps_that_climb_like_a_stair_are_all_taken_out() -> None:
    stair = 0.3 * np.searchsorted([20.0, 32.0, 48.0], DAYS, side="right")
    split = without_steps(series(stair.astype(np.float64)))
    np.testing.assert_array_equal(np.flatnonzero(np.diff(split.segment)), [19, 31, 47])
    assert z(split) < 4.0


@pytest.mark.parametrize("slope", [0.005, 0.02, 0.1, 1.0])
@pytest.mark.parametrize("begin", [30, 50, 55])
def test_a_drift_is_not_cut_into_steps_however_steep(slope: float, begin: int) -> None:
    drifting = series(slope * np.maximum(0.0, DAYS - begin))
    split = without_steps(drifting)
    assert len(set(split.segment)) == 1
    assert z(split) == z(drifting)


def test_a_drift_that_went_on_while_nobody_looked_is_no_step() -> None:
    day = np.concatenate([DAYS[:35], DAYS[35:] + 8.0])
    split = without_steps(series(0.05 * np.maximum(0.0, day - 25), day))
    assert len(set(split.segment)) == 1


def test_few_days_and_days_without_noise_have_no_steps() -> None:
    short = series(np.zeros(6), DAYS[:6])
    assert without_steps(short) is short
    n = len(DAYS)
    still = DailySeries(DAYS, np.ones(n), np.ones(n), np.zeros(n), np.zeros((n, 0)), np.zeros(0))
    assert len(set(without_steps(still).segment)) == 1
