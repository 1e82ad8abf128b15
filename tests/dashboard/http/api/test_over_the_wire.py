"""The real server: tokens of each kind, and problems whoever refuses."""

import json
import time

import pytest

from access import api_tokens, users
from core.time.clock import iso
from core.vocabulary.rights import RIGHTS
from maintenance.assets.register import sheet_of
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_middleware import HERE, Reply, ask

pytestmark = pytest.mark.servers

NO_COOKIE = "Cookie: none=1"
JSON_BODY = "Content-Type: application/json"


def now() -> int:
    return time.time_ns() // 1_000_000


def token(centre: Centre, *scopes: str) -> str:
    with centre.change(now()) as tx:
        return api_tokens.make_token(tx, "sara", "test", scopes)


def as_program(served: Served, path: str, secret: str, *lines: str, **how: object) -> Reply:
    bearer = f"Authorization: Bearer {secret}"
    return ask(served, path, HERE, NO_COOKIE, bearer, *lines, **how)  # type: ignore[arg-type]


def check_language(served: Served, centre: Centre, calendar: str) -> None:
    """A calendar speaks as whose token it is, and nobody else's changes by that."""
    with centre.change(now()) as tx:
        sheet_of(tx, "ct-2").warranty_until = "2026-03-01"
        users.new_user(tx, "nasrin", "Nasrin", ["viewer"], "fa")
        hers = api_tokens.make_token(tx, "nasrin", "phone", ["calendar"])
    english, dari = "SUMMARY:Warranty ends: CT-2", "SUMMARY:ضمانت ختم می‌شود: CT-2"
    for secret, words in ((calendar, english), (hers, dari), (calendar, english)):
        reply = ask(served, f"/calendar.ics?token={secret}", HERE, NO_COOKIE)
        assert words.encode() in reply.body.replace(b"\r\n ", b"")


def test_a_token_opens_what_it_was_made_for_and_nothing_else(
    served: Served, centre: Centre
) -> None:
    calendar, reading = token(centre, "calendar"), token(centre, "read")
    writing = token(centre, *RIGHTS)
    assert ask(served, f"/calendar.ics?token={calendar}", HERE, NO_COOKIE).status == 200
    for path in ("/api/v1/devices", "/api/v1/openapi.json", "/metrics"):
        assert as_program(served, path, calendar).status == 403, path
        assert as_program(served, path, reading).status == 200, path
        assert ask(served, f"{path}?token={reading}", HERE, NO_COOKIE).status == 401, path
    check_language(served, centre, calendar)
    with centre.change(now()) as tx:
        api_tokens.revoke_token(tx, 1)
    assert ask(served, f"/calendar.ics?token={calendar}", HERE, NO_COOKIE).status == 401

    body = json.dumps({"device": "ct-2", "title": "Fan is loud"}).encode()
    order = as_program(served, "/api/v1/orders", writing, JSON_BODY, method="POST", body=body)
    assert (order.status, order.json["opened_at"] <= iso(now())) == (201, True)
    for refused in (reading, calendar):
        reply = as_program(served, "/api/v1/orders", refused, JSON_BODY, method="POST", body=body)
        assert reply.status in (401, 403)
    # A page elsewhere can make a browser send a form, with the cookie; never a token.
    form = ask(served, "/api/v1/orders", HERE, JSON_BODY, method="POST", body=body)
    assert (form.status, form.json["detail"]) == (403, "writing needs a token")


def test_whoever_refuses_a_program_does_it_by_a_problem(served: Served, centre: Centre) -> None:
    reading = token(centre, "read")
    replies = {
        401: ask(served, "/api/v1/devices", HERE, NO_COOKIE),
        403: ask(served, "/api/v1/devices", HERE, "Origin: http://evil.example"),
        404: as_program(served, "/api/v2/devices", reading),
        405: as_program(served, "/api/v1/devices", reading, method="PUT"),
        421: ask(served, "/api/v1/devices", "Host: evil.example"),
    }
    for status, reply in replies.items():
        assert (reply.status, reply.json["status"]) == (status, status)
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.json["detail"]
    assert replies[401].headers["www-authenticate"] == "Bearer"


def test_a_body_that_is_announced_too_large_or_comes_too_large_is_not_kept(
    served: Served, centre: Centre
) -> None:
    writing = token(centre, *RIGHTS)
    body = b'{"device": "' + b"x" * 1_100_000 + b'"}'
    reply = as_program(served, "/api/v1/orders", writing, JSON_BODY, method="POST", body=body)
    assert reply.status == 413
