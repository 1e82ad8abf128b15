"""A program writes: by the table of rights, once, and nothing that readers of JSON would read in two ways."""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from core.time.clock import DAY, HOUR, MINUTE, iso
from core.vocabulary.rights import EVERY_RIGHT, RIGHTS, Role
from dashboard.http import api
from dashboard.http.api import idempotent
from dashboard.http.api.request_body import LARGEST
from dashboard.queries import stores
from storage.records import Audit, IdempotentAnswer, ManualReading, WorkOrder
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.api.asking import Reply, ask, document, mistakes
from tests.dashboard.people import SARA, SARA_HERSELF, person
from tests.dashboard.sample_work import make_proven, order_by_hand

ORDER = {"device": "ct-2", "title": "Fan is loud"}
WRITES: list[tuple[str, Mapping[str, Any]]] = [
    ("/readings", {"device": "ct-2", "values": [{"metric": "scan_count", "value": 41_200}]}),
    ("/alerts/{number}/acknowledgement", {}),
    ("/alerts/{number}/order", {"text": "Since noon"}),
    ("/incidents/{number}/acknowledgement", {}),
    ("/orders", ORDER),
    ("/orders/{number}/assignment", {"to": "Karim"}),
    ("/orders/{number}/beginning", {}),
    ("/orders/{number}/completion", {"result": "Fan changed"}),
    ("/orders/{number}/proofs", {"items": ["laser"]}),
    ("/orders/{number}/cancellation", {"why": "by mistake"}),
    (
        "/round",
        {
            "entries": [
                {"key": "round-1", "device": "ct-2", "metric": "scan_count", "typed": "1200"}
            ]
        },
    ),
    ("/tickets", {"device": "ct-2", "vendor": "tube-service", "subject": "Arcs"}),
    ("/tickets/{number}/messages", {"text": "Call us", "direction": "out"}),
    ("/tickets/{number}/state", {"state": "waiting_us"}),
    ("/tickets/{number}/answer-links/revocation", {}),
    ("/tickets/{number}/sessions", {"person": "A. Expert", "way": "VPN", "minutes": 30}),
    ("/sessions/{number}/end", {"done": "Read the log"}),
    ("/tickets/{number}/links", {"days": 3}),
    ("/links/{number}/revocation", {}),
    ("/links/{number}/live-values", {}),
    ("/links/{number}/live-values/end", {}),
]


def clock() -> int:
    return time.time_ns() // 1_000_000


def post(path: str, body: object, key: str = "", **how: Any) -> Reply:
    """A write as a token of all scopes does it."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    how = {"scopes": EVERY_RIGHT, "headers": headers, **how}
    return ask(f"/api/v1{path}", method="POST", body=content, **how)


def rows(centre: Centre, kind: type[Any]) -> list[Any]:
    with centre.records.reading() as db:
        return table_rows.all_rows(db, kind)


def with_all(centre: Centre) -> None:
    """An order, an alert in an incident, a ticket and a link to it; each has the number 1."""
    from access.vendor_links import make_vendor_link
    from storage.records import Alert, Incident

    now = clock()
    order_by_hand(centre, now - HOUR)
    centre.alert("ct-2", "tube_hot", now - HOUR)
    with centre.change(now) as tx:
        incident = Incident(began_at=now - HOUR, cause_id=1)
        tx.db.add(incident)
        tx.db.flush()
        tx.db.get_one(Alert, 1).incident_id = incident.id
    assert (
        post("/tickets", {"device": "ct-2", "vendor": "tube-service", "subject": "A"}).status == 201
    )
    with centre.change(now) as tx:
        make_vendor_link(tx, 1)


def test_the_list_of_writes_is_the_whole_of_it() -> None:
    assert {path for path, _ in WRITES} == {endpoint.path for endpoint in api.WRITES}


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_each_write_does_what_the_document_says(
    furnished: Centre, path: str, body: Mapping[str, Any]
) -> None:
    with_all(furnished)
    if path.endswith(("/state", "/sessions", "/end")):
        assert post("/tickets/1/messages", {"text": "Call", "direction": "out"}).status == 201
    if path.endswith("/end"):
        assert post("/tickets/1/sessions", {"person": "A. Expert"}).status == 201
        assert post("/links/1/live-values", {}).status == 200
    number = make_proven(furnished, clock()) if path.endswith("/proofs") else 1
    before = len(rows(furnished, Audit))
    reply = post(path.replace("{number}", str(number)), body)
    assert reply.status in (200, 201), reply.body
    assert mistakes(document(), path, "POST", reply) == []
    changes = rows(furnished, Audit)[before:]
    assert {change.who for change in changes} == {SARA}


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_each_role_may_what_the_table_says_and_a_token_no_more_than_its_scopes(
    furnished: Centre, path: str, body: Mapping[str, Any]
) -> None:
    with_all(furnished)
    [right] = [endpoint.right for endpoint in api.WRITES if endpoint.path == path]
    address, before = path.replace("{number}", "1"), len(rows(furnished, Audit))
    for role in get_args(Role):
        if role not in RIGHTS[right]:
            reply = post(address, body, principal=person(role))
            assert (role, reply.status) == (role, 403)
            assert f"may {right}" in reply.json["detail"]
    for scopes in (frozenset({"read"}), frozenset(EVERY_RIGHT - {right}), None):
        reply = post(address, body, scopes=scopes)
        assert reply.status == 403
        assert mistakes(document(), path, "POST", reply) == []
    assert post(address, body, scopes=None).json["detail"] == "writing needs a token"
    assert len(rows(furnished, Audit)) == before


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b'{"device": "ct-2", "title": NaN}', 400, "NaN is no number"),
        (b'{"device": "ct-2", "title": 1e999}', 400, "too large"),
        (b'{"device": "ct-2", "device": "mr-1", "title": "x"}', 400, "twice"),
        (b'{"device": "ct-2", "title": "\\ud800"}', 400, "not JSON"),
        (b'{"device": "ct-2", "title": "\xff"}', 400, "not JSON"),
        (b"[" * 100_000, 400, "deep"),
        (b'{"device": "ct-2", "title": ' + b"9" * 5000 + b"}", 400, "not JSON"),
        (b'{"device": "ct-2"}', 422, "title: Field required"),
        (b'{"device": "ct-2", "title": 5}', 422, "title: Input should be a valid string"),
        (b'{"device": "ct-2", "title": " "}', 422, "title: String should have at least"),
        (b'{"device": "ct-2", "title": "x", "titles": "y"}', 422, "titles: Extra inputs"),
        (b'{"device": "ct-2", "title": "a\\u0000b"}', 422, "a character that nobody can see"),
        (b'{"device": "ct-9", "title": "x"}', 422, "no device 'ct-9' (did you mean 'ct-2'?)"),
        (b'"' + b"x" * LARGEST + b'"', 413, "at most"),
        (b"[]", 422, "the body: Input should be"),
    ],
)  # fmt: skip
def test_a_body_that_is_wrong_changes_nothing(
    centre: Centre, content: bytes, status: int, words: str
) -> None:
    reply = post("/orders", content)
    assert (reply.status, words in reply.json["detail"]) == (status, True), reply.body
    assert mistakes(document(), "/orders", "POST", reply) == []
    assert rows(centre, WorkOrder) == []


def test_brackets_in_a_text_are_no_depth(centre: Centre) -> None:
    assert post("/orders", {**ORDER, "text": '\\"' + "[" * 100}).status == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.usefixtures("centre")
def test_what_a_form_elsewhere_could_send_is_no_json(kind: str) -> None:
    assert post("/orders", ORDER, headers={"Content-Type": kind}).status == 415


def test_what_is_not_there_is_not_found(centre: Centre) -> None:
    for path, body in WRITES:
        if "{number}" in path:
            reply = post(path.replace("{number}", "99"), body)
            assert (path, reply.status) == (path, 404), reply.body


def test_readings_are_entered_at_their_time_or_none_of_them(furnished: Centre) -> None:
    at = clock() - MINUTE
    values = [{"metric": "scan_count", "value": 41_200}]
    reply = post("/readings", {"device": "ct-2", "at": iso(at), "values": values})
    assert [(row["value"], row["at"], row["who"]) for row in reply.json] == [
        (41_200, iso(at), SARA)
    ]
    wrong = [*values, {"metric": "scan_cont", "value": 1}]
    assert post("/readings", {"device": "ct-2", "values": wrong}).status == 422
    late = {"device": "ct-2", "at": iso(clock() + DAY), "values": values}
    assert post("/readings", late).status == 422
    lower = post("/readings", {"device": "ct-2", "values": [{"metric": "scan_count", "value": 50}]})
    assert "If it is right, confirm it" in lower.json["detail"]
    assert len(rows(furnished, ManualReading)) == 1


def test_what_is_asked_twice_with_a_key_is_done_once(centre: Centre) -> None:
    first = post("/orders", ORDER, "k-1")
    again = post("/orders", ORDER, "k-1")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = post("/orders", {**ORDER, "title": "Other"}, "k-1")
    assert (other.status, "another request" in other.json["detail"]) == (422, True)
    assert len(rows(centre, WorkOrder)) == 1
    stranger = person("engineer", full_name="Karim")
    mine = post("/orders", ORDER, "k-1", principal=type(stranger)(**{
        name: getattr(stranger, name) for name in stranger.__slots__} | {"user_id": 2}))  # fmt: skip
    assert (mine.status, mine.json["id"]) == (201, 2)
    assert post("/orders", ORDER, "k-2").json["id"] == 3


def test_a_refusal_is_not_kept(centre: Centre) -> None:
    assert post("/orders", {**ORDER, "device": "ct-9"}, "k-1").status == 422
    assert post("/orders", ORDER, "k-1").status == 201


def test_a_key_is_kept_for_a_day(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock()
    monkeypatch.setattr(stores, "now", lambda: now)
    assert post("/orders", ORDER, "k-1").json["id"] == 1
    monkeypatch.setattr(stores, "now", lambda: now + DAY)
    assert post("/orders", ORDER, "k-1").json["id"] == 1
    monkeypatch.setattr(stores, "now", lambda: now + DAY + 1)
    assert post("/orders", ORDER, "k-1").json["id"] == 2
    assert len(rows(centre, IdempotentAnswer)) == 1


def test_the_same_key_in_flight_is_a_conflict(centre: Centre) -> None:
    key = idempotent.key_of(SARA_HERSELF.user_id, "k-1", b"")
    with idempotent.alone(key):
        reply = post("/orders", ORDER, "k-1")
    assert reply.status == 409
    assert mistakes(document(), "/orders", "POST", reply) == []
    assert post("/orders", ORDER, "k-1").status == 201


def test_ten_at_once_with_one_key_open_one_order(centre: Centre) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(post("/orders", ORDER, "k-1").status))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert len(statuses) == 10
    assert len(rows(centre, WorkOrder)) == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
@pytest.mark.usefixtures("centre")
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert post("/orders", ORDER, key).status == 400


def test_the_address_of_a_link_is_shown_once_and_stands_nowhere(furnished: Centre) -> None:
    with_all(furnished)
    reply = post("/tickets/1/links", {"language": "fa"}, key="once")
    address = reply.json["address"]
    secret = address.rpartition("/vendor/")[2]
    assert len(secret) == 43
    assert (reply.json["id"], reply.json["is_bound"], reply.json["language"]) == (2, True, "fa")
    again = post("/tickets/1/links", {"language": "fa"}, key="once")
    assert (again.json["id"], again.json["address"]) == (2, None)
    assert mistakes(document(), "/tickets/{number}/links", "POST", again) == []
    listed = ask("/api/v1/tickets/1/links")
    assert [row["id"] for row in listed.json] == [2, 1]
    assert mistakes(document(), "/tickets/{number}/links", "GET", listed) == []
    for row in (*rows(furnished, IdempotentAnswer), *rows(furnished, Audit)):
        assert secret not in str(vars(row))
    assert secret not in str(listed.body)


def test_a_program_opens_the_live_hour_and_takes_the_link_back(furnished: Centre) -> None:
    with_all(furnished)
    until = post("/links/1/live-values", {}).json["live_until"]
    assert until > iso(clock())
    assert post("/links/1/live-values", {}).json["live_until"] == until
    assert ask("/api/v1/tickets/1/links").json[0]["live_until"] == until
    assert post("/links/1/live-values/end", {}).json["live_until"] is None
    assert post("/links/1/live-values", {}).json["live_until"] is not None
    taken_back = post("/links/1/revocation", {}).json
    assert (taken_back["live_until"], taken_back["revoked_at"] is None) == (None, False)
    refused = post("/links/1/live-values", {})
    assert (refused.status, refused.json["detail"]) == (422, "link 1 is over: make a new one")
    for path in ("revocation", "live-values", "live-values/end"):
        assert post(f"/links/99/{path}", {}).status == 404
    assert post("/tickets/99/links", {}).status == 404
    assert ask("/api/v1/tickets/99/links").status == 404
    for body in ({"days": 0}, {"days": 91}, {"days": "3"}, {"language": "de"}, {"any": True}):
        assert post("/tickets/1/links", body).status == 422
