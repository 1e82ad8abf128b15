"""What the daily detectors promise: early on their own fault, silent on a healthy device."""

from collections.abc import Callable

import numpy as np
import pytest

from alerts.detectors.base import DetectorVerdict, Frame, Limit
from alerts.detectors.replay import replay
from core.schema.detector import Detector
from tests.alerts.detectors.sample_devices import (
    DAY,
    HELIUM,
    MAGNET,
    PER_DAY,
    START,
    TUBE,
    helium,
    housing,
    magnet,
    tube,
)

ONSET = 70
Make = Callable[..., Frame]


def first_alarm(verdicts: list[DetectorVerdict]) -> float | None:
    """Days after the onset."""
    return next(((verdict.at - START) / DAY - ONSET for verdict in verdicts if verdict.alarm), None)


@pytest.mark.parametrize(
    ("settings", "make", "limit", "within"),
    [(MAGNET, magnet, 32.1, 5), (TUBE, tube, 55.0, 25), (HELIUM, helium, 60.0, 12)],
    ids=["magnet", "tube", "helium"],
)
def test_a_slow_fault_is_seen_in_time_and_before_the_plain_limit(
    settings: Detector, make: Make, limit: float, within: float
) -> None:
    frame = make(100, onset=ONSET)
    verdicts = list(replay(settings, frame))
    delay = first_alarm(verdicts)
    assert delay is not None
    assert 0 < delay <= within
    y = frame.columns[settings.metric]
    beyond = np.flatnonzero(y < limit if settings is HELIUM else y > limit)
    plain = frame.at[beyond[0]] if len(beyond) else frame.at[-1] + DAY
    assert START + (ONSET + delay) * DAY < plain


def test_a_load_that_is_known_by_the_hour_finds_a_tube_that_cools_badly_a_little_later() -> None:
    frame = tube(100, onset=ONSET)
    by_hour = np.repeat(frame.columns["scan_load"].reshape(-1, 6).mean(axis=1), 6)
    columns = {**frame.columns, "scan_load": by_hour}
    delay = first_alarm(list(replay(TUBE, Frame(frame.at, columns))))
    assert delay is not None
    assert 0 < delay <= 25


@pytest.mark.parametrize(
    ("settings", "make"), [(MAGNET, magnet), (HELIUM, helium)], ids=["magnet", "helium"]
)
def test_a_healthy_year_passes_in_silence(settings: Detector, make: Make) -> None:
    verdicts = list(replay(settings, make(365, seed=2)))
    assert [verdict.kind for verdict in verdicts if verdict.alarm] == []
    assert sum(verdict.kind == "normal" for verdict in verdicts) > 330


def test_a_verdict_uses_nothing_that_came_after_it() -> None:
    frame = tube(90, onset=ONSET)
    whole = list(replay(TUBE, frame))
    for days in (30, 61, 85):
        rows = int(np.searchsorted(frame.at, START + days * DAY, side="right"))
        cut = Frame(frame.at[:rows], {n: c[:rows] for n, c in frame.columns.items()})
        assert list(replay(TUBE, cut)) == whole[: len(list(replay(TUBE, cut)))]


def test_a_verdict_says_what_was_expected_since_when_and_what_carried_it() -> None:
    last = list(replay(MAGNET, magnet(90, onset=ONSET)))[-1]
    assert last.kind == "anomaly"
    assert last.carried_by == ("mean",)
    assert last.since is not None
    assert abs((last.since - START) / DAY - ONSET) < 4
    assert last.value is not None
    assert last.expected is not None
    assert last.high is not None
    assert abs(last.expected - 32.0) < 0.05
    assert last.value > last.high


def test_the_forecast_of_a_drift_holds_the_day_on_which_the_limit_is_reached() -> None:
    frame = magnet(84, onset=ONSET)
    last = list(replay(MAGNET, frame, limits=[Limit(32.25, "above")]))[-1]
    assert last.limit_at is not None
    assert last.limit_at_low is not None
    truth = ONSET + 21 * 0.25 / 0.3
    assert abs((last.limit_at - START) / DAY - truth) < 3
    assert last.limit_at_low <= last.limit_at


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
def test_the_forecast_of_what_the_load_adds_is_of_a_usual_week(seed: int) -> None:
    """The limit is the mean of the weeks' highest temperatures once the constant has grown by 10 %."""
    frame = tube(94, seed=seed, onset=ONSET)
    load, room = frame.columns["scan_load"], frame.columns["room_temp_c"]
    ill = housing(load, room, np.full(len(load), 1.1))
    weeks = ill[: len(ill) // (7 * PER_DAY) * 7 * PER_DAY].reshape(-1, 7 * PER_DAY)
    limit = float(weeks.max(axis=1).mean())
    last = list(replay(TUBE, frame, limits=[Limit(limit, "above")]))[-1]
    assert last.carried_by == ("gain",)
    assert last.limit_at is not None
    assert last.limit_at_low is not None
    reached = START + (ONSET + 42) * DAY
    assert abs(last.limit_at - reached) < 0.2 * (reached - last.at)
    assert last.limit_at_low < reached < (last.limit_at_high or np.inf)


def test_a_level_tells_the_days_that_are_left_even_when_nothing_is_wrong() -> None:
    last = list(replay(HELIUM, helium(60), limits=[Limit(70.0, "below")]))[-1]
    assert not last.alarm
    assert last.limit_at is not None
    truth = (82.0 - 70.0) / 0.05
    assert abs((last.limit_at - START) / DAY - truth) < 0.2 * truth


def test_a_drift_that_is_not_worth_telling_is_not_told() -> None:
    worthless = MAGNET.model_copy(update={"worth": 1.0})
    assert first_alarm(list(replay(worthless, magnet(100, onset=ONSET)))) is None


def test_a_change_for_the_better_is_no_alarm() -> None:
    frame = tube(100, onset=ONSET)
    y = frame.columns["tube_housing_temp_c"]
    healthy = tube(100).columns["tube_housing_temp_c"]
    cooler = Frame(frame.at, {**frame.columns, "tube_housing_temp_c": 2 * healthy - y})
    assert first_alarm(list(replay(TUBE, cooler))) is None


def test_a_recalibrated_sensor_is_no_drift() -> None:
    frame = magnet(100)
    frame.columns["magnet_temp_c"][ONSET * 144 + 60 :] += 0.4
    assert first_alarm(list(replay(MAGNET, frame))) is None


def test_a_recalibrated_sensor_hides_no_fault() -> None:
    frame = tube(100, onset=ONSET)
    for day, step in ((ONSET + 8, -3.0), (ONSET + 14, 4.0)):
        frame.columns["tube_housing_temp_c"][day * PER_DAY + 60 :] += step
    delay = first_alarm(list(replay(TUBE, frame)))
    assert delay is not None
    assert 0 < delay <= 25
