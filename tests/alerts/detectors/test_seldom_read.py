"""Values that are read by hand: what can be told is told, later; what cannot is never called normal."""

import numpy as np
import pytest

from alerts.detectors.base import DetectorVerdict, Frame
from alerts.detectors.replay import replay
from core.schema.detector import Detector
from tests.alerts.detectors.depletion.levels import alarms, frame_of, judged, level, lost
from tests.alerts.detectors.sample_devices import DAY, MAGNET, PER_DAY, START, magnet, tube

ONSET = 100


def every(frame: Frame, cells: int, first: int = 48) -> Frame:
    """One reading each so many cells."""
    return frame.rows(slice(first, None, cells))


def told(frame: Frame, settings: Detector = MAGNET) -> list[DetectorVerdict]:
    return list(replay(settings, frame))


@pytest.mark.parametrize(("a_day", "within"), [(3, 12), (1, 20)])
def test_a_magnet_read_by_hand_is_found_drifting_within_weeks(a_day: int, within: int) -> None:
    frame = every(magnet(140, onset=ONSET), PER_DAY // a_day)
    verdicts = told(frame)
    first = alarms(verdicts)[0]
    assert ONSET < first <= ONSET + within
    assert all(v.value is not None for v in verdicts if v.kind == "normal")


def test_a_helium_level_read_each_week_tells_a_leak_in_weeks_and_nothing_between() -> None:
    values = np.round(level(300) - lost(300, 0.3, begin=200), 1)
    verdicts = judged(every(frame_of(values), 7 * PER_DAY))
    days = alarms(verdicts)
    assert 200 < days[0] <= 200 + 35
    assert {v.kind for v in verdicts} <= {"learning", "cannot_judge", "normal", "anomaly"}
    assert {v.value for v in verdicts if v.kind == "cannot_judge"} == {None}


def test_a_fall_between_two_daily_readings_is_told_with_the_second() -> None:
    values = np.round(level(70), 1)
    values[60 * PER_DAY :] -= 6.0
    days = alarms(judged(every(frame_of(values), PER_DAY)))
    assert 60 < days[0] <= 61.5
    assert days[-1] <= 68


@pytest.mark.parametrize("cells", [PER_DAY, 7 * PER_DAY])
def test_whole_per_cents_read_by_hand_are_neither_stuck_nor_absent(cells: int) -> None:
    verdicts = judged(every(frame_of(np.round(level(200))), cells))
    assert {v.kind for v in verdicts} <= {"learning", "cannot_judge", "normal"}


def test_a_day_without_a_reading_is_not_normal_and_says_so() -> None:
    frame = magnet(60)
    frame.columns["magnet_temp_c"][50 * PER_DAY : 50 * PER_DAY + PER_DAY] = np.nan
    day = [v for v in told(frame) if v.at == START + 51 * DAY]
    assert [v.kind for v in day] == ["absent"]
    daily = every(magnet(80), PER_DAY)
    missed = daily.rows(np.arange(len(daily.at)) != 60)
    [verdict] = [v for v in told(missed) if v.at == START + 61 * DAY]
    assert (verdict.kind, verdict.reason) == ("cannot_judge", "nothing was measured on that day")


def test_what_cannot_learn_says_why_instead_of_learning_for_ever() -> None:
    arcs = Detector(id="arcs", kind="counts", metric="tube_arc_count", per="tube_scan_s")
    at = tube(40).at
    frame = Frame(at, {"tube_arc_count": np.cumsum(np.arange(len(at)) % 50 == 0).astype(float)})
    last = told(frame, arcs)[-1]
    assert last.kind == "cannot_judge"
    assert last.reason == "the use that events are counted by was never measured"


def test_three_weeks_of_readings_that_teach_nothing_are_said() -> None:
    frame = every(magnet(80), 14 * PER_DAY)
    kinds = {v.kind for v in told(frame) if v.at > START + 40 * DAY}
    assert kinds == {"cannot_judge"}


def test_relearning_does_not_absorb_a_slow_fault() -> None:
    """A rate that rises from day 80 on, found only after the models of days 84 and 114."""
    arcs = Detector(id="arcs", kind="counts", metric="arc_count", worth=1.5)
    chance = np.random.default_rng(5)
    rate = np.where(np.arange(170) < 95, 4.0, 5.6)
    daily = chance.poisson(rate)
    at = START + np.arange(170 * PER_DAY, dtype=np.int64) * 600_000
    total = np.cumsum(np.where(np.arange(len(at)) % PER_DAY == 60, np.repeat(daily, PER_DAY), 0))
    verdicts = told(Frame(at, {"arc_count": total.astype(float)}), arcs)
    learned = [v.expected for v in verdicts if v.expected is not None and v.at > START + 116 * DAY]
    assert max(learned[:5]) < 4.6


def test_a_day_without_a_cell_warns_of_no_empty_mean() -> None:
    frame = magnet(60)
    gone = (frame.at < START + 40 * DAY) | (frame.at >= START + 43 * DAY)
    assert "absent" in {v.kind for v in told(frame.rows(gone))}
