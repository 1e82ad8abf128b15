"""What became of a report: seen by its own link, by nobody who has another."""

import time

import pytest
from starlette.requests import Request

from core.time.clock import DAY
from dashboard.http import cookies, fault_state
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import assign
from tests.dashboard.centre import Centre
from tests.dashboard.http.test_fault_form import post


@pytest.fixture(autouse=True)
def _all_is_well(centre: Centre) -> None:
    centre.all_well(time.time_ns() // 1_000_000)


def seen(token: str) -> tuple[int, str]:
    scope = {"type": "http", "method": "GET", "headers": [], "path_params": {"token": token}}
    reply = fault_state.show(Request(scope))
    return reply.status_code, bytes(reply.body).decode()


def test_who_reported_sees_what_becomes_of_it(centre: Centre) -> None:
    location = post(name="Radiographer", state="down").headers["location"]
    token, now = location.removeprefix("state/"), time.time_ns() // 1_000_000
    status, page = seen(token)
    assert (status, "work order 1" in page, "Received" in page) == (200, True, True)
    assert "Radiographer" not in page
    assert "It hums" not in page
    with centre.change(now, "Sara") as tx:
        assign(tx, 1, "Omar <b>")
    assert "In the hands of Omar &lt;b&gt;" in seen(token)[1]
    assert "Seen by Sara: " in seen(token)[1]
    with centre.change(now + 1, "Omar") as tx:
        complete(tx, 1, result="Fan changed")
    assert "Done" in seen(token)[1]


def test_a_wrong_link_shows_nothing(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    post()
    good = fault_state.state_token(1)
    other = cookies.signed("session", "1")  # the site's own signature, for another purpose
    for wrong in (f"X{good[1:]}", other, "1", "x" * 5000, "a.b.c", fault_state.state_token(99)):
        assert seen(wrong)[0] == 404, wrong
    monkeypatch.setattr(fault_state, "VALID_FOR", -DAY)
    assert seen(good)[0] == 404
