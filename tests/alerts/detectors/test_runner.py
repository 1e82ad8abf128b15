"""The runner: any cut of the rows, any restart, the same verdicts."""

import pickle
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detectors.base import DetectorModel, DetectorVerdict, Frame
from alerts.detectors.runner import create_runner, restore_runner, train
from tests.alerts.detectors.sample_devices import DAY, MAGNET, PER_DAY, START, magnet, part
from tests.support.examples import examples

FRAME = magnet(40, onset=32)
LEARNED = 30 * PER_DAY + 1
MODEL = train(MAGNET, part(FRAME, 0, LEARNED))
ROWS = len(FRAME.at)


def run(cuts: list[int], *, restart: bool) -> list[DetectorVerdict]:
    """Feed in these parts, adopt the model when its history is complete."""
    runner, verdicts, begin = create_runner(MAGNET), [], 0
    for end in sorted({*cuts, LEARNED, ROWS}):
        verdicts += runner.feed(part(FRAME, begin, end))
        begin = end
        if end == LEARNED:
            runner.adopt(MODEL, part(FRAME, 0, LEARNED))
        if restart:
            saved = pickle.loads(pickle.dumps(runner.state()))
            runner = restore_runner(MAGNET, saved)
    return verdicts


WHOLE = run([], restart=False)


@examples(8)
@given(st.lists(st.integers(1, ROWS), max_size=12), st.booleans())
def test_any_cut_and_any_restart_give_the_same_verdicts(cuts: list[int], restart: bool) -> None:
    assert run(cuts, restart=restart) == WHOLE


def test_rows_one_by_one_are_rows_all_at_once() -> None:
    singly_fed, fed_at_once = create_runner(MAGNET), create_runner(MAGNET)
    few = part(FRAME, 0, 3 * PER_DAY)
    verdicts = [v for i in range(len(few.at)) for v in singly_fed.feed(part(few, i, i + 1))]
    assert verdicts == fed_at_once.feed(few)
    assert [v.kind for v in verdicts] == ["learning", "learning"]


def test_it_learns_after_24_days_then_each_30_and_never_in_alarm() -> None:
    runner = create_runner(MAGNET)
    assert not runner.training_due(START)
    runner.feed(part(FRAME, 0, LEARNED))
    assert not runner.training_due(START + 23 * DAY)
    assert runner.training_due(START + 24 * DAY)
    runner.adopt(MODEL, part(FRAME, 0, LEARNED))
    assert not runner.training_due(START + 59 * DAY)
    assert runner.training_due(START + 60 * DAY)
    assert runner.feed(part(FRAME, LEARNED, ROWS))[-1].alarm
    assert not runner.training_due(START + 99 * DAY)


def test_a_service_ends_the_alarm_and_it_learns_anew() -> None:
    runner = create_runner(MAGNET)
    runner.feed(part(FRAME, 0, LEARNED))
    runner.adopt(MODEL, part(FRAME, 0, LEARNED))
    verdicts = runner.feed(part(FRAME, LEARNED, ROWS - PER_DAY))
    assert verdicts[-1].alarm
    runner.serviced(int(FRAME.at[ROWS - PER_DAY]))
    after = runner.feed(part(FRAME, ROWS - PER_DAY, ROWS))
    assert [v.alarm for v in after if v.alarm] == []
    assert not runner.training_due(int(FRAME.at[-1]))


def test_what_was_left_out_is_not_learned_from() -> None:
    spoiled = Frame(FRAME.at, {n: c.copy() for n, c in FRAME.columns.items()})
    begin, end = 10 * PER_DAY, 14 * PER_DAY
    shaken = np.random.default_rng(5).normal(0, 3.0, end - begin)
    spoiled.columns["magnet_temp_c"][begin:end] += shaken
    span = (int(FRAME.at[begin]), int(FRAME.at[end]))
    model = train(MAGNET, part(spoiled, 0, LEARNED), left_out=[span])
    assert abs(white_noise(model) - white_noise(MODEL)) < 0.002


def white_noise(model: DetectorModel) -> float:
    return cast(float, model.state()["white"])


def test_too_little_history_is_said_in_words() -> None:
    with pytest.raises(ValueError, match="fewer than 10 days of magnet_temp_c"):
        train(MAGNET, part(FRAME, 0, 9 * PER_DAY))


@pytest.mark.parametrize("minutes", [1, 5, 60])
def test_any_sampling_will_do(minutes: int) -> None:
    step = np.arange(START, START + 34 * DAY, minutes * 60_000, dtype=np.int64)
    healthy = magnet(34)
    columns = {n: np.interp(step, healthy.at, c) for n, c in healthy.columns.items()}
    frame = Frame(step, columns)
    runner = create_runner(MAGNET)
    runner.feed(frame)
    runner.adopt(train(MAGNET, frame), frame)
    more = step + 34 * DAY
    verdicts = runner.feed(Frame(more, columns))
    assert {v.kind for v in verdicts} == {"normal"}


def test_a_watch_is_small() -> None:
    runner = create_runner(MAGNET)
    runner.feed(part(FRAME, 0, LEARNED))
    runner.adopt(MODEL, part(FRAME, 0, LEARNED))
    assert len(pickle.dumps(runner.state())) < 200_000
