"""When a level reaches its limit: by its days, whatever the last hours looked like."""

import numpy as np
import pytest

from alerts.detectors.base import Limit
from tests.alerts.detectors.depletion.levels import USE, frame_of, judged, level, lost, rounded
from tests.alerts.detectors.sample_devices import DAY, PER_DAY, START, slow


@pytest.mark.parametrize("seed", [1, 3])
def test_while_a_fast_loss_is_watched_a_slow_leak_is_foretold_by_its_days(seed: int) -> None:
    days, leak = 72, 0.12
    wander = slow(np.random.default_rng(seed), days * PER_DAY, 0.12)
    values = level(days, 0.1, seed=seed) + wander
    values -= lost(days, leak, begin=50) + lost(days, 16.0, begin=66.5, end=66.75)
    reached = 140.0
    limit = Limit(90.1 - USE * reached - leak * (reached - 50.0) - 4.0, "below")
    verdicts = judged(rounded(values, 0.1), limits=[limit])
    watched = [v for v in verdicts if "loss" in v.carried_by and not v.is_news]
    over = [v for v in watched if (v.at - START) / DAY > 68.5]
    assert len(over) == 3
    for verdict in over:
        assert verdict.limit_at is not None
        assert abs((verdict.limit_at - START) / DAY - reached) < 7.0


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_on_the_days_of_a_fast_loss_its_hours_tell_and_not_the_days_before(seed: int) -> None:
    days = 68
    wander = slow(np.random.default_rng(seed), days * PER_DAY, 0.12)
    values = level(days, 0.1, seed=seed) + wander - lost(days, 0.12, begin=50)
    values -= lost(days, 16.0, begin=66.5, end=66.75)
    limit = Limit(90.1 - USE * 140.0 - 0.12 * 90.0 - 4.0, "below")
    verdicts = judged(rounded(values, 0.1), limits=[limit])
    for verdict in [v for v in verdicts if "loss" in v.carried_by and not v.is_news]:
        assert verdict.limit_at is not None
        assert (verdict.limit_at - START) / DAY < 140.0


def test_a_forecast_is_not_half_a_day_late() -> None:
    use, day = 0.23, np.arange(36 * PER_DAY) / PER_DAY
    values = 90.0 - use * day + np.random.default_rng(1).normal(0.0, 0.005, len(day))
    late = []
    for quarter in range(4):  # a forecast is good to a day: of limits reached at all hours the mean
        limit = 70.0 + use * (quarter + 0.5) / 4.0
        reached = START + (90.0 - limit) / use * DAY
        last = judged(frame_of(values), limits=[Limit(limit, "below")])[-1]
        assert last.limit_at is not None
        late.append((last.limit_at - reached) / DAY)
    assert abs(float(np.mean(late))) < 0.25
