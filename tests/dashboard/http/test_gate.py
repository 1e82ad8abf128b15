"""Who is let in: every route and the websocket, asked of the real server without a session and with forged ones."""

import re
import time
from pathlib import Path

import pytest
from starlette.routing import Route

from access import api_tokens, sessions, users
from dashboard.http import (
    account_page,
    acknowledge_page,
    answer_page,
    api,
    charts,
    cookies,
    fault_form,
    fault_state,
    gate,
    live_state,
    login_page,
    oidc_page,
    power_page,
    round_page,
    round_paper,
    round_sending,
    server,
    setup_page,
    trust_page,
    vendor_live,
    vendor_page,
    vendor_questions,
    vendor_resume,
    vendor_upload,
)
from dashboard.http.addresses import first_html
from storage.records import LoginSession
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_middleware import HERE, UPGRADE, Reply, ask
from tests.dashboard.people import session_cookie

pytestmark = pytest.mark.servers

NO_COOKIE = "Cookie: none=1"
MODULES = (account_page, acknowledge_page, answer_page, api, charts, fault_form, fault_state, live_state, login_page, oidc_page, power_page, round_page, round_paper, round_sending, setup_page,
           trust_page, vendor_live, vendor_page, vendor_questions,
           vendor_resume, vendor_upload)  # fmt: skip
ROUTES: list[Route] = [
    *(route for module in MODULES for route in module.ROUTES),
    *first_html().routes,
]
STREAMLITS = ("/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/x/y", "/media/x.png",
              "/component/x/y.js", "/_stcore/bidi-components/x/y")  # fmt: skip


def now() -> int:
    return time.time_ns() // 1_000_000


def filled(path: str) -> str:
    """The path of a route with something in its places."""
    return re.sub(r"\{\w+\}", "ct-2", path)


def test_the_server_has_no_route_that_the_walk_leaves_out() -> None:
    source = Path(server.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"\*(\w+)\.ROUTES", source))
    assert named == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_what_is_open_is_a_route_and_nothing_else_is(served: Served) -> None:
    """Every route, by each of its methods, without a session."""
    for route in ROUTES:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            reply = ask(served, filled(route.path), HERE, NO_COOKIE, method=method)
            if route.path in gate.OPEN:
                assert reply.status in (200, 303, 400, 404, 415), (method, route.path)
            elif route.path.startswith(gate.FOR_PROGRAMS):
                assert reply.status == 401, (method, route.path)
                assert reply.headers["www-authenticate"] == "Bearer"
            elif method == "GET" and not route.path.startswith(gate.NO_PAGES):
                assert reply.status == 303, (method, route.path)
                assert re.match(r"(\./|\.\./)+login\?next=/", reply.headers["location"])
            else:
                assert reply.status == 401, (method, route.path)
    for path in STREAMLITS:
        assert ask(served, path, HERE, NO_COOKIE).status == 401, path
    for path in ("/", "/device?device=ct-2", "/power"):
        assert b"CT-2" not in ask(served, path, HERE, NO_COOKIE).body


def test_the_websocket_is_refused_without_a_session(served: Served) -> None:
    lines = (HERE, "Origin: http://127.0.0.1:{port}", *UPGRADE)
    assert ask(served, "/_stcore/stream", NO_COOKIE, *lines).status == 403
    assert ask(served, "/_stcore/stream", *lines).status == 101


def test_health_tells_a_stranger_only_whether_all_is_well(served: Served) -> None:
    assert ask(served, "/healthz", HERE, NO_COOKIE).json == {"status": "ok"}
    assert set(ask(served, "/healthz", HERE).json) > {"status", "judged_age_s"}


@pytest.mark.parametrize(
    "header",
    [
        "X-Scanward-Session: 1",
        "x_scanward_session: 1",
        "X-SCANWARD-USER: sara",
        "Authorization: Bearer 1",
        "Authorization: Basic c2FyYTpzYXJh",
        "X-Forwarded-User: sara",
        "Remote-User: sara",
    ],
)
def test_nobody_says_by_a_header_who_they_are(served: Served, header: str) -> None:
    for path in ("/", "/account", "/api/v1/devices", "/_stcore/health"):
        assert ask(served, path, HERE, NO_COOKIE, header).status in (303, 401), path
    upgrade = ask(served, "/_stcore/stream", HERE, NO_COOKIE, header, *UPGRADE)
    assert upgrade.status == 403


def test_a_forged_header_does_not_make_somebody_another(served: Served, centre: Centre) -> None:
    viewer = session_cookie(centre, "viewer")
    reply = ask(served, "/account", HERE, f"Cookie: {viewer}", "X-Scanward-Session: 1")
    assert b"Viewer" in reply.body
    assert b"Sara" not in reply.body


def test_a_cookie_that_was_changed_is_none(served: Served, centre: Centre) -> None:
    name, _, value = served.cookie.partition("=")
    secret = value.partition(".")[0]
    for forged in (
        value[:-2]
        + ("A" if value[-2] != "A" else "B")
        + value[-1],  # the last letter has bits to spare
        "A" + value[1:],
        secret,
        secret + "..",
        "",
        "x" * 4000,
        "'; drop table users; --",
        cookies.signed("browser", "1"),  # the site's own signature, for another purpose
        cookies.signed("session", "1"),
        cookies.signed("session", "x" * 43),
    ):
        assert ask(served, "/account", HERE, f"Cookie: {name}={forged}").status == 303, forged
    assert ask(served, "/account", HERE, f"Cookie: {name}={value}").status == 200
    # `__Host-` is only for TLS, where nobody else can set it.
    assert ask(served, "/account", HERE, f"Cookie: __Host-{name}={value}").status == 303


def test_a_session_that_has_ended_opens_nothing(served: Served, centre: Centre) -> None:
    for change in ("signed out", "idle", "over", "disabled"):
        cookie = session_cookie(centre, "technician")
        assert ask(served, "/account", HERE, f"Cookie: {cookie}").status == 200
        with centre.change(now()) as tx:
            row = tx.db.query(LoginSession).order_by(LoginSession.id.desc()).first()
            assert row is not None
            if change == "signed out":
                sessions.end(tx, row.id)
            elif change == "idle":
                row.last_seen_at -= centre.site.file.access.idle
            elif change == "over":
                row.ends_at = tx.now
            else:
                users.disable(tx, "technician")
        assert ask(served, "/account", HERE, f"Cookie: {cookie}").status == 303, change


def test_a_program_comes_by_its_token_only_where_programs_do(
    served: Served, centre: Centre
) -> None:
    with centre.change(now()) as tx:
        reading = api_tokens.make_token(tx, "sara", "his", ["read"])
        other = api_tokens.make_token(tx, "sara", "logger", ["enter readings"])

    def status(path: str, token: str) -> int:
        return ask(served, path, HERE, NO_COOKIE, f"Authorization: Bearer {token}").status

    assert status("/api/v1/devices", reading) == 200
    assert status("/calendar.ics", reading) == 200
    assert ask(served, f"/calendar.ics?token={reading}", HERE, NO_COOKIE).status == 200
    assert ask(served, f"/calendar.ics?token={reading}x", HERE, NO_COOKIE).status == 401
    assert ask(served, f"/api/v1/devices?token={reading}", HERE, NO_COOKIE).status == 401
    assert ask(served, "/calendar.ics", HERE).status == 200  # by the session
    assert status("/api/v1/devices", other) == 403
    assert status("/api/v1/devices", reading[:-1]) == 401
    assert status("/account", reading) == 303
    assert status("/_stcore/health", reading) == 401


def test_a_supplier_with_an_account_sees_no_page_of_the_house(
    served: Served, centre: Centre
) -> None:
    cookie = f"Cookie: {session_cookie(centre, 'vendor')}"
    for path in ("/", "/device?device=ct-2", "/power", "/api/v1/devices", "/_stcore/health"):
        assert ask(served, path, HERE, cookie).status == 403, path
    assert ask(served, "/_stcore/stream", HERE, cookie, *UPGRADE).status == 403
    assert ask(served, "/account", HERE, cookie).status == 200


def test_a_stranger_is_led_back_to_where_they_wanted(served: Served) -> None:
    def led(path: str) -> Reply:
        return ask(served, path, HERE, NO_COOKIE)

    assert led("/device?device=ct-2").headers["location"] == (
        "./login?next=/device%3Fdevice%3Dct-2"
    )
    assert led("/").headers["location"] == "./login?next=/"
