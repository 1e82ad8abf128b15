"""Many sensors at once: what it finds, what it lets pass, and that it never looks ahead."""

import itertools
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detectors.base import Frame
from alerts.detectors.multivariate.model import Tuning
from alerts.detectors.multivariate.training import Multivariate, is_measurement
from tests.alerts.detectors.multivariate.water_loop import (
    LEARNED,
    SETTINGS,
    judged,
    learned,
    loop,
    rows_of,
)
from tests.support.examples import examples, seeds

FAULT = slice(700, 1000)


def test_a_flow_that_falls_is_found_within_a_window_and_named() -> None:
    verdicts = judged(loop(fault=FAULT))
    first = next(n for n, verdict in enumerate(verdicts, LEARNED) if verdict.alarm)
    assert FAULT.start <= first <= FAULT.start + 45
    assert verdicts[first - LEARNED].carried_by[0] == "flow_lpm"
    since = verdicts[first - LEARNED].since
    assert since is not None
    assert abs(since - loop().at[FAULT.start]) <= 45_000


def test_the_alarm_ends_soon_after_the_fault_does() -> None:
    alarms = [verdict.alarm for verdict in judged(loop(fault=FAULT))]
    assert all(alarms[FAULT.start + 45 - LEARNED : FAULT.stop - LEARNED])
    assert not any(alarms[FAULT.stop + 60 - LEARNED :])


def test_a_sound_loop_may_wander_slowly_and_a_fault_upon_it_is_found() -> None:
    """The flow settles one of its standard deviations away, within an hour."""
    frame, begins = loop(rows=9000), 3000
    frame.columns["flow_lpm"][:] += 0.5 * np.clip((np.arange(9000) - begins) / 3600, 0.0, 1.0)
    frame.columns["flow_lpm"][8000:8200] -= 1.5
    alarms = {}
    for follows in (500.0, 1e9):
        model = Multivariate(SETTINGS, Tuning(follows=follows)).fit(rows_of(frame, 0, begins))
        alarms[follows] = np.array([v.alarm for v in model.score(rows_of(frame, begins))])
    assert alarms[500.0][: 8000 - begins].mean() < 0.02
    assert alarms[500.0][8080 - begins : 8200 - begins].all()
    assert not alarms[500.0][8280 - begins :].any()
    assert alarms[1e9][: 8000 - begins].mean() > 0.2


def test_a_model_of_the_version_before_judges_on_as_it_was_learned() -> None:
    frame = loop(fault=FAULT)
    state = learned(frame).state()
    del state["level"]
    state["scales"] = np.ones(2)
    state["tuning"] = {"windows": [10, 45], "order": 4, "limit": 4.5, "clear": 0.1}
    model = Multivariate(SETTINGS).restored(state)
    alarms = [verdict.alarm for verdict in model.score(rows_of(frame, LEARNED))]
    assert all(alarms[FAULT.start + 45 - LEARNED : FAULT.stop - LEARNED])


def test_a_plain_limit_on_the_flow_finds_less_of_the_fault_at_the_price_of_more_false_alarms() -> (
    None
):
    frame = loop(fault=FAULT)
    flow = frame.columns["flow_lpm"]
    healthy = np.delete(flow, FAULT)[LEARNED:]
    limit = np.quantile(flow[:LEARNED], 0.005)
    ours = np.array([verdict.alarm for verdict in judged(frame)])
    in_fault = ours[FAULT.start - LEARNED : FAULT.stop - LEARNED]
    assert in_fault.mean() > (flow[FAULT] < limit).mean() + 0.1
    assert (
        np.delete(ours, slice(FAULT.start - LEARNED, FAULT.stop + 60 - LEARNED)).mean()
        <= (healthy < limit).mean()
    )


@pytest.mark.parametrize("seed", seeds(5))
def test_a_healthy_loop_is_left_alone(seed: int) -> None:
    frame = loop(rows=6000, seed=seed)
    model = Multivariate(SETTINGS).fit(rows_of(frame, 0, 3000))
    alarms = [verdict.alarm for verdict in model.score(rows_of(frame, 3000))]
    assert np.mean(alarms) < 0.01


@examples(15)
@given(st.lists(st.integers(min_value=1, max_value=799), max_size=4))
def test_any_cut_of_the_rows_gives_the_same_verdicts(cuts: list[int]) -> None:
    frame = loop(fault=FAULT)
    frame.columns["flow_lpm"][800:810] = np.nan
    whole = judged(frame)
    model, parts = learned(frame), []
    edges = [0, *sorted(set(cuts)), 800]
    for begin, end in itertools.pairwise(edges):
        parts += model.score(rows_of(frame, LEARNED + begin, LEARNED + end))
        model = Multivariate(SETTINGS).restored(model.state())
    assert [verdict.alarm for verdict in parts] == [verdict.alarm for verdict in whole]
    assert [v.score for v in parts] == pytest.approx([v.score for v in whole])
    assert [v.since for v in parts] == [v.since for v in whole]


@examples(10)
@given(st.integers(min_value=1, max_value=799))
def test_what_comes_later_changes_no_verdict(known: int) -> None:
    frame = loop(fault=FAULT)
    early = learned(frame).score(rows_of(frame, LEARNED, LEARNED + known))
    changed = loop(fault=FAULT)
    for values in changed.columns.values():
        values[LEARNED + known :] = 1e6
    assert judged(changed)[:known] == pytest.approx(early)


def test_silent_and_lost_sensors_neither_begin_nor_end_an_alarm() -> None:
    frame = loop(fault=FAULT)
    frame.columns["temperature_c"][500:600] = np.nan
    for values in frame.columns.values():
        values[800:850] = np.nan  # nothing is heard at all
    frame.at[900:] += 60_000
    del frame.columns["pressure_bar"]
    whole = loop(fault=FAULT)
    verdicts = learned(whole).score(rows_of(frame, LEARNED))
    alarms = [verdict.alarm for verdict in verdicts]
    assert not any(alarms[: FAULT.start - LEARNED])
    assert all(alarms[800 - LEARNED : 850 - LEARNED])
    assert all(np.isfinite(verdict.score) for verdict in verdicts)
    assert all(verdict.expected is None for verdict in verdicts[810 - LEARNED : 850 - LEARNED])
    assert not any(np.isnan(v.expected) for v in verdicts if v.expected is not None)


def test_after_a_long_silence_judging_begins_anew_without_the_old_rows() -> None:
    frame = loop()
    before, after = rows_of(frame, LEARNED, 800), rows_of(frame, 800)
    later = Frame(after.at + 3_600_000, {n: v + 0.0 for n, v in after.columns.items()})
    model = learned(frame)
    model.score(before)
    assert not any(verdict.alarm for verdict in model.score(later))


def test_a_column_that_rests_and_one_of_two_values_are_not_learned_from() -> None:
    frame = loop()
    frame.columns["anomaly"] = np.repeat([0.0, 1.0], 600)
    frame.columns["changepoint"] = (np.arange(1200) % 400 == 0).astype(float)
    frame.columns["spare_v"] = np.full(1200, 12.0)
    frame.columns["stuck_c"] = np.where(np.arange(1200) % 50 == 0, np.arange(1200.0), 20.0)
    assert learned(frame).features == ("flow_lpm", "pressure_bar", "temperature_c")
    assert not is_measurement(np.full(10, np.nan))


def test_with_beside_only_the_named_columns_are_watched() -> None:
    chosen = SETTINGS.model_copy(update={"beside": ["pressure_bar", "absent_c"]})
    model = Multivariate(chosen).fit(rows_of(loop(), 0, LEARNED))
    assert model.features == ("flow_lpm", "pressure_bar")


def test_the_own_metric_is_told_with_what_was_expected_of_it() -> None:
    verdict = judged(loop())[100]
    assert verdict.value is not None
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.low < verdict.value < verdict.high


def test_an_engineer_who_calls_alarms_false_makes_it_slower_to_sound() -> None:
    frame = loop(fault=FAULT, by=-0.9)
    model = learned(frame)
    deaf = replace(model, bias=1.0, alarm=replace(model.alarm))
    keen = replace(model, bias=-1.0, alarm=replace(model.alarm))
    rest = rows_of(frame, LEARNED)
    assert sum(v.alarm for v in deaf.score(rest)) < sum(v.alarm for v in keen.score(rest))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (rows_of(loop(), 0, 100), "100 rows are too few"),
        (Frame(loop().at, {"flow_lpm": np.ones(1200)}), "none of the columns moves"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_words(frame: Frame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Multivariate(SETTINGS).fit(frame)


def test_rows_too_far_apart_are_refused_with_words() -> None:
    chance = np.random.default_rng(3)
    at = np.cumsum(np.where(np.arange(300) % 3 == 0, 10_000_000, 1000)).astype(np.int64)
    with pytest.raises(ValueError, match="follow one another closely enough"):
        Multivariate(SETTINGS).fit(Frame(at, {"flow_lpm": chance.normal(size=300)}))


def test_rows_that_lead_up_to_the_new_ones_are_not_judged_twice() -> None:
    frame = loop(fault=FAULT)
    model, verdicts = learned(frame), []
    for end in range(LEARNED + 100, 1201, 100):
        verdicts += model.score(rows_of(frame, max(0, end - 700), end))
    assert verdicts == pytest.approx(judged(frame))


def test_a_model_survives_pickling() -> None:
    frame = loop(fault=FAULT)
    model = pickle.loads(pickle.dumps(learned(frame)))
    assert model.score(rows_of(frame, LEARNED)) == judged(frame)
