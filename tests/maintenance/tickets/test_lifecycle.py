"""Tickets: which state may follow which, the thread, who was let in, and under which contract."""

import pytest

from core.errors import RefusedError
from core.time.clock import HOUR
from maintenance.assets.register import sheet_of
from maintenance.tickets import lifecycle as tickets
from storage.records import Contract, Ticket, Vendor
from storage.records import tickets as ticket_rows
from tests.maintenance.cast import KABUL, T0, House, at

BY = "engineer"


@pytest.fixture
def served(house: House) -> House:
    """The CT is under a contract for 2025; another vendor exists."""
    with house.write(T0) as db:
        db.add_all([Vendor(id="maker", name="The maker"), Vendor(id="other", name="Other")])
        db.flush()
        terms = {"starts_on": "2025-01-04", "ends_on": "2025-12-31", "days": ["sun"]}
        contract = Contract(vendor_id="maker", number="C-7", **terms)  # type: ignore[arg-type]
        db.add(contract)
        db.flush()
        sheet_of(db, house.site, "ct-1", T0).contract_id = contract.id
    return house


def a_ticket(house: House, now: int = T0, vendor: str = "maker", device: str = "ct-1") -> int:
    with house.write(now) as db:
        return tickets.open_ticket(
            db,
            device=device,
            vendor=vendor,
            subject=" Arcs ",
            text="",
            by=BY,
            now=now,
            zone=KABUL,
        ).id


def test_no_state_can_be_reached_but_along_the_table(served: House) -> None:
    number = a_ticket(served)
    for before, allowed in tickets.NEXT.items():
        for after in tickets.NEXT:
            with served.write(T0) as db:
                tickets.get(db, number).state = before
            if after in allowed:
                with served.write(T0) as db:
                    assert tickets.move(db, number, after, by=BY, now=T0).state == after
                continue
            refused = pytest.raises(RefusedError, match=f"is {before}: it cannot become {after}")
            with refused, served.write(T0) as db:
                tickets.move(db, number, after, by=BY, now=T0)


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
    with served.write(T0) as db:
        out = tickets.write(db, number, "Please come", direction="out", by=BY, now=T0)
        note = tickets.write(db, number, "They were rude", direction="note", by=BY, now=T0)
        assert (out.next_at, out.sent_at, note.direction) == (T0, None, "note")
    with pytest.raises(RefusedError, match="empty"), served.write(T0) as db:
        tickets.write(db, number, " \n", direction="out", by=BY, now=T0)


def test_a_remote_session_says_who_when_and_by_whose_leave(served: House) -> None:
    number = a_ticket(served)
    with pytest.raises(RefusedError), served.write(T0) as db:
        tickets.begin_session(db, number, person="A. Expert", allowed_by=BY, now=T0)  # a draft
    with served.write(T0) as db:
        tickets.move(db, number, "sent", by=BY, now=T0)
        session = tickets.begin_session(
            db, number, person="A. Expert", allowed_by=BY, now=T0 + HOUR, way="VPN"
        ).id
    with served.write(T0) as db:
        tickets.end_session(db, session, by=BY, now=T0 + 2 * HOUR, done="looked at the log")
    with pytest.raises(RefusedError, match="no open remote session"), served.write(T0) as db:
        tickets.end_session(db, session, by=BY, now=T0 + 3 * HOUR, done="again")
    with served.look() as db:
        seen = [(step.state, step.at) for step in ticket_rows.ticket_steps(db, number)]
        [one] = db.get_one(Ticket, number).sessions
        assert (one.person, one.allowed_by, one.way) == ("A. Expert", BY, "VPN")
        assert (one.began_at, one.ended_at) == (T0 + HOUR, T0 + 2 * HOUR)
    assert seen == [
        ("draft", T0),
        ("sent", T0),
        ("remote_session", T0 + HOUR),
        ("acknowledged", T0 + 2 * HOUR),
    ]


@pytest.mark.parametrize(
    ("vendor", "subject", "why"),
    [("nobody", "Arcs", "no vendor 'nobody'"), ("maker", " ", "needs a subject")],
)
def test_a_ticket_to_nobody_or_about_nothing_is_refused(
    served: House, vendor: str, subject: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why), served.write(T0) as db:
        tickets.open_ticket(
            db, device="ct-1", vendor=vendor, subject=subject, text="", by=BY, now=T0
        )
