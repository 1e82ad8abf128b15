"""Remote help: who asked, who allowed, until when, to what; over by itself, and never twice at once."""

from typing import Any

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.bundle.device_facts import notes_of
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets.remote_help import (
    BY_ITSELF,
    LONGEST,
    begin_session,
    end_overdue_sessions,
    end_session,
)
from storage.records import Audit, RemoteSession, Ticket, TicketStep, Vendor
from storage.records import tickets as ticket_rows
from storage.records.base import all_rows
from tests.maintenance.cast import T0, House

BY = "engineer"


def a_ticket(house: House, state: str = "draft") -> int:
    with house.change(T0, BY) as tx:
        tx.db.add(Vendor(id="maker", name="The maker"))
        tx.db.flush()
        number = tickets.open_ticket(tx, "ct-1", "maker", "Arcs").id
        tickets.find(tx.db, number).state = state  # type: ignore[assignment]
        return number


def let_in(house: House, number: int, at: int = T0, person: str = "A. Expert", **how: Any) -> int:
    with house.change(at, BY) as tx:
        return begin_session(tx, number, person, BY, **how).id


def session(house: House, number: int) -> RemoteSession:
    with house.look() as db:
        return db.get_one(RemoteSession, number)


def overdue(house: House, now: int) -> list[int]:
    return end_overdue_sessions(house.records, house.site, now)


def test_a_remote_session_says_who_when_and_by_whose_leave(house: House) -> None:
    number = a_ticket(house)
    with pytest.raises(RefusedError), house.change(T0) as tx:
        begin_session(tx, number, "A. Expert", allowed_by=BY)  # a draft
    with house.change(T0) as tx:
        tickets.move(tx, number, "sent")
    with house.change(T0 + HOUR) as tx:
        session = begin_session(tx, number, "A. Expert", allowed_by=BY, way="VPN").id
    with house.change(T0 + 2 * HOUR) as tx:
        end_session(tx, session, "looked at the log")
    refused = pytest.raises(RefusedError, match="no open remote session")
    with refused, house.change(T0 + 3 * HOUR) as tx:
        end_session(tx, session, "again")
    with house.look() as db:
        seen = [(step.state, step.at) for step in ticket_rows.ticket_steps(db, number)]
        [visit] = db.get_one(Ticket, number).sessions
        assert (visit.person, visit.allowed_by, visit.way) == ("A. Expert", BY, "VPN")
        assert (visit.began_at, visit.ended_at) == (T0 + HOUR, T0 + 2 * HOUR)
    assert seen == [
        ("draft", T0),
        ("sent", T0),
        ("remote_session", T0 + HOUR),
        ("acknowledged", T0 + 2 * HOUR),
    ]


def test_who_asked_what_is_open_and_until_when_is_written_down(any_house: House) -> None:
    number = a_ticket(any_house, "sent")
    how: dict[str, Any] = {
        "way": " TeamViewer ",
        "requested_by": "Omar",
        "opened": "service PC",
        "planned": 2 * HOUR,
    }
    row = session(any_house, let_in(any_house, number, **how))
    assert (row.requested_by, row.allowed_by, row.way, row.opened) == ("Omar", BY, "TeamViewer", "service PC")  # fmt: skip
    assert (row.began_at, row.planned_end, row.ended_at) == (T0, T0 + 2 * HOUR, None)
    other = session(any_house, let_in(any_house, number, person="B. Expert"))
    assert (other.requested_by, other.planned_end) == ("B. Expert", T0 + HOUR)
    with any_house.look() as db:
        assert [row.person for row in ticket_rows.open_sessions(db)] == ["A. Expert", "B. Expert"]
        who = {row.who for row in all_rows(db, Audit) if row.what == "remote_sessions"}
    assert who == {BY}


def test_the_same_person_is_not_in_twice(house: House) -> None:
    number = a_ticket(house, "sent")
    first = let_in(house, number)
    with pytest.raises(RefusedError, match="Expert is in already"):
        let_in(house, number, T0 + 1)
    with house.change(T0 + MINUTE, BY) as tx:
        end_session(tx, first, "Looked")
    assert let_in(house, number, T0 + HOUR) == first + 1


@pytest.mark.parametrize("planned", [0, -HOUR, LONGEST + 1])
def test_nobody_is_let_in_for_no_time_or_for_ever(house: House, planned: int) -> None:
    number = a_ticket(house, "sent")
    with pytest.raises(RefusedError, match="up to 24 hours"):
        let_in(house, number, planned=planned)


def test_one_that_nobody_ends_is_over_at_its_planned_end_with_a_word(any_house: House) -> None:
    number = a_ticket(any_house, "sent")
    first = let_in(any_house, number)
    assert overdue(any_house, T0 + HOUR - 1) == []
    assert overdue(any_house, T0 + 3 * HOUR) == [first]
    assert overdue(any_house, T0 + 3 * HOUR) == []
    row = session(any_house, first)
    assert (row.ended_at, row.ended_by, row.done) == (T0 + HOUR, BY_ITSELF, "")
    with any_house.look() as db:
        last = all_rows(db, TicketStep)[-1]
        assert db.get_one(Ticket, number).state == "acknowledged"
    assert (last.who, last.note) == (
        BY_ITSELF, "remote session was over by itself: see that the way in is closed",
    )  # fmt: skip
    with any_house.change(T0 + DAY, BY) as tx:
        end_session(tx, first, "Changed a table")
    row = session(any_house, first)
    assert (row.ended_at, row.done) == (T0 + HOUR, "Changed a table")
    with pytest.raises(RefusedError, match="no open remote session"), any_house.change(T0) as tx:
        end_session(tx, first, "Something else")


def test_while_another_is_in_the_ticket_stays_in_its_state(house: House) -> None:
    number = a_ticket(house, "sent")
    let_in(house, number)
    let_in(house, number, person="B. Expert", planned=3 * HOUR)
    assert overdue(house, T0 + 2 * HOUR) == [1]
    with house.look() as db:
        assert db.get_one(Ticket, number).state == "remote_session"
    assert overdue(house, T0 + 4 * HOUR) == [2]
    with house.look() as db:
        assert db.get_one(Ticket, number).state == "acknowledged"


def test_one_of_before_there_was_a_planned_end_waits_for_a_person(house: House) -> None:
    number = let_in(house, a_ticket(house, "sent"))
    with house.change(T0) as tx:
        tx.db.get_one(RemoteSession, number).planned_end = None
    assert overdue(house, T0 + 30 * DAY) == []


def test_it_is_in_the_bundle_without_names(house: House) -> None:
    number = a_ticket(house, "sent")
    first = let_in(house, number, way="VPN", opened="service PC", requested_by="Omar")
    with house.change(T0 + 30 * MINUTE, BY) as tx:
        end_session(tx, first, "Reset the inverter")
    let_in(house, number, T0 + HOUR)
    with house.look() as db:
        notes = notes_of(db, "ct-1", T0 + DAY)
        assert notes_of(db, "cbct-1", T0 + DAY) == []
    assert [(note.at, note.kind, note.text) for note in notes] == [
        (T0 + HOUR, "remote help", "not over yet"),
        (T0, "remote help", "VPN. open: service PC. 30 min long. Reset the inverter"),
    ]
