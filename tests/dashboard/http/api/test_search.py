"""Programs search as the page does; a supplier's link opens nothing of it."""

import time
from urllib.parse import quote

import pytest

from core.readings import Event
from core.time.clock import HOUR, MINUTE
from dashboard.http.gate import FOR_SUPPLIERS
from tests.dashboard.centre import Centre
from tests.dashboard.http.api.asking import ask
from tests.dashboard.sample_work import order_by_hand

NOW = time.time_ns() // 1_000_000


def test_a_program_finds_orders_and_events_by_their_words(furnished: Centre) -> None:
    order_by_hand(furnished, NOW - HOUR)
    furnished.say(Event("ct-2", "tube_arc", "Fan stopped", NOW - MINUTE, "error"))
    order, event = ask("/api/v1/search?words=fan").json
    assert (order["kind"], order["id"], order["address"]) == ("order", 1, "/order?order=1")
    assert (event["kind"], event["title"], event["count"]) == ("event", "Fan stopped", 1)
    assert [row["id"] for row in ask("/api/v1/search?words=fan&limit=1&device=ct-2").json] == [
        1,
        None,
    ]
    assert ask("/api/v1/search?words=fan&device=mr-1").json == []
    assert ask("/api/v1/orders/1").json["seen_before"] == []


@pytest.mark.usefixtures("furnished")
def test_of_no_word_nothing_is_found_and_of_no_parameter_it_is_refused() -> None:
    assert ask(f"/api/v1/search?words={quote('* 😀 NEAR( ' + chr(34))}").json == []
    assert ask("/api/v1/search").status == ask("/api/v1/search?words=").status == 400
    assert ask("/api/v1/search?words=x&device=ct-9").status == 404


def test_a_supplier_sees_nothing_of_it() -> None:
    assert not any(path.startswith(FOR_SUPPLIERS) for path in ("/search", "/api/v1/search"))
