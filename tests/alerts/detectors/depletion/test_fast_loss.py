"""Helium that is lost within hours is told within hours; only a rise is a refill."""

import numpy as np
import pytest

from alerts.detectors.base import Frame
from alerts.detectors.runner import create_runner, restore_runner, train
from core.time.clock import DAY as DAY_MS
from tests.alerts.detectors.depletion.levels import (
    LIMITS,
    ONSET,
    alarms,
    frame_of,
    hours_late,
    judged,
    level,
    lost,
    rounded,
)
from tests.alerts.detectors.sample_devices import DAY, HELIUM, PER_DAY, START, part

STEPS = [0.0, 0.1, 1.0]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("pace", "within"), [(2.0, 8.0), (4.0, 4.0)])
def test_a_fast_loss_is_told_within_hours_whatever_the_meter_s_step(
    step: float, pace: float, within: float
) -> None:
    """A level just above a step of the coarse meter; one below it shows nothing for longer."""
    values = level(42, step, full=91.5, seed=2)
    verdicts = judged(rounded(values - lost(42, pace), step))
    assert hours_late(verdicts) <= within
    assert verdicts[-1].carried_by == ("loss",)
    assert verdicts[-1].limit_at is not None


@pytest.mark.parametrize("step", [0.0, 0.1])
def test_six_tenths_a_day_are_told_on_the_same_day_and_the_forecast_moves(step: float) -> None:
    verdicts = judged(rounded(level(52, step) - lost(52, 0.6), step))
    assert hours_late(verdicts) <= 24
    reached = START + (ONSET + (90.1 - USED - 60.0) / 0.64) * DAY
    late = [v for v in verdicts if v.alarm and v.at > START + (ONSET + 2) * DAY]
    assert all(v.limit_at and abs(v.limit_at - reached) < 12 * DAY for v in late)


@pytest.mark.parametrize("full", [91.65, 91.8, 92.0])
@pytest.mark.parametrize("pace", [2.0, 4.0])
def test_a_meter_of_whole_per_cents_tells_a_fast_loss_soon_after_its_first_step(
    full: float, pace: float
) -> None:
    frame = rounded(level(42, 1.0, full=full) - lost(42, pace), 1.0)
    shown = frame.columns["helium_level_pct"][ONSET * PER_DAY :]
    falls = np.flatnonzero(shown < 90.0)
    seen = falls[np.flatnonzero(np.diff(falls) == 1)[0]]  # two in a row: no flicker
    assert hours_late(judged(frame)) <= seen / 6.0 + 2.5


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("drop", [3.0, 6.0, 55.0])
def test_a_sudden_fall_is_told_within_the_hour(step: float, drop: float) -> None:
    values = level(41, step)
    values[ONSET * PER_DAY + 40 :] -= drop
    verdicts = judged(rounded(values, step))
    assert hours_late(verdicts, ONSET + 40 / PER_DAY) <= 1.0
    [told] = [verdict for verdict in verdicts if verdict.alarm][:1]
    assert told.value is not None
    assert told.value == pytest.approx(90.1 - drop - USED, abs=0.7)
    if drop > 50:
        assert told.limit_at == told.at


USED = 0.04 * ONSET


def test_value_and_forecast_follow_the_level_down_to_the_limit_and_then_it_is_now() -> None:
    verdicts = judged(rounded(level(58) - lost(58, 2.0), 0.1))
    days = [verdict for verdict in verdicts if verdict.alarm and not verdict.is_news]
    values = [verdict.value for verdict in days if verdict.value is not None]
    assert len(values) == len(days)
    assert all(-2.3 < change < -1.7 for change in np.diff(values[1:]))
    reached = START + (ONSET + (90.1 - USED - 60.0) / 2.04) * DAY
    ahead = [verdict for verdict in days if verdict.at < reached - DAY]
    assert all(v.limit_at and abs(v.limit_at - reached) < 0.7 * DAY for v in ahead[1:])
    assert all(v.limit_at == v.at for v in days if v.at > reached + DAY)
    crossed = [v for v in verdicts if v.is_news and v.limit_at == v.at]
    assert abs(crossed[0].at - reached) < DAY / 4, "told when it is reached"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("seed", [2, 3])
def test_a_healthy_level_with_refills_that_settle_is_left_alone(step: float, seed: int) -> None:
    values = level(150, step, seed=seed)
    since = np.arange(len(values)) / PER_DAY - 70.0
    values += np.where(since > 0, 4.0 + 1.5 * np.exp(-np.maximum(since, 0)), 0.0)
    assert alarms(judged(rounded(values, step))) == []


def test_a_loss_that_ends_is_over_after_three_days_and_leaves_no_drift() -> None:
    verdicts = judged(rounded(level(70) - lost(70, 3.0, end=ONSET + 2), 0.1))
    days = alarms(verdicts)
    assert ONSET + 4 < days[-1] < ONSET + 8


def test_six_per_cent_at_once_above_the_limit_are_told_and_then_over() -> None:
    values = level(60)
    values[ONSET * PER_DAY :] -= 6.0
    days = alarms(judged(rounded(values, 0.1)))
    assert days[0] < ONSET + 1 / 24
    assert days[-1] < ONSET + 8


def test_a_refill_ends_a_loss_and_another_one_on_the_same_day_is_told_within_the_hour() -> None:
    values = level(48)
    values[ONSET * PER_DAY :] -= 6.0
    refill, again = ONSET * PER_DAY + 60, ONSET * PER_DAY + 110
    values[refill:] += 8.0
    values[again:] -= 7.0
    verdicts = judged(rounded(values, 0.1))
    news = [((v.at - START) / DAY * PER_DAY, v.alarm) for v in verdicts if v.is_news]
    assert [alarm for _, alarm in news[:3]] == [True, False, True]
    assert 0 < news[1][0] - refill <= 6
    assert 0 < news[2][0] - again <= 6


def test_a_refill_does_not_hide_that_it_still_leaks() -> None:
    values = level(48) - lost(48, 2.0)
    values[42 * PER_DAY :] += 10.0
    verdicts = [v for v in judged(rounded(values, 0.1)) if v.at > START + (ONSET + 1) * DAY]
    assert all(verdict.alarm for verdict in verdicts)


def test_a_slow_ramp_that_begins_just_after_a_refill_is_found() -> None:
    values = level(70) - lost(70, 0.6, begin=ONSET + 1)
    values[ONSET * PER_DAY :] += 8.0
    days = alarms(judged(rounded(values, 0.1)))
    assert ONSET + 1 < days[0] < ONSET + 9


def test_a_meter_that_is_read_at_night_only_tells_a_loss_in_the_next_night() -> None:
    values = level(44) - lost(44, 2.0)
    values[np.arange(len(values)) % PER_DAY >= 36] = np.nan
    assert hours_late(judged(rounded(values, 0.1))) <= 30


def test_litres_are_judged_like_per_cents() -> None:
    litres = HELIUM.model_copy(update={"metric": "helium_l", "worth": 0.5})
    values = (level(42) - lost(42, 2.0)) * 17.0
    frame = Frame(frame_of(values).at, {"helium_l": np.round(values)})
    assert hours_late(judged(frame, litres, ())) <= 8


def test_a_lower_level_after_a_gap_of_three_days_is_told() -> None:
    values = level(45) - lost(45, 2.0, end=ONSET + 3)
    values[ONSET * PER_DAY : (ONSET + 3) * PER_DAY] = np.nan
    verdicts = judged(rounded(values, 0.1))
    assert ONSET + 3 < alarms([v for v in verdicts if v.kind == "anomaly"])[0] < ONSET + 3.2


@pytest.mark.parametrize("sentinel", [0.0, -1.0])
def test_what_a_meter_says_without_a_reading_is_no_quench(sentinel: float) -> None:
    values = np.round(level(45), 1)
    values[ONSET * PER_DAY : (ONSET + 1) * PER_DAY] = sentinel
    verdicts = judged(frame_of(values))
    assert alarms(verdicts) == []
    assert "impossible" in {verdict.kind for verdict in verdicts}


def test_one_wild_reading_is_no_loss() -> None:
    values = np.round(level(60), 1)
    values[np.arange(ONSET * PER_DAY, len(values), 100)] -= 30.0
    assert alarms(judged(frame_of(values))) == []


def test_any_cut_and_a_restart_tell_the_same_loss() -> None:
    frame = rounded(level(42) - lost(42, 2.0), 0.1)
    learned = 30 * PER_DAY + 1
    model = train(HELIUM, part(frame, 0, learned))

    def run(cuts: list[int]) -> list[object]:
        runner, verdicts, begin = create_runner(HELIUM, limits=LIMITS), [], 0
        for end in [*cuts, len(frame.at)]:
            verdicts += runner.feed(part(frame, begin, end))
            begin = end
            if end == learned:
                runner.adopt(model, part(frame, 0, end))
            runner = restore_runner(HELIUM, runner.state(), limits=LIMITS)
        return [*verdicts]

    whole = run([learned])
    assert whole == run([learned, *range(40 * PER_DAY + 5, 41 * PER_DAY, 7)])


def test_a_service_ends_it() -> None:
    frame = rounded(level(42) - lost(42, 2.0), 0.1)
    runner = create_runner(HELIUM, limits=LIMITS)
    learned = 30 * PER_DAY + 1
    runner.feed(part(frame, 0, learned))
    runner.adopt(train(HELIUM, part(frame, 0, learned)), part(frame, 0, learned))
    assert runner.feed(part(frame, learned, 41 * PER_DAY))[-1].alarm
    assert not runner.training_due(START + 99 * DAY_MS)
    runner.serviced(START + 41 * DAY_MS)
    assert not [v for v in runner.feed(part(frame, 41 * PER_DAY, 42 * PER_DAY)) if v.alarm]
