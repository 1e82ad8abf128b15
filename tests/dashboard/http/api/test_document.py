"""The OpenAPI document and the running code say the same."""

import time
from typing import Any
from urllib.parse import quote

import pytest
from starlette.routing import Route

from access.vendor_links import make_vendor_link
from core.readings import Event, Reading
from core.time.clock import HOUR, MINUTE
from dashboard.http import api
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.tickets.lifecycle import move, open_ticket, write
from storage.records import Incident, MadeReport
from tests.dashboard.centre import Centre, verdict
from tests.dashboard.http.api.asking import ask, document, mistakes
from tests.dashboard.sample_work import make_due, order_by_hand

QUERIES = {
    "/readings": "?device=ct-2&metric=tube_temp_c",
    "/events": "?device=ct-2",
    "/devices/{device}/curve": "?metric=tube_temp_c",
    "/alerts": "?since=0",
    "/orders": "?ended=true",
    "/tickets": "?closed=true",
    "/search": "?words=arcs",
    "/reports/{kind}/{month}": "?form=html",
}
EMPTY = {"/windows"}


def furnish_all(centre: Centre) -> None:
    """Something of everything."""
    now = time.time_ns() // 1_000_000
    make_due(centre, now)
    order = order_by_hand(centre, now - HOUR)
    centre.hear(Reading("ct-2", "tube_temp_c", 41.5, now - MINUTE, quality="clock"))
    centre.say(Event("ct-2", "tube_arc", "Arc 12", now - MINUTE, "error", "tube", "E-12"))
    centre.alert("ct-2", "tube_hot", now - HOUR)
    centre.conclude(verdict(now - HOUR))
    with centre.change(now) as tx:
        ticket = open_ticket(tx, "ct-2", "tube-service", "Arcs", "Since Monday", order_id=order)
        tx.db.flush()
        move(tx, ticket.id, "sent")
        write(tx, ticket.id, "Please call", "out")
        make_vendor_link(tx, ticket.id)
        tx.db.add(Incident(began_at=now - HOUR, cause_id=1))
        tx.db.add(MadeReport("uptime", "solar", "1405-07", "fa", now, "Title", "Text", ["x.pdf"]))


def test_every_route_of_the_api_is_in_the_document_and_the_other_way_round() -> None:
    routes = {
        (route.path.removeprefix("/api/v1"), method.lower())
        for route in api.ROUTES
        if isinstance(route, Route) and route.path.startswith("/api/")
        for method in (route.methods or set()) - {"HEAD"}
    } - {("/openapi.json", "get")}
    described = {
        (path, method) for path, operations in document()["paths"].items() for method in operations
    }
    assert routes == described
    assert len(routes) > 20


@pytest.mark.servers
def test_every_answer_is_as_the_document_says(furnished: Centre) -> None:
    furnish_all(furnished)
    described = document()
    month = str(report_queries.months(stores.now())[0])
    empty = set()
    for path, operations in described["paths"].items():
        if "get" not in operations:
            continue
        device = "mr-1" if path.endswith("/verdicts") else "ct-2"
        address = path.replace("{device}", device).replace("{number}", "1")
        address = address.replace("{kind}", "uptime").replace("{month}", month)
        reply = ask(f"/api/v1{address}{QUERIES.get(path, '')}")
        assert (path, reply.status) == (path, 200), reply.body
        assert mistakes(described, path, "GET", reply) == []
        if reply.headers["content-type"] == "application/json" and not reply.json:
            empty.add(path)
    assert empty == EMPTY


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize(
    ("address", "path", "status", "words"),
    [
        ("/reports/uptime/1990-01", "/reports/{kind}/{month}", 404, "no report is made of 1990-01"),
        ("/reports/x/2026-01", "/reports/{kind}/{month}", 400, "kind: Input should be 'management'"),
        ("/orders/99", "/orders/{number}", 404, "there is no order 99"),
        ("/orders/x", "/orders/{number}", 400, "number: Input should be a valid integer"),
        ("/orders/99999999999999999999999", "/orders/{number}", 400, "less than or equal"),
        ("/orders?limit=0", "/orders", 400, "limit: Input should be greater"),
        ("/orders?limit=1&limit=2", "/orders", 400, "limit stands there 2 times"),
        ("/orders?limi=1", "/orders", 400, "no parameter 'limi' (did you mean 'limit'?)"),
        ("/orders?cursor=x", "/orders", 400, "this cursor is not one of ours"),
        ("/orders?device=ct-3", "/orders", 404, "no device 'ct-3'"),
        ("/devices/ct-3", "/devices/{device}", 404, "no device 'ct-3'"),
        ("/events?device=ct-2&since=0&until=%00", "/events", 400, "is not a time"),
        ("/devices/ct-2/curve?metric=tube_temp_c&since=5&until=5", "/devices/{device}/curve", 400,
         "`until` is not after `since`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_problem_as_the_document_says(
    address: str, path: str, status: int, words: str
) -> None:
    reply = ask(f"/api/v1{address}")
    assert mistakes(document(), path, "GET", reply) == []
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert words in reply.json["detail"]
    assert reply.json["status"] == status
    assert reply.json["error"] == reply.json["detail"]


def test_what_the_server_refuses_by_itself_is_a_problem_too(centre: Centre) -> None:
    for reply, status in (
        (ask("/api/v1/nothing"), 404),
        (ask("/api/v1/devices", method="DELETE"), 405),
    ):
        assert (reply.status, reply.json["status"]) == (status, status)
        assert reply.headers["content-type"] == "application/problem+json"
    assert ask("/api/v1/devices", method="DELETE").headers["allow"]


def rows_of(address: str) -> list[Any]:
    """All rows, page by page."""
    rows: list[Any] = []
    page = ask(f"/api/v1{address}")
    while True:
        assert page.status == 200, page.body
        rows += page.json
        if not page.next_page:
            return rows
        page = ask(f"/api/v1{address.partition('?')[0]}{page.next_page}")


def test_pages_join_without_gap_or_repetition(centre: Centre) -> None:
    now = time.time_ns() // 1_000_000
    centre.hear(
        *(
            Reading("ups-1", "load_pct", value, now - 10 + value // 3, f"line{value % 3}")
            for value in range(24)
        )
    )
    for number in range(7):
        centre.say(Event("ct-2", "log", f"line {number}", now - number // 3, "info"))
    for limit in (1, 2, 5, 24):
        query = f"device=ups-1&metric=load_pct&limit={limit}"
        values = [row["value"] for row in rows_of(f"/readings?{query}")]
        assert sorted(values) == list(range(24)), limit
        texts = [row["text"] for row in rows_of(f"/events?device=ct-2&limit={limit}")]
        assert sorted(texts) == [f"line {number}" for number in range(7)], limit


def test_a_page_does_not_move_when_rows_come(furnished: Centre) -> None:
    now = time.time_ns() // 1_000_000
    numbers = [order_by_hand(furnished, now - HOUR + n) for n in range(5)]
    first = ask("/api/v1/orders?limit=2")
    order_by_hand(furnished, now)
    second = ask(f"/api/v1/orders{first.next_page}")
    assert [row["id"] for row in [*first.json, *second.json]] == numbers[:0:-1]
    assert ask(f"/api/v1/orders{first.next_page}&ended=true").status == 400
    assert ask(f"/api/v1/tickets{first.next_page}").status == 400


def test_what_a_program_has_already_is_not_sent_again(centre: Centre) -> None:
    first = ask("/api/v1/devices")
    tag = first.headers["etag"]
    again = ask("/api/v1/devices", headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status, again.body) == (304, b"")
    centre.all_well(time.time_ns() // 1_000_000)
    assert ask("/api/v1/devices", headers={"If-None-Match": quote("other")}).status == 200
