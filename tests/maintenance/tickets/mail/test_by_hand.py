"""What Scanward does not send, a person does: ready for their mail program, and never called sent before."""

import pytest

from core.errors import RefusedError
from core.time.clock import HOUR, MINUTE
from maintenance.tickets import lifecycle as tickets
from maintenance.tickets import sla
from maintenance.tickets.delivery import delivery_of
from maintenance.tickets.mail.by_hand import HandMail, mail_by_hand
from storage.records import Vendor
from tests.maintenance.cast import House, at

T0 = at("2025-02-05 10:00")
ADDRESS = "help+ct@vendor.example"


@pytest.fixture
def number(house: House) -> int:
    """A ticket with a message that waits, in a site that sends no mail."""
    with house.change(T0) as tx:
        tx.db.add(Vendor(id="maker", name="The maker"))
        tx.db.flush()
        ticket = tickets.open_ticket(tx, "ct-1", "maker", "Arcs\r\nBcc: all@x.example")
        tickets.write(tx, ticket.id, "It arcs & hums; 50 %?\r\nسلام", "out")
        return ticket.id


def waiting(house: House, number: int, address: str = ADDRESS) -> HandMail:
    with house.look() as db:
        mail = mail_by_hand("Centre", tickets.find(db, number), address, [])
    assert mail is not None
    return mail


def test_a_link_holds_the_whole_mail_and_nothing_breaks_out_of_it(
    house: House, number: int
) -> None:
    mail = waiting(house, number)
    assert mail.link.startswith("mailto:help+ct@vendor.example?subject=%5BSCW-")
    assert mail.link.count("?") == mail.link.count("&body=") == 1
    assert "bcc=" not in mail.link.lower()
    assert "\n" not in mail.subject
    assert "%0D%0A" in mail.link
    assert mail.body.startswith("It arcs & hums; 50 %?\nسلام\n\n-- \nTicket 1 of Centre.")


def test_a_long_text_is_copied_and_without_an_address_there_is_no_link(
    house: House, number: int
) -> None:
    with house.change(T0 + 1) as tx:
        tickets.write(tx, number, "And so on. " * 400, "out")
    mail = waiting(house, number)
    assert not mail.holds_body
    assert mail.body.count("And so on.") == 400
    assert "It arcs" in mail.body  # both wait, so both go
    assert waiting(house, number, "").link == ""


def test_it_is_sent_when_a_person_says_so_and_the_clock_begins_then(
    house: House, number: int
) -> None:
    with house.change(T0 + HOUR) as tx:
        ticket = tickets.find(tx.db, number)
        assert (ticket.state, delivery_of(ticket, has_mail=False)) == ("to_send", "no_mail")
        tickets.confirm_sent(tx, number)
        assert delivery_of(ticket, has_mail=False) == "sent"
        assert mail_by_hand("Centre", ticket, ADDRESS, []) is None
        steps = [sla.Step(step.state, step.at) for step in ticket.steps]
    assert steps[1:] == [sla.Step("to_send", T0), sla.Step("sent", T0 + HOUR)]
    with (
        pytest.raises(RefusedError, match="no message that waits"),
        house.change(T0 + HOUR + MINUTE) as tx,
    ):
        tickets.confirm_sent(tx, number)


def test_what_came_back_may_be_sent_by_hand_too(house: House, number: int) -> None:
    with house.change(T0) as tx:
        tickets.note_undelivered(tx, number, [], "550 no such user")
        assert delivery_of(tickets.find(tx.db, number), has_mail=True) == "failed"
        tickets.confirm_sent(tx, number)
        assert delivery_of(tickets.find(tx.db, number), has_mail=True) == "sent"


@pytest.mark.parametrize(
    ("name", "made"), [("Chiller House, GmbH", "chiller-house-gmbh"), ("شرکت", "vendor-2"), ("The Maker!", "the-maker")]
)  # fmt: skip
def test_a_vendor_without_a_short_name_has_one_of_its_name(
    house: House, name: str, made: str
) -> None:
    with house.change(T0) as tx:
        assert tickets.add_vendor(tx, "", name).id == made
        assert tickets.add_vendor(tx, "", name).id != made
        with pytest.raises(RefusedError, match="needs a name"):
            tickets.add_vendor(tx, "", " ")
