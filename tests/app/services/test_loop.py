"""The loop of a service: how often, how long it waits after a failure, and what it logs."""

import logging
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.services.loop import DueTime, Loop, kind
from core.errors import SourceError, StoreError

LOOP = Loop(logging.getLogger("a service"), every_s=1.0, longest_s=6.0)


class PacedError(StoreError):
    """Of a step that pauses by itself."""


class Stop(threading.Event):
    """Time passes only by waiting; set after so many pauses."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        return len(self.pauses) == self.after


def steps(*outcomes: object) -> Callable[[], object]:
    """One outcome after another: returned, or raised."""
    coming: Iterator[object] = iter(outcomes)

    def step() -> object:
        outcome = next(coming)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return step


def pauses(loop: Loop, *outcomes: object) -> list[float]:
    stop = Stop(len(outcomes))
    loop.run(steps(*outcomes), stop)
    return stop.pauses


def test_it_goes_on_at_once_while_there_is_more() -> None:
    assert pauses(LOOP, True, True, None, False, 3) == [0, 0, 1, 1, 1]


def test_it_waits_longer_after_each_failure_and_then_as_before() -> None:
    error = StoreError("locked")
    assert pauses(LOOP, None, error, error, error, error, None, error) == [1, 2, 4, 6, 6, 1, 2]


def test_a_step_that_pauses_by_itself_is_asked_as_often_as_before() -> None:
    loop = replace(LOOP, paced=(PacedError,))
    assert pauses(loop, PacedError("away"), PacedError("away"), None) == [1, 1, 1]


def test_a_failure_is_logged_once_and_once_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    locked, full = StoreError("locked"), StoreError("full")
    pauses(LOOP, None, locked, locked, full, full, None, None)
    assert caplog.messages == [
        "locked; trying again",
        "full; trying again",
        "the store answers again",
    ]


def test_texts_may_name_the_pause_and_failures_of_one_kind_are_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    loop = replace(
        LOOP, lost="%(error)s, again in %(pause)s", back="", reason=kind, remind_s=math.inf
    )
    pauses(loop, StoreError("locked"), StoreError("full"), PacedError("away"), None)
    assert caplog.messages == ["locked, again in 2 s", "away, again in 6 s"]


def test_once_does_all_there_is_and_hands_on_what_fails() -> None:
    stop = Stop(0)
    LOOP.run(steps(True, True, None), stop, once=True)
    assert stop.pauses == []
    with pytest.raises(StoreError, match="locked"):
        LOOP.run(steps(True, StoreError("locked")), stop, once=True)


def test_a_fault_of_ours_ends_it() -> None:
    with pytest.raises(SourceError):
        pauses(LOOP, SourceError("nobody expected this here"))


def test_told_to_stop_before_it_began_it_does_nothing() -> None:
    stop = threading.Event()
    stop.set()
    LOOP.run(steps(), stop)


def test_what_is_postponed_is_due_after_its_pause_or_when_the_clock_was_set_back() -> None:
    due = DueTime()
    assert due.is_due(0)
    due.postpone(1000, 50)
    assert [due.is_due(now) for now in (999, 1000, 1049, 1050)] == [True, False, False, True]
