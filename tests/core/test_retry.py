"""Pauses between tries, and which failures are news."""

from hypothesis import given
from hypothesis import strategies as st

from core.retry import Backoff, FailureStreak

seconds = st.floats(0.001, 1e6)


def test_a_pause_doubles_up_to_the_longest() -> None:
    backoff = Backoff(first=10, longest=90)
    assert [backoff.pause(failures) for failures in (1, 2, 3, 4, 5, 9999)] == [
        10,
        20,
        40,
        80,
        90,
        90,
    ]


@given(seconds, seconds, st.integers(1, 10**9), st.floats(0, 1))
def test_a_spread_pause_stays_within_its_jitter(
    first: float, longest: float, failures: int, chance: float
) -> None:
    backoff = Backoff(first, longest, jitter=(0.5, 1.0))
    pause = backoff.pause(failures)
    assert min(first, longest) <= pause <= longest
    assert pause * 0.5 <= backoff.spread(pause, chance) <= pause
    assert Backoff(first, longest).spread(pause, chance) == pause


def test_a_failure_is_news_once_and_its_end_once() -> None:
    failures = FailureStreak()
    assert not failures.recovered()
    assert [failures.failed("no line") for _ in range(3)] == [True, False, False]
    assert (failures.failures, failures.reason) == (3, "no line")
    assert failures.recovered()
    assert not failures.recovered()
    assert (failures.failures, failures.reason) == (0, "")
    assert failures.failed("no line")


def test_another_reason_is_news_again() -> None:
    failures = FailureStreak()
    reasons = ["no line", "no line", "refused", "refused", "no line"]
    assert [failures.failed(reason) for reason in reasons] == [True, False, True, False, True]


def test_what_goes_on_is_said_again_after_a_while() -> None:
    failures = FailureStreak(remind_after=600)
    moments = [0, 599, 600, 601, 1200]
    assert [failures.failed("x", at) for at in moments] == [True, False, True, False, True]
    every_time = FailureStreak(remind_after=0)
    assert all(every_time.failed("x", 5) for _ in range(3))
