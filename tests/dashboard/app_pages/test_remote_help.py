"""Who was let in from outside stands on the ticket and, as long as they are in, on Today."""

import time
from typing import Any

from streamlit.testing.v1 import AppTest

from core.time.clock import HOUR
from maintenance.tickets import lifecycle
from maintenance.tickets.remote_help import begin_session, end_overdue_sessions
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, field, page, screen

NOW = time.time_ns() // 1_000_000


def sent_ticket(centre: Centre) -> int:
    centre.all_well(NOW)
    with centre.change(NOW - 5 * HOUR) as tx:
        number = lifecycle.open_ticket(tx, "ct-2", "tube-service", "Tube arcs").id
        lifecycle.move(tx, number, "sent")
        return number


def links(test: AppTest) -> list[str]:
    found: Any = test.get("page_link")
    return [link.proto.label for link in found]


def test_who_is_let_in_is_on_the_ticket_and_on_today_until_they_are_out(furnished: Centre) -> None:
    number = sent_ticket(furnished)
    assert "Somebody is let in" not in screen(page("today"))
    test = page("ticket", ticket=number)
    for label, text in (
        ("Who comes in", "A. Expert <b>"),
        ("Who asked for it", "Omar"),
        ("By which way", "TeamViewer"),
        ("What is opened", "service PC"),
    ):
        field(test, label).set_value(text)
    test = click(test, "Let somebody in")
    html = screen(test)
    for part in (
        "A. Expert &lt;b&gt;",
        "asked by Omar",
        "TeamViewer",
        "open: service PC",
        "planned until",
    ):
        assert part in html, part
    today = page("today")
    assert "Somebody is let in" in screen(today)
    assert "A. Expert \\<b\\>: Tube arcs" in links(today)
    field(test, "What A. Expert \\<b\\> did and changed").set_value("Read the log")
    assert "Read the log" in screen(click(test, "They are out"))
    assert "Somebody is let in" not in screen(page("today"))


def test_one_whose_time_is_over_says_so_and_then_that_it_ended_by_itself(furnished: Centre) -> None:
    number = sent_ticket(furnished)
    with furnished.change(NOW - 3 * HOUR) as tx:
        begin_session(tx, number, "A. Expert", tx.by)
    assert "planned end is over" in screen(page("today"))
    assert end_overdue_sessions(furnished.records, furnished.site, NOW) == [1]
    test = page("ticket", ticket=number)
    assert "ended by itself: see that the way in is closed" in screen(test)
    field(test, "What A. Expert did and changed").set_value("Changed a table")
    assert "ended by itself: see" not in screen(click(test, "They are out"))
