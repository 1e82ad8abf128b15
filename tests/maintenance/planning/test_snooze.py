"""What is put off comes back by itself, and never hides that it got worse."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, SECOND
from maintenance.planning.snooze import DayStanding, beyond_limit, snooze, snoozed, wake
from storage.records import Snooze
from storage.records import snoozes as snooze_rows
from storage.records.transaction import Transaction
from tests.maintenance.cast import T0, House, later

HOT = DayStanding("alert:1", "warning", 2.0)
DOWN = DayStanding("downtime:7", "error")


def reason_now(tx: Transaction, now: int, *standings: DayStanding) -> str:
    """Why the line that stands so is put off at that moment; empty if it is not."""
    tx.db.flush()
    row = snoozed(standings, snooze_rows.open_snoozes(tx.db, now))
    return "" if row is None else row.reason


def test_a_snooze_ends_by_itself(house: House) -> None:
    with house.change(T0) as tx:
        snooze(tx, [HOT], T0 + 2 * HOUR, "after the\nclinic")
        assert reason_now(tx, T0, HOT) == "after the clinic"
        assert reason_now(tx, T0 + 2 * HOUR - SECOND, HOT) == "after the clinic"
        assert reason_now(tx, T0 + 2 * HOUR, HOT) == ""


@pytest.mark.parametrize(
    "now_stands",
    [
        [HOT._replace(severity="error")],
        [HOT._replace(beyond=4.1)],
        [HOT, DOWN],  # since then the device is out of service
        [HOT, DayStanding("alert:2", "info")],  # and something else is wrong
        [HOT, DayStanding("order:3", "warning")],  # somebody else has begun
    ],
)
def test_what_got_worse_is_there_again(house: House, now_stands: list[DayStanding]) -> None:
    with house.change(T0) as tx:
        snooze(tx, [HOT], T0 + DAY, "known")
        assert reason_now(tx, T0 + HOUR, HOT._replace(severity="info", beyond=3.9)) == "known"
        assert reason_now(tx, T0 + HOUR, *now_stands) == ""


def test_the_last_word_counts_also_when_it_is_the_shorter(house: House) -> None:
    with house.change(T0) as tx:
        snooze(tx, [HOT, DOWN], T0 + DAY, "first")
        snooze(later(tx, T0 + 1), [HOT, DOWN], T0 + HOUR, "second")
        assert reason_now(tx, T0 + SECOND, HOT, DOWN) == "second"
        assert reason_now(tx, T0 + 2 * HOUR, HOT, DOWN) == ""


def test_it_may_be_taken_up_before(house: House) -> None:
    with house.change(T0) as tx:
        snooze(tx, [HOT], T0 + DAY, "known")
        wake(later(tx, T0 + HOUR), ["alert:1", "alert:99"])
        assert reason_now(tx, T0 + HOUR, HOT) == ""


def test_a_clock_that_was_ahead_hides_nothing_when_it_is_put_right(house: House) -> None:
    ahead = T0 + 11 * 365 * DAY
    with house.change(ahead) as tx:
        snooze(tx, [HOT], ahead + DAY, "known")
        assert reason_now(tx, ahead, HOT) == "known"
        assert reason_now(tx, T0, HOT) == ""


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [
        (T0, "known", "a time to come"),
        (T0 - DAY, "known", "a time to come"),
        (T0 + 8 * DAY, "known", "for 7 days at most"),
        (T0 + HOUR, " \u200b\n", "say why"),
        (T0 + HOUR, "x" * 501, "more than 500"),
    ],
)
def test_what_is_no_time_or_no_reason_is_refused(
    house: House, until: int, reason: str, words: str
) -> None:
    with house.change(T0) as tx:
        with pytest.raises(RefusedError, match=words):
            snooze(tx, [HOT], until, reason)
        assert tx.db.query(Snooze).count() == 0


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [(65.0, 60.0, 5.0), (55.0, 60.0, 5.0), (60.1, 60.0, 0.6), (None, 60.0, 0.0), (1.0, None, 0.0)],
)
def test_how_far_beyond_its_limit(
    value: float | None, limit: float | None, expected: float
) -> None:
    assert beyond_limit(value, limit) == pytest.approx(expected)


def test_a_line_of_nothing_is_not_put_off() -> None:
    assert snoozed([], {}) is None
