"""What cannot be true is refused before it is averaged, told as such, and never taken for a drift."""

import pickle
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detectors.base import DetectorModel, DetectorVerdict, Floats, Frame
from alerts.detectors.common.resample import IMPOSSIBLE, Resampler, only_plausible
from alerts.detectors.common.sensor_check import clean_cells
from alerts.detectors.replay import replay
from alerts.detectors.runner import algorithm_for, create_runner, restore_runner, train
from core.schema.detector import Detector
from tests.alerts.detectors.sample_devices import (
    CELL,
    DAY,
    HELIUM,
    MAGNET,
    PER_DAY,
    START,
    magnet,
    part,
)
from tests.support.examples import examples

TRUE = {"magnet_temp_c": (0.0, 60.0), "room_temp_c": (-20.0, 60.0)}
JUDGED = MAGNET.within(TRUE)
UNPLUGGED = 85.0  # what a DS18B20 says when it is not measuring


def cells_of(*values: float) -> list[float]:
    """Cells of rows a minute apart, ten to a cell."""
    at = START + np.arange(len(values) + 1, dtype=np.int64) * CELL // 10
    rows = Frame(at, {"magnet_temp_c": np.array([*values, np.nan])})
    cells: list[float] = (
        Resampler(["magnet_temp_c"], TRUE).add(rows).columns["magnet_temp_c"].tolist()
    )
    return cells


def test_one_wild_answer_does_not_spoil_the_mean_of_its_ten_minutes() -> None:
    assert cells_of(*[32.0] * 9, -999.0) == [32.0]
    assert cells_of(*[32.0] * 5, *[UNPLUGGED] * 5) == [32.0], "half of them speak for it"


def test_ten_minutes_of_which_more_is_refused_than_believed_are_impossible() -> None:
    assert cells_of(*[32.0] * 4, *[UNPLUGGED] * 6) == [IMPOSSIBLE]
    assert cells_of(*[np.nan] * 9, UNPLUGGED) == [IMPOSSIBLE]
    assert np.isnan(cells_of(*[np.nan] * 10)).all(), "silence is silence"


@given(st.lists(st.sampled_from([np.nan, 32.0, 33.0, UNPLUGGED, -999.0]), min_size=10, max_size=60))
def test_a_cell_is_made_of_what_can_be_true_or_not_at_all(values: list[float]) -> None:
    for value in cells_of(*values):
        assert np.isnan(value) or value == IMPOSSIBLE or 32.0 <= value <= 33.0


def spoiled(days: int) -> Frame:
    """A magnet each five minutes: a wild answer now and then, half a day of nothing else, a rest."""
    healthy = magnet(days)
    step = np.arange(START, START + days * DAY, CELL // 2, dtype=np.int64)
    columns = {n: np.interp(step, healthy.at, c) for n, c in healthy.columns.items()}
    rng = np.random.default_rng(11)
    temp, room = columns["magnet_temp_c"], columns["room_temp_c"]
    temp[rng.choice(len(step), 3 * days, replace=False)] = UNPLUGGED
    room[rng.choice(len(step), 3 * days, replace=False)] = -999.0
    temp[_days(27.0, 27.5)] = UNPLUGGED
    temp[_days(30.0, 30.6)] = 32.1
    room[_days(31.0, 31.2)] = 200.0
    return Frame(step, columns)


def _days(begin: float, end: float) -> slice:
    return slice(int(begin * 2 * PER_DAY), int(end * 2 * PER_DAY))


DAYS, LEARNED = 34, 26 * 2 * PER_DAY + 1
FRAME = spoiled(DAYS)
ROWS = len(FRAME.at)


@cache
def trained() -> DetectorModel:
    return train(JUDGED, part(FRAME, 0, LEARNED))


def run(cuts: list[int], *, restart: bool) -> list[DetectorVerdict]:
    """Feed in these parts, adopt the model when its history is complete."""
    runner, verdicts, begin = create_runner(JUDGED), [], 0
    for end in sorted({*cuts, LEARNED, ROWS}):
        verdicts += runner.feed(part(FRAME, begin, end))
        begin = end
        if end == LEARNED:
            runner.adopt(trained(), part(FRAME, 0, LEARNED))
        if restart:
            runner = restore_runner(JUDGED, pickle.loads(pickle.dumps(runner.state())))
    return verdicts


@cache
def whole() -> list[DetectorVerdict]:
    """Of all rows at once."""
    return run([], restart=False)


def test_every_fault_of_a_sensor_is_told_with_its_name_and_none_is_an_anomaly() -> None:
    faults = [
        (verdict.kind, verdict.carried_by)
        for verdict in whole()
        if verdict.score and verdict.carried_by
    ]
    sensor_faults = [
        verdict for verdict in faults if verdict[0] in ("stuck", "absent", "impossible")
    ]
    assert sensor_faults == [
        ("impossible", ("magnet_temp_c",)),
        ("stuck", ("magnet_temp_c",)),
        ("impossible", ("room_temp_c",)),
    ]
    assert not [verdict for verdict in whole() if verdict.alarm]


@examples(8)
@given(st.lists(st.integers(1, ROWS), max_size=12), st.booleans())
def test_any_cut_and_any_restart_tell_the_same_faults(cuts: list[int], restart: bool) -> None:
    assert run(cuts, restart=restart) == whole()


def test_what_was_kept_before_there_were_ranges_is_gone_on_with() -> None:
    runner = create_runner(MAGNET)
    verdicts = runner.feed(part(FRAME, 0, LEARNED))
    state = pickle.loads(pickle.dumps(runner.state()))
    del state["grid"]["refused"]
    for sensor in state["sensors"]:
        del sensor["bad_at"]
        sensor |= {"low": -np.inf, "high": np.inf}
    verdicts += restore_runner(JUDGED, state).feed(part(FRAME, LEARNED, ROWS))
    assert "impossible" in {verdict.kind for verdict in verdicts}


FAULTS: dict[str, float | None] = {"stuck": None, "absent": np.nan, "impossible": UNPLUGGED}


@pytest.mark.parametrize("column", ["magnet_temp_c", "room_temp_c"])
@pytest.mark.parametrize(("kind", "shown"), FAULTS.items())
def test_three_days_of_a_sensor_s_fault_are_no_anomaly(
    kind: str, shown: float | None, column: str
) -> None:
    frame = magnet(75)
    values: Floats = frame.columns[column]
    begin, end = 50 * PER_DAY, 53 * PER_DAY
    values[begin:end] = values[begin] if shown is None else shown
    verdicts = list(replay(JUDGED, frame))
    assert not [verdict.at for verdict in verdicts if verdict.alarm]
    assert (kind, (column,)) in {(verdict.kind, verdict.carried_by) for verdict in verdicts}


def test_a_probe_that_shows_85_each_half_hour_is_no_anomaly() -> None:
    frame = magnet(75)
    frame.columns["magnet_temp_c"][50 * PER_DAY : 53 * PER_DAY : 3] = UNPLUGGED
    assert [verdict.at for verdict in replay(MAGNET, frame) if verdict.alarm], (
        "it is, if it is believed"
    )
    assert not [verdict.at for verdict in replay(JUDGED, frame) if verdict.alarm]


def test_an_impossible_level_is_not_used_up() -> None:
    level = HELIUM.within({"helium_level_pct": (0.0, 110.0)})
    values = 82.0 - np.arange(70 * PER_DAY) * 0.05 / PER_DAY
    values += np.random.default_rng(2).normal(0, 0.08, len(values))
    values[50 * PER_DAY : 52 * PER_DAY] = -1.0
    at = START + np.arange(len(values), dtype=np.int64) * CELL
    verdicts = list(replay(level, Frame(at, {"helium_level_pct": values})))
    assert not [verdict.at for verdict in verdicts if verdict.alarm]
    assert "impossible" in {verdict.kind for verdict in verdicts}


def test_a_counter_that_shows_the_impossible_is_not_counted_and_not_called_stuck() -> None:
    counts = Detector(id="arcs", kind="counts", metric="arc_count", per="scan_s")
    frame = Frame(
        START + np.arange(9, dtype=np.int64) * CELL,
        {"arc_count": np.array([5.0, 5, 5, -1, -1, -1, -1, 6, 6]), "scan_s": np.full(9, 7.0)},
    )
    cells = clean_cells(algorithm_for(counts.within({"arc_count": (0.0, 1e8)})), frame)
    assert np.isnan(cells.columns["arc_count"]).tolist() == [False] * 3 + [True] * 4 + [False]
    assert create_runner(counts).feed(frame) == []


def test_a_detector_of_rows_is_not_shown_what_cannot_be_true() -> None:
    frame = Frame(np.arange(3, dtype=np.int64), {"a": np.array([1.0, -999.0, np.inf])})
    assert np.isnan(only_plausible(frame, {"a": (0.0, 9.0)}).columns["a"]).tolist() == [0, 1, 1]
