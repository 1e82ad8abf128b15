"""Tickets: the states they may take, and the clock of what the vendor promised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import HOUR, MINUTE
from core.covered import Hours, always
from core.errors import RefusedError
from maintenance import assets, sla, stock, tickets
from maintenance.sla import Promise, Step
from maintenance.stock import Need, advice
from storage.records import Contract, Part, Vendor
from storage.records import house as stored
from storage.records.tickets import TicketState
from tests.maintenance.cast import KABUL, T0, House, at

WEEK = Hours(frozenset({"mon", "tue", "wed", "thu", "fri"}), 9 * 60, 17 * 60, KABUL)
PROMISE = Promise(WEEK, response=4 * HOUR, resolution=16 * HOUR)


def a_ticket(house: House, now: int = T0) -> int:
    with house.write(now) as db:
        if stored.vendors(db) == []:
            db.add(Vendor(id="maker", name="Maker"))
            db.flush()
            db.add(
                Contract(
                    vendor_id="maker",
                    number="C-1",
                    starts_on="2025-01-01",
                    ends_on="2025-12-31",
                    days=["mon"],
                    response_h=4,
                )
            )
            db.flush()
            assets.sheet_of(db, house.site, "ct-1", now).contract_id = stored.contracts(db)[0].id
        ticket = tickets.open_ticket(
            db, device="ct-1", vendor="maker", subject="Arcs", text="", by="sara", now=now
        )
        return ticket.id


def test_a_ticket_is_a_draft_under_the_contract_of_its_device(house: House) -> None:
    number = a_ticket(house)
    with house.look() as db:
        ticket = tickets.get(db, number)
        assert (ticket.state, ticket.contract_id) == ("draft", 1)
        assert len(ticket.token) == 16
        promise = sla.promise_of(stored.contract_of(db, "ct-1"), KABUL)
    assert promise == Promise(Hours(frozenset({"mon"}), 0, 1440, KABUL), 4 * HOUR, None)


def test_no_state_can_be_reached_but_along_the_table(house: House) -> None:
    number = a_ticket(house)
    states: tuple[TicketState, ...] = tuple(tickets.NEXT)
    for before in states:
        for after in states:
            with house.write(T0) as db:
                tickets.get(db, number).state = before
            if after not in tickets.NEXT[before]:
                with pytest.raises(RefusedError), house.write(T0) as db:
                    tickets.move(db, number, after, by="sara", now=T0)


def test_a_remote_session_is_logged_with_who_when_and_by_whose_leave(house: House) -> None:
    number = a_ticket(house)
    with house.write(T0) as db:
        tickets.move(db, number, "sent", by="sara", now=T0)
        session = tickets.begin_session(
            db, number, person="service", allowed_by="sara", now=T0 + HOUR, way="VPN"
        )
        tickets.end_session(db, session.id, by="sara", now=T0 + 2 * HOUR, done="read the log")
        with pytest.raises(RefusedError):
            tickets.end_session(db, session.id, by="sara", now=T0, done="again")
    with house.look() as db:
        ticket = tickets.get(db, number)
        [row] = ticket.sessions
        states = [step.state for step in ticket.steps]
    assert (row.person, row.allowed_by, row.ended_at) == ("service", "sara", T0 + 2 * HOUR)
    assert states == ["draft", "sent", "remote_session", "acknowledged"]


def test_the_clock_by_hand() -> None:
    # Sent Thursday 15:00: 2 h that day, Friday 8 h; answered Friday 10:00 after 2 + 1 = 3 h. It waits
    # for us from Friday 12:00 to Monday 11:00, and is solved on Tuesday 12:00:
    # 2 + 3 + (17 - 11) + 3 = 14 h of 16.
    steps = [
        Step("draft", at("2025-01-09 14:00")),
        Step("sent", at("2025-01-09 15:00")),
        Step("acknowledged", at("2025-01-10 10:00")),
        Step("waiting_us", at("2025-01-10 12:00")),
        Step("acknowledged", at("2025-01-13 11:00")),
        Step("solved", at("2025-01-14 12:00")),
    ]
    now = at("2025-02-01 00:00")
    response = sla.response_clock(steps, PROMISE, now)
    assert (response.used, response.is_over, response.is_broken) == (3 * HOUR, True, False)
    resolution = sla.resolution_clock(steps, PROMISE, now)
    assert (resolution.used, resolution.is_broken, resolution.due) == (14 * HOUR, False, None)


def test_the_deadline_is_told_in_time_and_stands_still_while_they_wait_for_us() -> None:
    sent = [Step("draft", at("2025-01-09 14:00")), Step("sent", at("2025-01-09 15:00"))]
    clock = sla.response_clock(sent, PROMISE, at("2025-01-09 16:00"))
    assert clock.due == at("2025-01-10 11:00"), "2 h on Thursday, 2 on Friday"
    late = sla.response_clock(sent, PROMISE, at("2025-01-10 11:01"))
    assert (late.is_broken, late.due) == (True, None)
    waits = [*sent, Step("waiting_us", at("2025-01-09 16:00"))]
    assert sla.resolution_clock(waits, PROMISE, at("2025-01-20 00:00")).due is None


def test_a_case_that_comes_back_is_counted_anew() -> None:
    steps = [
        Step("draft", T0),
        Step("sent", T0),
        Step("solved", T0 + HOUR),
        Step("closed", T0 + 2 * HOUR),
        Step("sent", T0 + 50 * HOUR),
    ]
    anew = Promise(always(KABUL), None, 10 * HOUR)
    clock = sla.resolution_clock(steps, anew, T0 + 53 * HOUR)
    assert (clock.used, clock.is_over, clock.due) == (3 * HOUR, False, T0 + 60 * HOUR)


states_ = st.sampled_from(["sent", "acknowledged", "waiting_us", "waiting_part", "solved"])


@given(st.lists(st.tuples(states_, st.integers(0, 5000)), max_size=6), st.integers(0, 10_000))
@settings(max_examples=50)
def test_the_clock_only_ever_goes_forward_until_it_is_sent_anew(
    moves: list[tuple[TicketState, int]], later: int
) -> None:
    when, steps = T0, [Step("draft", T0), Step("sent", T0)]
    for state, minutes in moves:
        when += minutes * MINUTE
        if state != "sent":
            steps.append(Step(state, when))
    now = sla.resolution_clock(steps, PROMISE, when)
    then = sla.resolution_clock(steps, PROMISE, when + later * MINUTE)
    assert now.used <= then.used
    assert not now.is_broken or then.is_broken
    assert then.used <= when + later * MINUTE - T0


# ---- Parts -------------------------------------------------------------------------------------------


def test_the_shelf_never_holds_less_than_nothing(house: House) -> None:
    with house.write(T0) as db:
        db.add(Part(id="fan", name="Fan", minimum=1))
        db.flush()
        stock.move(db, "fan", "received", 2, by="sara", now=T0)
        with pytest.raises(RefusedError, match="only 2"):
            stock.move(db, "fan", "scrapped", 3, by="sara", now=T0)
        with pytest.raises(RefusedError, match="which"):
            stock.move(db, "fan", "used", 1, by="sara", now=T0)
        assert stock.move(db, "fan", "counted", 5, by="sara", now=T0).quantity == 3
    with house.look() as db:
        assert stored.stock(db) == {"fan": 5}


def test_whether_to_order_depends_on_the_shelf_the_need_and_the_way() -> None:
    part = Part(id="tube", name="Tube", minimum=0, lead_days=60)
    day = 24 * HOUR
    assert advice(part, 0, Need(None), T0) == "enough"
    assert advice(part, 0, Need(T0 + 100 * day), T0) == "enough"
    assert advice(part, 0, Need(T0 + 80 * day), T0) == "order_now"
    assert advice(part, 0, Need(T0 + 59 * day), T0) == "too_late"
    assert advice(part, 1, Need(T0 + 59 * day), T0) == "enough", "one is here"
    part.minimum = 2
    assert advice(part, 1, Need(None), T0) == "order_now"
