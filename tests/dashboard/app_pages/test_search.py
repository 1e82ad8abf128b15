"""What was done before is found by its words, and a repair says whether it held where its fault is shown again."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.readings import Event
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.tickets.lifecycle import open_ticket
from storage.records import Alert, Labour, WorkOrder
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, screen
from tests.dashboard.sample_work import order_by_hand

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


def links(test: AppTest) -> list[tuple[str, str]]:
    rows: Any = test.get("page_link")
    return [(row.proto.label, row.proto.query_string) for row in rows if row.proto.query_string]


def test_before_anything_was_written_it_says_so(centre: Centre) -> None:
    assert "Nothing has been written yet" in screen(page("search"))
    assert "Nothing holds all of these words" in screen(page("search", words="tube"))


def test_words_lead_to_orders_tickets_and_events_with_the_words_marked(centre: Centre) -> None:
    order_by_hand(centre, NOW - HOUR)
    with centre.change(NOW) as tx:
        open_ticket(tx, "ct-2", "tube-service", "Arcs", "The fan of the <b>tube</b> stood still")
    centre.say(
        Event("ct-2", "tube_arc", "Fan <i>stopped</i>", NOW - MINUTE, "error", "tube", "E-12")
    )
    centre.say(Event("ct-2", "tube_arc", "Fan <i>stopped</i>", NOW - HOUR, "error", "tube", "E-12"))
    test = page("search", words="FAN")
    assert links(test) == [
        (":yellow-background[Fan] is loud", "order=1"), ("Arcs", "ticket=1"),
    ]  # fmt: skip
    assert "The <mark>fan</mark> of the &lt;b&gt;tube&lt;/b&gt; stood still" in screen(test)
    assert "<mark>Fan</mark> &lt;i&gt;stopped&lt;/i&gt;" in screen(test)
    assert "2 times" in screen(test)
    assert links(page("search", words="fan", device="mr-1")) == []
    assert "Every word must occur" in screen(page("search", words='"* 😀'))


def repaired(centre: Centre) -> None:
    """The tube was hot 60 days ago, and is again."""
    with centre.change(NOW) as tx:
        for number, (device, fired, ended) in enumerate(
            [("ct-2", NOW - 60 * DAY, NOW - 59 * DAY), ("ct-2", NOW - HOUR, None)], 1
        ):
            tx.db.add(
                Alert(
                    device, "", "tube_hot", "The tube is hot", "error", "tube_temp_c",
                    "ok" if ended else "firing", fired, fired_at=fired, ended_at=ended,
                )
            )  # fmt: skip
            tx.db.flush()
            order = WorkOrder(device, "corrective", "alert", "The tube is hot", fired + MINUTE)
            order.alert_id = number
            if ended:
                order.state, order.done_at, order.result = "signed_off", ended, "Filter changed"
                Labour(order=order, who="sara", began_at=fired, minutes=90)
            tx.db.add(order)
        open_ticket(tx, "ct-2", "tube-service", "Hot", "Please advise", order_id=2)


def test_an_order_a_ticket_and_an_alert_show_what_was_done_before(centre: Centre) -> None:
    repaired(centre)
    for test in (page("order", order=2), page("ticket", ticket=1), page("device", device="ct-2")):
        assert ("Filter changed", "order=1") in links(test)
        assert "held, 58 d" in screen(test)
        assert "1 h 30 min of work" in screen(test)
    assert "Filter changed" not in [label for label, _ in links(page("order", order=1))]
