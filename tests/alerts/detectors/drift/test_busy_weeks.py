"""The forecast of what the load adds: a busy week reaches a limit long before a usual one, and both are told."""

import numpy as np
import pytest

from alerts.detectors.base import DetectorVerdict, Floats, Limit, Side
from alerts.detectors.replay import replay
from alerts.detectors.statistics.limit_forecast import PathBundle, days_of_weeks, days_to_limit
from core.vocabulary.evidence import numbers_of
from tests.alerts.detectors.sample_devices import (
    DAY,
    PER_DAY,
    START,
    TUBE,
    housing,
    part,
    surroundings,
    tube,
)

ONSET, GROWS = 70, 42
SEEDS = range(20, 30)


def weekly(values: Floats) -> Floats:
    """The highest value of each week."""
    weeks = values[: len(values) // (7 * PER_DAY) * 7 * PER_DAY].reshape(-1, 7 * PER_DAY)
    return np.asarray(weeks.max(axis=1))


def usual_limit(seed: int, grown: float) -> float:
    """What a usual week comes to once the cooling constant has grown so far."""
    load, room = surroundings(np.random.default_rng(seed), 170)
    return float(weekly(housing(load, room, np.full(len(load), grown))).mean())


def verdicts_at(seed: int, limit: float, days: int) -> list[DetectorVerdict]:
    frame = part(tube(170, seed=seed, onset=ONSET), 0, days * PER_DAY)
    return list(replay(TUBE, frame, limits=[Limit(limit, "above")]))


def test_the_interval_holds_the_busy_week_and_the_usual_one_eight_times_of_ten() -> None:
    held_usual, held_busy = [], []
    for seed in SEEDS:
        limit, now = usual_limit(seed, 1.1), ONSET + 24
        last = verdicts_at(seed, limit, now)[-1]
        if not last.alarm:
            continue
        low, high = last.limit_at_low, last.limit_at_high or np.inf
        assert low is not None
        load, room = surroundings(np.random.default_rng(seed), 170)
        grown = 1 + 0.1 * np.maximum(0.0, np.arange(170 * PER_DAY) / PER_DAY - ONSET) / GROWS
        course = housing(load, room, grown)[now * PER_DAY :]
        busy = START + (now + int((course > limit).argmax()) / PER_DAY) * DAY
        held_usual.append(low <= START + (ONSET + GROWS) * DAY <= high)
        held_busy.append(low - DAY <= busy <= high)
    assert len(held_usual) >= 8
    assert np.mean(held_usual) >= 0.8
    assert np.mean(held_busy) >= 0.8


def test_a_forecast_does_not_jump_between_now_and_never() -> None:
    """The limit is what usual healthy weeks come to: half of them pass it."""
    limit = usual_limit(3, 1.0)
    alarms = [v for v in verdicts_at(3, limit, 140) if v.kind == "anomaly"]
    days = [None if v.limit_at is None else (v.limit_at - v.at) / DAY for v in alarms]
    assert len(days) > 40
    assert None not in days
    steps = np.abs(np.diff(np.array(days, dtype=float)))
    assert steps.max() < 20


@pytest.mark.parametrize(("side", "sign"), [("above", 1.0), ("below", -1.0)])
def test_a_busy_week_is_sooner_than_a_usual_one_on_either_side(side: Side, sign: float) -> None:
    usual: Floats = sign * 0.1 * np.arange(1.0, 721.0)[None]
    bundle = PathBundle(usual, np.ones(1), usual + sign * 2.5)
    assert days_of_weeks(bundle, sign * 3.45, side) == (9.5, 34.5)
    assert days_to_limit(bundle, sign * 3.45, side) == (9.5, 34.5, 34.5)


def test_of_two_readings_that_are_both_never_nothing_is_foretold() -> None:
    flat = PathBundle(np.zeros((3, 720)), np.ones(3), np.zeros((3, 720)))
    assert days_to_limit(flat, 1.0, "above") == (None, None, None)
    assert days_of_weeks(flat, 1.0, "above") == (None, None)


def test_both_weeks_are_told_with_the_verdict() -> None:
    limit = usual_limit(3, 1.1)
    last = verdicts_at(3, limit, ONSET + 24)[-1]
    busy, usual = numbers_of(last.evidence, "busy_week") or (0.0, 0.0)
    assert last.at <= busy < usual
    assert last.limit_at_low is not None
    assert last.limit_at_low <= busy
