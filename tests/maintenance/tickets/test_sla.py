"""The clock of a ticket: covered hours of the contract, standing still while the vendor waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.clock import DAY, HOUR, MINUTE
from core.time.covered_hours import Hours, always
from core.vocabulary.tickets import TicketState
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.sla import Promise, Step, promise_of, resolution_clock, response_clock
from storage.records import Contract
from tests.maintenance.cast import KABUL, T0, at

WORK = Hours(frozenset(("sun", "mon", "tue", "wed", "thu")), 9 * 60, 17 * 60, KABUL)
FOUR_SIXTEEN = Promise(WORK, 4 * HOUR, 16 * HOUR)
SUNDAY = "2025-01-05"


def steps(*told: tuple[TicketState, str]) -> list[Step]:
    return [Step(state, at(when)) for state, when in told]


SENT: tuple[TicketState, str] = ("sent", f"{SUNDAY} 15:00")


def test_an_answer_is_due_after_so_many_covered_hours() -> None:
    clock = response_clock(steps(("draft", f"{SUNDAY} 14:00"), SENT), FOUR_SIXTEEN, at("2025-01-05 20:00"))  # fmt: skip
    assert clock.used == 2 * HOUR
    assert clock.due == at("2025-01-06 11:00"), "two hours on Sunday, two on Monday"
    assert not clock.is_over


def test_nothing_runs_over_the_weekend() -> None:
    clock = response_clock(
        steps(("sent", "2025-01-09 16:30")), FOUR_SIXTEEN, at("2025-01-12 08:00")
    )
    assert (clock.used, clock.due) == (30 * MINUTE, at("2025-01-12 12:30"))


@pytest.mark.parametrize(("answer", "broken"), [("11:00", False), ("11:01", True)])
def test_a_promise_is_broken_from_its_end_on(answer: str, broken: bool) -> None:
    told = steps(SENT, ("acknowledged", f"2025-01-06 {answer}"))
    clock = response_clock(told, FOUR_SIXTEEN, at("2025-02-01 00:00"))
    assert (clock.is_over, clock.due, clock.is_broken) == (True, None, broken)


def test_the_vendor_s_clock_stands_still_while_it_waits_for_us() -> None:
    told = steps(
        ("sent", "2025-01-05 09:00"),
        ("acknowledged", "2025-01-05 10:00"),
        ("waiting_us", "2025-01-05 11:00"),  # for eight working hours
        ("acknowledged", "2025-01-06 11:00"),
        ("waiting_part", "2025-01-06 12:00"),  # their part: it runs
        ("solved", "2025-01-07 09:00"),
    )
    waiting = resolution_clock(told[:3], FOUR_SIXTEEN, at("2025-01-06 10:00"))
    assert (waiting.used, waiting.due) == (2 * HOUR, None)
    clock = resolution_clock(told, FOUR_SIXTEEN, at("2025-02-01 00:00"))
    assert (clock.used, clock.is_over, clock.is_broken) == (8 * HOUR, True, False)


def test_a_case_that_is_sent_again_has_a_new_clock() -> None:
    told = steps(
        ("sent", "2025-01-05 09:00"),
        ("closed", "2025-01-08 09:00"),
        ("sent", "2025-01-12 09:00"),
    )
    clock = resolution_clock(told, FOUR_SIXTEEN, at("2025-01-12 10:00"))
    assert (clock.used, clock.is_over) == (HOUR, False)


def test_without_a_promise_there_is_no_deadline() -> None:
    clock = resolution_clock(steps(SENT), Promise(WORK, None, None), at("2025-03-01 00:00"))
    assert (clock.due, clock.is_broken) == (None, False)


def test_a_contract_counts_in_its_own_zone() -> None:
    contract = Contract(
        vendor_id="v",
        number="C",
        starts_on="2025-01-01",
        ends_on="2025-12-31",
        days=["mon"],
        opens="08:00",
        closes="24:00",
        zone="Europe/Berlin",
        response_h=1.5,
    )
    promise = promise_of(contract, KABUL)
    assert promise is not None
    assert (promise.response, promise.resolution) == (90 * MINUTE, None)
    [(opens, closes)] = promise.hours.between(T0, T0 + 7 * DAY)
    assert (opens, closes) == (at("2025-01-06 11:30"), at("2025-01-07 03:30"))
    assert promise_of(None, KABUL) is None


states = st.lists(
    st.tuples(st.sampled_from(tuple(tickets.NEXT)), st.integers(0, 10 * DAY)), max_size=8
)


@given(states, st.integers(0, 80 * DAY), st.integers(0, 20 * DAY))
def test_a_clock_is_never_ahead_of_the_time_and_its_deadline_is_when_it_breaks(
    told: list[tuple[TicketState, int]], later: int, promised: int
) -> None:
    when, rows = T0, [Step("draft", T0)]
    for state, waits in told:
        when += waits
        rows.append(Step(state, when))
    now = when + later
    promise = Promise(always(KABUL), promised, promised)
    clock = resolution_clock(rows, promise, now)
    assert 0 <= clock.used <= now - T0
    if clock.due is not None:
        assert not clock.is_broken
        assert not resolution_clock(rows, promise, clock.due).is_broken
        assert resolution_clock(rows, promise, clock.due + 1).is_broken
