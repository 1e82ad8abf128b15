"""Tickets on the pages: what is not sent is not called sent, what came back and what is unread is seen."""

import io
import time
import zipfile
from typing import Any

import pytest

from maintenance.tickets import lifecycle as tickets
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, page, screen

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def ticket(furnished: Centre) -> int:
    with furnished.change(NOW) as tx:
        number = tickets.open_ticket(tx, "ct-2", "tube-service", "Fan is loud").id
        tickets.write(tx, number, "Please come.", "out")
        return number


def test_where_no_mail_is_sent_a_ticket_is_not_called_sent(furnished: Centre, ticket: int) -> None:
    for shown in (page("tickets"), page("ticket", ticket=ticket)):
        assert "To be sent by hand" in screen(shown)
        assert ">Sent<" not in screen(shown)
    with furnished.change(NOW + 1) as tx:
        tickets.write(tx, ticket, "They come on Monday.", "in")
    assert "Answered" in screen(page("tickets"))


def test_what_a_person_sends_is_ready_to_copy_and_is_sent_when_they_say_so(
    furnished: Centre, ticket: int
) -> None:
    test = page("ticket", ticket=ticket)
    subject, body = (block.value for block in test.code[:2])
    assert subject.startswith("[SCW-")
    assert body.startswith("Please come.")
    test = click(test, "I have sent it")
    assert ">Sent<" in screen(test)
    assert "To be sent by hand" not in screen(page("tickets"))
    assert "I have sent it" not in [button.label for button in test.button]


def test_a_message_that_came_back_is_seen_on_the_page_and_in_the_lists(
    furnished: Centre, ticket: int
) -> None:
    with furnished.change(NOW) as tx:
        tickets.confirm_sent(tx, ticket)
    assert ">Sent<" in screen(page("tickets"))
    with furnished.change(NOW + 1) as tx:
        tickets.note_undelivered(tx, ticket, [], "550 no such user")
    for shown in (page("tickets"), page("today"), page("ticket", ticket=ticket)):
        assert "Not delivered" in screen(shown)
    assert "did not arrive: it came back: 550 no such user" in screen(page("ticket", ticket=ticket))


def test_a_reply_to_a_closed_ticket_is_shown_until_somebody_has_read_it(
    furnished: Centre, ticket: int
) -> None:
    with furnished.change(NOW + 1) as tx:
        tickets.move(tx, ticket, "closed")
    assert "Fan is loud" not in screen(page("tickets"))
    with furnished.change(NOW + 2) as tx:
        tickets.receive_mail(tx, ticket, "It is not solved", "<1@x>", is_automatic=True)
    assert "1 unread" in screen(page("tickets"))
    assert "1 unread" in screen(page("today"))
    test = page("ticket", ticket=ticket)
    assert "by a machine: no person" in screen(test)
    click(test, "I have read it")
    assert "1 unread" not in screen(page("tickets"))
    assert "I have read it" not in [b.label for b in page("ticket", ticket=ticket).button]


def test_a_link_for_the_vendor_is_made_shown_once_and_taken_back(
    furnished: Centre, ticket: int
) -> None:
    shown = page("ticket", ticket=ticket)
    click(shown, "Make a link")
    assert "/vendor/" in shown.code[-1].value  # below what is to be sent by hand
    assert "not opened yet" in screen(shown)
    again = page("ticket", ticket=ticket)
    assert not [block for block in again.code if "/vendor/" in block.value]
    click(again, "Take it back")
    assert "taken back" in screen(again)


def test_a_ticket_is_made_a_file_and_its_reply_is_handed_in_on_the_page(
    furnished: Centre, ticket: int
) -> None:
    test = page("ticket", ticket=ticket)
    click(test, "Make the file")
    offered: Any = test.get("download_button")
    assert "The ticket as a file" in offered[0].proto.label
    (twin,) = test.session_state[f"twin-{ticket}"]
    with zipfile.ZipFile(io.BytesIO(twin.data)) as archive:
        reply = b"Turn it off and on.\r\n" + archive.read("reply/reply.txt")
    field = next(field for field in test.file_uploader if "vendor's reply" in field.label)
    field.set_value(("reply.txt", reply, "text/plain"))
    click(test, "Take it in")
    assert "Turn it off and on." in screen(page("ticket", ticket=ticket))
