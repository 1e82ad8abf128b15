"""A permanent magnet's frequency follows its temperature; what it does beside that is told."""

import json
import pickle

import numpy as np
import pytest

from alerts.detectors.base import Frame
from alerts.detectors.magnet_frequency.model import hold_for_an_hour
from alerts.detectors.magnet_frequency.training import MagnetFrequency
from core.schema.detector import Detector
from tests.alerts.detectors.daily import CELLS, T0, alarms, daily_results, delay, frame
from tests.support.examples import seeds

MAGNET = Detector(
    id="frequency",
    kind="frequency",
    metric="imaging_frequency_hz",
    context={"magnet_temp_c": "magnet_temp_c"},
)
LEARNED, WORTH = 60, 500.0
LOW, HIGH = 14_881_000, 14_945_000  # the limits of the shipped profile


def magnet(
    days: int,
    seed: int,
    slope: float = -15_000.0,
    step: float = 0.0,
    turns: float = 0.0,
    since: int = 0,
) -> Frame:
    """A magnet that wanders by tenths of a kelvin; some scans on six days of seven. The fault, after
    `since` judged days: the level steps by `step` Hz, the slope changes by `turns` Hz/K."""
    chance = np.random.default_rng(seed)
    n = days * CELLS
    celsius = (
        32.0
        + 0.08 * np.sin(np.arange(n) / CELLS / 9.0)
        + np.repeat(chance.normal(0, 0.05, days), CELLS)
    )
    kelvin = celsius - 32.0
    hertz = 14_912_000 + slope * kelvin + chance.normal(0.0, 60.0, n)
    fault = np.arange(n) >= (LEARNED + since) * CELLS
    hertz += np.where(fault, step + turns * kelvin, 0.0)
    hour = np.arange(n) % CELLS
    scanned = (
        (chance.random(n) < 0.15) & (hour > 48) & (hour < 96) & (np.arange(n) // CELLS % 7 != 1)
    )
    temperature = np.round((celsius + chance.normal(0.0, 0.005, n)), 3)
    return frame(
        days, imaging_frequency_hz=np.where(scanned, hertz, np.nan), magnet_temp_c=temperature
    )


@pytest.mark.parametrize("step", [-800.0, 800.0])
@pytest.mark.parametrize("seed", seeds(3))
def test_a_step_of_the_field_is_found_in_days_where_the_limits_never_sound(
    step: float, seed: int
) -> None:
    cells = magnet(120, seed, step=step, since=20)
    days_late = delay(daily_results(MagnetFrequency(MAGNET), cells, LEARNED), WORTH, 20)
    assert days_late is not None
    assert 1 <= days_late <= 4  # one bad day is none
    hertz = cells.columns["imaging_frequency_hz"]
    assert not ((hertz < LOW) | (hertz > HIGH)).any()


@pytest.mark.parametrize("seed", seeds(3))
def test_a_slope_that_changes_is_found_and_named(seed: int) -> None:
    results = daily_results(
        MagnetFrequency(MAGNET), magnet(180, seed, turns=8_000.0, since=20), LEARNED
    )
    days_late = delay(results, WORTH, 20)
    assert days_late is not None
    assert days_late <= 40
    assert not [day for day in alarms(results, WORTH) if day < 20]
    assert any(results[day].carried_by == ("slope",) for day in alarms(results, WORTH))


@pytest.mark.parametrize("seed", seeds(4))
def test_a_healthy_year_is_left_alone_whatever_the_temperature_does(seed: int) -> None:
    results = daily_results(MagnetFrequency(MAGNET), magnet(LEARNED + 365, seed), LEARNED)
    assert not alarms(results, WORTH)
    cells = magnet(LEARNED + 60, seed)
    warmer = np.where(np.arange(len(cells.at)) >= LEARNED * CELLS, 0.5, 0.0)
    cells.columns["magnet_temp_c"] += warmer
    cells.columns["imaging_frequency_hz"] -= 15_000.0 * warmer
    assert not alarms(daily_results(MagnetFrequency(MAGNET), cells, LEARNED), WORTH)


def test_the_slope_is_learned_for_each_magnet_and_little_is_made_of_little() -> None:
    assert MagnetFrequency(MAGNET).fit(magnet(60, 1, slope=-17_500)).slope == pytest.approx(
        -17_500, rel=0.05
    )
    still = magnet(60, 1, slope=-17_500)
    still.columns["magnet_temp_c"][:] = 32.0
    model = MagnetFrequency(MAGNET).fit(still)
    assert model.slope == -15_500.0
    assert not model.is_unfit


@pytest.mark.parametrize("slope", [0.0, 15_000.0, -60_000.0])
def test_a_slope_that_no_magnet_has_makes_the_model_unfit_and_silent(slope: float) -> None:
    cells = magnet(90, 1, slope=slope, step=2000.0, since=5)
    assert MagnetFrequency(MAGNET).fit(magnet(60, 1, slope=slope)).is_unfit
    assert not alarms(daily_results(MagnetFrequency(MAGNET), cells, LEARNED), WORTH)


def test_only_the_side_that_matters_sounds() -> None:
    up = MAGNET.model_copy(update={"sided": "up"})
    assert alarms(daily_results(MagnetFrequency(up), magnet(90, 1, step=900.0), LEARNED), WORTH)
    assert not alarms(
        daily_results(MagnetFrequency(up), magnet(90, 1, step=-900.0), LEARNED), WORTH
    )


def test_the_result_says_since_when_and_what_was_expected() -> None:
    results = daily_results(MagnetFrequency(MAGNET), magnet(120, 2, step=800.0, since=20), LEARNED)
    last = next(result for result in reversed(results) if result.value is not None)
    assert last.since is not None
    assert abs((last.since - T0) / 86_400_000 - (LEARNED + 20)) <= 2
    assert last.value is not None
    assert last.expected is not None
    assert last.high is not None
    assert last.value - last.expected == pytest.approx(800.0, abs=150.0)
    assert last.value > last.high


def test_a_day_without_a_scan_tells_nothing_and_keeps_the_evidence() -> None:
    cells = magnet(100, 1, step=900.0)
    cells.columns["imaging_frequency_hz"][90 * CELLS :] = np.nan
    results = daily_results(MagnetFrequency(MAGNET), cells, LEARNED)
    assert results[-1].value is None
    assert results[-1].z >= 5.0


def test_a_temperature_is_good_for_an_hour() -> None:
    values = np.full(10, np.nan)
    values[1] = 32.0
    assert np.isfinite(hold_for_an_hour(values)).tolist() == [False] + [True] * 7 + [False] * 2


def test_too_few_readings_and_no_temperature_are_refused_with_words() -> None:
    with pytest.raises(ValueError, match="too few to learn from"):
        MagnetFrequency(MAGNET).fit(magnet(5, 1))
    cold = MAGNET.model_copy(update={"context": {}})
    with pytest.raises(ValueError, match="without the magnet's temperature"):
        MagnetFrequency(cold).fit(magnet(60, 1))


def test_a_model_survives_pickling_and_being_kept_as_plain_values() -> None:
    model = MagnetFrequency(MAGNET).fit(magnet(60, 1))
    assert pickle.loads(pickle.dumps(model)) == model
    assert MagnetFrequency(MAGNET).restored(json.loads(json.dumps(model.state()))) == model
