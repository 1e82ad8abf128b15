"""Events for each unit of use: a raised rate is found, a busy month is not one."""

import itertools
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detectors.base import Floats, Frame
from alerts.detectors.event_rate.increments import increases, increments, is_running_total
from alerts.detectors.event_rate.model import band, log_likelihood_ratio
from alerts.detectors.event_rate.training import EventRate
from core.schema.detector import Detector
from tests.alerts.detectors.daily import CELLS, T0, alarms, daily_results, delay, frame
from tests.support.examples import seeds

ARCS = Detector(id="arcs", kind="counts", metric="tube_arc_count", per="tube_scan_s")
PER_DAY = Detector(id="mains", kind="counts", metric="input_bad_lines_count")
RATE = 0.0006  # arcs for each scan second
LEARNED = 90


def tube(days: int, seed: int, raised: float = 1.0, since: int = 10**6, busy: float = 1.0) -> Frame:
    """A CT: scans on six days of seven, from 8 to 16 UTC; arcs come with them, some days more."""
    chance = np.random.default_rng(seed)
    scans, arcs = np.zeros(days * CELLS), np.zeros(days * CELLS)
    for day in range(days):
        if day % 7 == 1:
            continue
        work = slice(day * CELLS + 48, day * CELLS + 96)
        scans[work] = chance.gamma(2.0, 30.0, 48) * (busy if day >= LEARNED else 1.0)
        rate = RATE * (raised if day >= LEARNED + since else 1.0) * chance.gamma(5.0, 0.2)
        arcs[work] = chance.poisson(rate * scans[work])
    return frame(days, tube_arc_count=np.cumsum(arcs), tube_scan_s=np.cumsum(scans) + 5e6)


@pytest.mark.parametrize("seed", seeds(3))
def test_two_and_a_half_times_the_arcs_are_found_before_a_limit_on_the_daily_number_sounds(
    seed: int,
) -> None:
    cells = tube(180, seed, raised=2.5, since=30)
    results = daily_results(EventRate(ARCS), cells, LEARNED)
    days_late = delay(results, 2.0, 30)
    assert days_late is not None
    assert days_late <= 30
    assert not [day for day in alarms(results, 2.0) if day < 30]
    daily = np.diff(cells.columns["tube_arc_count"][CELLS - 1 :: CELLS], prepend=0.0)
    limit = 1.5 * daily[:LEARNED].max()  # a limit without false alarms in a year lies higher still
    beyond = [day for day in range(30, 90) if daily[LEARNED + day] > limit]
    assert not beyond or days_late < beyond[0]


def test_a_rate_ten_times_as_high_is_found_within_days() -> None:
    results = daily_results(EventRate(ARCS), tube(120, seed=4, raised=10.0, since=10), LEARNED)
    days_late = delay(results, 2.0, 10)
    assert days_late is not None
    assert days_late <= 2


def test_since_lies_near_the_day_on_which_it_began() -> None:
    results = daily_results(EventRate(ARCS), tube(180, seed=1, raised=3.0, since=30), LEARNED)
    since = results[-1].since
    assert since is not None
    assert abs((since - T0) / 86_400_000 - (LEARNED + 30)) <= 7


@pytest.mark.parametrize("seed", seeds(3))
def test_a_healthy_year_is_left_alone_and_so_are_three_times_as_many_scans(seed: int) -> None:
    assert not alarms(daily_results(EventRate(ARCS), tube(365 + LEARNED, seed), LEARNED), 2.0)
    assert not alarms(daily_results(EventRate(ARCS), tube(180, seed, busy=3.0), LEARNED), 2.0)


def test_the_alarm_ends_when_the_rate_is_usual_again() -> None:
    ill, well = tube(150, seed=2, raised=5.0, since=10), tube(150, seed=3)
    columns = {}
    for name, values in ill.columns.items():
        more = well.columns[name]
        columns[name] = np.concatenate([values, values[-1] + more - more[0]])
    results = daily_results(EventRate(ARCS), frame(300, **columns), LEARNED)
    assert results[59].z >= 5.0
    assert results[60 + 20].z < 2.5


def test_a_new_tube_whose_counters_begin_at_zero_is_no_event_and_no_use() -> None:
    cells = tube(180, seed=1)
    half = 120 * CELLS + 70  # in the middle of a day
    for values in cells.columns.values():
        values[half:] -= values[half]
    results = daily_results(EventRate(ARCS), cells, LEARNED)
    assert not alarms(results, 2.0)
    model = EventRate(ARCS).fit(cells)
    day = model.day(
        Frame(
            cells.at[half - 20 : half + 20],
            {n: v[half - 20 : half + 20] for n, v in cells.columns.items()},
        ),
        0,
    )
    assert 0 <= day["use"] < 10_000


def test_a_history_without_an_event_does_not_make_the_first_one_an_alarm() -> None:
    cells = tube(180, seed=1)
    arcs = cells.columns["tube_arc_count"]
    arcs[:] = np.arange(len(arcs)) >= 120 * CELLS + 60
    assert not alarms(daily_results(EventRate(ARCS), cells, LEARNED), 2.0)
    arcs[125 * CELLS :] += np.arange(len(arcs) - 125 * CELLS) // CELLS
    assert alarms(daily_results(EventRate(ARCS), cells, LEARNED), 2.0)


def test_without_a_counter_of_use_it_is_events_a_day_and_a_silent_week_is_no_quiet_one() -> None:
    chance = np.random.default_rng(5)
    bad = chance.poisson(3.0 / CELLS, 150 * CELLS).astype(float)
    bad[120 * CELLS :] += chance.poisson(4.5 / CELLS, 30 * CELLS)
    cells = frame(150, input_bad_lines_count=np.cumsum(bad))
    cells.columns["input_bad_lines_count"][100 * CELLS : 104 * CELLS] = np.nan
    results = daily_results(EventRate(PER_DAY), cells, LEARNED)
    first = alarms(results, 2.0)[0]
    assert 30 <= first <= 50
    assert results[14].expected == pytest.approx(5 * 3.0, rel=0.2)  # five days in one number


def test_numbers_a_row_are_known_from_a_total_by_how_they_fall() -> None:
    chance = np.random.default_rng(6)
    numbers = chance.poisson(2.0, 200).astype(float)
    assert not is_running_total(numbers)
    assert not is_running_total(np.where(np.arange(200) % 9 == 0, 1.0, 0.0))
    assert is_running_total(np.cumsum(numbers))
    assert is_running_total(np.concatenate([np.cumsum(numbers[:100]), np.cumsum(numbers[100:])]))
    assert is_running_total(np.zeros(9))
    assert is_running_total(np.full(9, np.nan))


def test_numbers_a_row_and_their_total_teach_the_same() -> None:
    cells = tube(120, seed=1)
    single = {n: np.diff(v, prepend=v[0]) for n, v in cells.columns.items()}
    total, rows = EventRate(ARCS).fit(cells), EventRate(ARCS).fit(Frame(cells.at, single))
    assert (total.is_total, rows.is_total, rows.is_use_total) == (True, False, False)
    assert rows.usual == pytest.approx(total.usual, rel=1e-6)


finite = st.floats(min_value=0, max_value=1e9) | st.just(float("nan"))


@given(
    st.lists(finite, min_size=1, max_size=40), st.booleans(), st.integers(min_value=1, max_value=40)
)
def test_increments_are_never_negative_and_depend_on_no_later_row(
    values: list[float], is_total: bool, known: int
) -> None:
    column = np.array(values)
    rise = increases(column, is_total)
    assert not (rise < 0).any()
    assert np.array_equal(increases(column[:known], is_total), rise[:known], equal_nan=True)


@given(
    st.lists(st.tuples(finite, finite), min_size=1, max_size=40),
    st.booleans(),
    st.integers(min_value=1, max_value=40),
)
def test_use_is_counted_over_the_same_stretch_as_the_events_and_never_ahead(
    rows: list[tuple[float, float]], is_total: bool, known: int
) -> None:
    at = T0 + 600_000 * np.arange(len(rows), dtype=np.int64)
    metric, per = (np.array(column) for column in zip(*rows, strict=True))
    events, use = increments(at, metric, per, is_total, True)
    early = increments(at[:known], metric[:known], per[:known], is_total, True)
    assert np.array_equal(early[0], events[:known], equal_nan=True)
    assert np.array_equal(early[1], use[:known], equal_nan=True)
    assert not (np.isfinite(events) & ~np.isfinite(use)).any()


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=2, max_size=30))
def test_a_total_that_only_rises_gives_back_every_event(numbers: list[int]) -> None:
    total = np.cumsum(np.array(numbers, dtype=float))
    assert np.nansum(increases(total, True)) == pytest.approx(total[-1] - total[0])


def test_the_same_evidence_as_the_two_laws_themselves() -> None:
    nbinom = pytest.importorskip("scipy.stats").nbinom
    events: Floats = np.arange(12.0)
    for mean, ratio, spread in itertools.product((0.3, 5.0), (2.0, 8.0), (0.1, 1.0)):
        size = 1 / spread
        laws = [nbinom(size, size / (size + m)) for m in (ratio * mean, mean)]
        expected = laws[0].logpmf(events) - laws[1].logpmf(events)
        assert log_likelihood_ratio(
            events, np.array(mean), np.array(ratio), spread
        ) == pytest.approx(expected)


def test_the_band_holds_99_of_100_days() -> None:
    chance = np.random.default_rng(1)
    for mean, spread in itertools.product((0.0, 0.4, 3.0, 50.0), (0.0, 0.2)):
        lasting = chance.gamma(1 / max(spread, 1e-6), max(spread, 1e-6), 20_000)
        events = chance.poisson(mean * lasting)
        low, high = band(mean, spread)
        assert ((events >= low) & (events <= high)).mean() >= 0.985


def test_too_little_use_is_refused_with_words() -> None:
    with pytest.raises(ValueError, match="8 days with use are too few"):
        EventRate(ARCS).fit(tube(10, seed=1))


def test_a_model_survives_pickling_and_being_kept_as_plain_values() -> None:
    model = EventRate(ARCS).fit(tube(60, seed=1))
    assert pickle.loads(pickle.dumps(model)) == model
    assert EventRate(ARCS).restored(json.loads(json.dumps(model.state()))) == model
