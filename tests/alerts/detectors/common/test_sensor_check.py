"""Stuck, absent and impossible: verdicts of their own, never the drift's alarm."""

import math
from dataclasses import replace

import numpy as np
import pytest

from alerts.detectors import algorithm_class
from alerts.detectors.base import Bools, Floats, Frame
from alerts.detectors.common.sensor_check import SensorCheck, SensorChecks
from alerts.detectors.replay import replay
from core.schema.detector import Detector
from tests.alerts.detectors.sample_devices import CELL, DAY, MAGNET, PER_DAY, START, magnet

HOUR = 6  # cells
INF = math.inf  # a cell of what cannot be true


def kinds_and_hours(values: list[float], sensor: SensorCheck) -> list[tuple[str, float]]:
    """The kind of each verdict, and hours from the first cell to it."""
    steps = [sensor.step(START + i * CELL, value)[1] for i, value in enumerate(values)]
    return [
        (verdict.kind, (verdict.at - START) / CELL / HOUR)
        for verdict in steps
        if verdict is not None
    ]


def lively(days: int) -> list[float]:
    return [20.0 + 0.01 * (i % 97) for i in range(days * PER_DAY)]


def test_a_value_that_stands_still_for_six_hours_is_stuck_until_it_moves() -> None:
    values = [*lively(30), *([20.5] * (10 * HOUR)), 20.6]
    (stuck, at), (well, again) = kinds_and_hours(values, SensorCheck("room_temp_c"))
    assert (stuck, well) == ("stuck", "normal")
    assert 720 + 6 < at <= 720 + 6.5
    assert again > 730


def test_a_meter_with_coarse_steps_that_often_rests_is_not_stuck() -> None:
    values = [float(90 - i // (20 * HOUR)) for i in range(60 * PER_DAY)]
    assert kinds_and_hours(values, SensorCheck("helium_level_pct")) == []


def test_a_level_that_rightly_rests_is_not_stuck() -> None:
    flat = [41.5] * (90 * PER_DAY)
    assert kinds_and_hours(flat, SensorCheck("disk_used_pct", may_rest=True)) == []
    weekly = [float(90 - i // (7 * PER_DAY)) for i in range(150 * PER_DAY)]
    stuck = [
        at
        for kind, at in kinds_and_hours(weekly, SensorCheck("battery_pct", may_rest=True))
        if kind == "stuck"
    ]
    assert len(stuck) <= 1, "it learns that this is how the meter moves"


def test_a_helium_meter_that_usually_flickers_is_stuck_when_it_no_longer_does() -> None:
    values = [*lively(30), *([20.5] * (10 * HOUR)), 20.6]
    assert [
        kind for kind, _ in kinds_and_hours(values, SensorCheck("helium_level_pct", may_rest=True))
    ] == [
        "stuck",
        "normal",
    ]


def test_a_disk_that_stands_still_teaches_its_detector() -> None:
    settings = Detector(id="disk_use", kind="depletion", metric="x", worth=0.1, sided="up")
    at = START + np.arange(40 * PER_DAY, dtype=np.int64) * CELL
    kinds = [verdict.kind for verdict in replay(settings, Frame(at, {"x": np.full(len(at), 41.5)}))]
    assert set(kinds) == {"learning", "normal"}


def test_silence_is_absent_until_a_value_comes() -> None:
    values = [*lively(30), *([math.nan] * (8 * HOUR)), 20.6]
    assert [kind for kind, _ in kinds_and_hours(values, SensorCheck("room_temp_c"))] == [
        "absent",
        "normal",
    ]


def used(values: list[float], sensor: SensorCheck) -> list[float]:
    return [sensor.step(START + i * CELL, value)[0] for i, value in enumerate(values)]


def test_what_cannot_be_is_impossible_and_never_used() -> None:
    values = [20.0, INF, INF, 21.0, INF, INF, INF, INF, 22.0]
    assert kinds_and_hours(values, SensorCheck("room_temp_c")) == [
        ("impossible", 7 / 6),
        ("normal", 9 / 6),
    ]
    assert [not math.isnan(value) for value in used(values, SensorCheck("room_temp_c"))] == [
        not math.isinf(value) for value in values
    ]


def test_an_impossible_sensor_is_so_since_its_first_such_cell() -> None:
    sensor = SensorCheck("room_temp_c")
    steps = [sensor.step(START + i * CELL, value) for i, value in enumerate([20.0, *[INF] * 3])]
    assert [verdict.since for _, verdict in steps if verdict is not None] == [START + CELL]


def test_a_sensor_that_speaks_hourly_can_be_impossible_too() -> None:
    hourly = [value for _ in range(3) for value in (INF, *[math.nan] * 5)]
    assert [
        kind for kind, _ in kinds_and_hours([*lively(30), *hourly], SensorCheck("room_temp_c"))
    ] == ["impossible"]


def test_a_long_silence_forgets_what_was_impossible_before_it() -> None:
    silence = [math.nan] * (8 * HOUR)
    values = [*lively(30), INF, INF, *silence, INF, 20.5, *silence, INF, INF, INF]
    assert [kind for kind, _ in kinds_and_hours(values, SensorCheck("room_temp_c"))] == [
        "absent",
        "normal",
        "absent",
        "impossible",
    ]


def test_a_sensor_that_only_ever_was_impossible_and_falls_silent_is_absent() -> None:
    values = [*[INF] * (30 * PER_DAY), *[math.nan] * (8 * HOUR)]
    assert [kind for kind, _ in kinds_and_hours(values, SensorCheck("room_temp_c"))] == [
        "impossible",
        "absent",
    ]


@pytest.mark.parametrize("meanwhile", [math.nan, INF])
def test_a_value_that_comes_back_as_it_went_did_not_stand_still(meanwhile: float) -> None:
    values = [*lively(30), *[20.5] * (2 * HOUR), *[meanwhile] * (9 * HOUR), *[20.5] * (2 * HOUR)]
    kinds = [kind for kind, _ in kinds_and_hours(values, SensorCheck("room_temp_c"))]
    assert kinds in (["absent", "normal"], ["impossible", "normal"])


@pytest.mark.servers  # as long as one
def test_a_stuck_sensor_raises_no_alarm_and_hides_no_later_one() -> None:
    frame = magnet(100, onset=70)
    y = frame.columns["magnet_temp_c"]
    y[50 * PER_DAY : 53 * PER_DAY] = y[50 * PER_DAY]
    verdicts = list(replay(MAGNET, frame))
    kinds = [verdict.kind for verdict in verdicts if verdict.kind in ("stuck", "absent")]
    assert "stuck" in kinds
    alarms = [(verdict.at - START) / DAY for verdict in verdicts if verdict.alarm]
    assert 70 < alarms[0] < 76


def test_spikes_are_not_a_drift() -> None:
    frame = magnet(60)
    rng = np.random.default_rng(3)
    spikes = rng.choice(60 * PER_DAY, 60, replace=False)
    frame.columns["magnet_temp_c"][spikes] += rng.normal(0, 5.0, 60)
    assert [verdict.at for verdict in replay(MAGNET, frame) if verdict.alarm] == []


def test_what_was_never_heard_is_not_absent() -> None:
    assert kinds_and_hours([math.nan] * (60 * PER_DAY), SensorCheck("outdoor_temp_c")) == []


def any_column(rng: np.random.Generator) -> Floats:
    """Stretches of what a sensor may do, each as long as it likes."""
    stretches: list[Floats] = []
    while sum(map(len, stretches)) < 2_000:
        n = int(rng.integers(1, 400))
        hourly = np.where(np.arange(n) % 6 == 0, rng.normal(20, 1, n), math.nan)
        ways = (
            rng.normal(20, 1, n),
            rng.normal(20, 1, n).round(),
            np.full(n, rng.choice([0.0, 20.5])),
            np.full(n, math.nan),
            np.full(min(n, 5), INF),
            hourly,
        )
        stretches.append(ways[rng.integers(len(ways))])
    return np.concatenate(stretches)


def in_a_run(column: Floats) -> Bools:
    """Of equal values, gaps left out."""
    same = column[1:] == column[:-1]
    return np.asarray(np.append(False, same) | np.append(same, False))


@pytest.mark.parametrize("may_rest", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_cells_taken_together_say_what_they_say_step_by_step(seed: int, may_rest: bool) -> None:
    rng = np.random.default_rng(seed)
    column = any_column(rng)
    at = START + np.arange(len(column), dtype=np.int64) * CELL
    settings = Detector(id="d", kind="depletion" if may_rest else "drift", metric="x", worth=1.0)
    together = SensorChecks(algorithm_class(settings.kind)(settings))
    [sensor] = together.each
    alone = replace(sensor)
    cells, verdicts = Frame(at, {"x": column.copy()}), []
    for row in range(0, len(at), 150):
        verdicts += together.clean(cells.rows(slice(row + 150)), row)
    steps = [
        alone.step(int(moment), float(value)) for moment, value in zip(at, column, strict=True)
    ]
    assert verdicts == [verdict for _, verdict in steps if verdict is not None]
    assert repr(sensor) == repr(alone)  # NaN equals nothing
    stuck = np.isnan(cells.columns["x"])  # also from the beginning of a run that was too long
    assert np.array_equal(cells.columns["x"][~stuck], column[~stuck])
    assert not np.isfinite([value for value, _ in steps])[stuck & ~in_a_run(column)].any()
