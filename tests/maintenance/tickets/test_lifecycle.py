"""Tickets: which state may follow which, the thread, and under which contract."""

import pytest

from core.errors import RefusedError
from maintenance.assets.register import sheet_of
from maintenance.tickets import lifecycle as tickets
from storage.records import Contract, Ticket, Vendor
from tests.maintenance.cast import T0, House, at

BY = "engineer"


@pytest.fixture
def served(house: House) -> House:
    """The CT is under a contract for 2025; another vendor exists."""
    with house.change(T0) as tx:
        db = tx.db
        db.add_all([Vendor(id="maker", name="The maker"), Vendor(id="other", name="Other")])
        db.flush()
        terms = {"starts_on": "2025-01-04", "ends_on": "2025-12-31", "days": ["sun"]}
        contract = Contract(vendor_id="maker", number="C-7", **terms)  # type: ignore[arg-type]
        db.add(contract)
        db.flush()
        sheet_of(tx, "ct-1").contract_id = contract.id
    return house


def a_ticket(house: House, now: int = T0, vendor: str = "maker", device: str = "ct-1") -> int:
    with house.change(now, BY) as tx:
        return tickets.open_ticket(tx, device, vendor, " Arcs ").id


def test_no_state_can_be_reached_but_along_the_table(served: House) -> None:
    number = a_ticket(served)
    for before, allowed in tickets.NEXT.items():
        for after in tickets.NEXT:
            with served.write(T0) as db:
                tickets.find(db, number).state = before
            if after in allowed:
                with served.change(T0) as tx:
                    assert tickets.move(tx, number, after).state == after
                continue
            refused = pytest.raises(RefusedError, match=f"is {before}: it cannot become {after}")
            with refused, served.change(T0) as tx:
                tickets.move(tx, number, after)


@pytest.mark.parametrize(
    ("when", "vendor", "device", "covered"),
    [
        ("2025-01-04 00:00", "maker", "ct-1", True),  # the first minute, by the centre's clock
        ("2025-01-03 23:59", "maker", "ct-1", False),
        ("2025-12-31 23:59", "maker", "ct-1", True),
        ("2026-01-01 00:00", "maker", "ct-1", False),
        ("2025-06-01 12:00", "other", "ct-1", False),
        ("2025-06-01 12:00", "maker", "cbct-1", False),
    ],
)
def test_a_ticket_is_under_the_contract_that_holds_then(
    served: House, when: str, vendor: str, device: str, covered: bool
) -> None:
    number = a_ticket(served, at(when), vendor, device)
    with served.look() as db:
        assert (db.get_one(Ticket, number).contract_id is not None) == covered


def test_tokens_are_told_apart_and_cannot_be_guessed(served: House) -> None:
    numbers = [a_ticket(served) for _ in range(20)]
    with served.look() as db:
        tokens = {db.get_one(Ticket, number).token for number in numbers}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {16}


def test_what_goes_out_waits_and_a_note_stays_in_the_house(served: House) -> None:
    number = a_ticket(served)
    with served.change(T0) as tx:
        out = tickets.write(tx, number, "Please come", "out")
        note = tickets.write(tx, number, "They were rude", "note")
        assert (out.next_at, out.sent_at, note.direction) == (T0, None, "note")
    with pytest.raises(RefusedError, match="empty"), served.change(T0) as tx:
        tickets.write(tx, number, " \n", "out")


def test_a_message_moves_the_ticket_and_a_note_does_not(served: House) -> None:
    number = a_ticket(served)
    with served.change(T0) as tx:
        for direction, state in (("note", "draft"), ("out", "to_send"), ("in", "acknowledged")):
            tickets.write(tx, number, "Text", direction)  # type: ignore[arg-type]
            assert tickets.find(tx.db, number).state == state
        tickets.move(tx, number, "closed")
        tickets.write(tx, number, "It is back", "out")
        assert tickets.find(tx.db, number).state == "to_send"


@pytest.mark.parametrize(
    ("vendor", "subject", "why"),
    [("nobody", "Arcs", "no vendor 'nobody'"), ("maker", " ", "needs a subject")],
)
def test_a_ticket_to_nobody_or_about_nothing_is_refused(
    served: House, vendor: str, subject: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why), served.change(T0) as tx:
        tickets.open_ticket(tx, "ct-1", vendor, subject)
