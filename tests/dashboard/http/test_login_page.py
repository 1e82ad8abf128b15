"""Signing in and out by real requests, as a browser without a script makes them."""

import http.client
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

import pytest

from access import passwords, setup_links, users
from dashboard.http.login_page import safe_next
from storage.records import Audit, LoginSession
from storage.records.base import all_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.dashboard.driving import unmarked
from tests.dashboard.http.test_middleware import HERE, UPGRADE, ask

PASSWORD = "seven blue camels"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What a browser got."""

    status: int
    headers: dict[str, str]
    text: str
    set_cookies: list[str]


@dataclass
class Visitor:
    """A browser: it keeps its cookies and fills in forms."""

    served: Served
    jar: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        sent = {"Cookie": cookie, **({"Content-Type": FORM} if body is not None else {}), **headers}
        try:
            line.request(method, path, body, sent)
            reply = line.getresponse()
            text = reply.read().decode("utf-8", "replace")
        finally:
            line.close()
        cookies = reply.msg.get_all("Set-Cookie") or []
        for set_cookie in cookies:
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self.jar[name] = value.strip('"')
            if not self.jar[name]:
                del self.jar[name]
        return Answer(reply.status, dict(reply.headers.items()), text, cookies)

    def send(self, path: str, action: str | None = None, **fields: str) -> Answer:
        """Open the page at `path` and hand in its form, or the one that leads to `action`."""
        form = self.ask(path).text
        if action:
            form = form[form.index(f'action="{action}"') :]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        values = {name: unescape(value) for name, value in hidden.items()}
        return self.ask(f"/{action}" if action else path.partition("?")[0], "POST",
                        urlencode({**values, **fields}))  # fmt: skip

    def log_in(self, name: str = "ali", password: str = PASSWORD, path: str = "/login") -> Answer:
        return self.send(path, name=name, password=password)


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def visitor(centre: Centre, served: Served) -> Visitor:
    """Somebody's browser; Ali has a password."""
    with centre.change(now()) as tx:
        users.add_user(tx, "ali", "Ali Rezai", ["technician"])
        secret = setup_links.make_setup_link(tx, "ali")
        setup_links.use_link(tx, secret, passwords.hashed(PASSWORD))
    return Visitor(served)


@pytest.mark.servers
def test_somebody_signs_in_looks_and_signs_out(visitor: Visitor, centre: Centre) -> None:
    assert visitor.ask("/device?device=ct-2").headers["location"].startswith("./login?next=")
    answer = visitor.log_in(path="/login?next=/device%3Fdevice%3Dct-2")
    assert (answer.status, answer.headers["location"]) == (303, "./device?device=ct-2")
    session = next(line for line in answer.set_cookies if line.startswith("scanward-session"))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(session.split("; "))
    assert "Max-Age" not in session
    assert visitor.ask("/device?device=ct-2").status == 200
    account = visitor.ask("/account")
    assert "Ali Rezai" in account.text
    assert account.headers["cache-control"] == "no-store"
    assert visitor.ask("/login").headers["location"] == "./"
    before = dict(visitor.jar)
    assert visitor.send("/account", "logout").headers["location"] == "login"
    assert "scanward-session" not in visitor.jar
    visitor.jar = before  # who has copied the cookie has nothing
    assert visitor.ask("/account").status == 303
    with centre.records.reading() as db:
        audit = [row for row in all_rows(db, Audit) if row.what == "login_sessions"]
    assert [(row.action, row.who, row.address) for row in audit][-2:] == [
        ("insert", "login", "127.0.0.1"),
        ("update", "Ali Rezai", "127.0.0.1"),
    ]


@pytest.mark.servers
def test_the_number_of_a_session_is_new_at_each_login(visitor: Visitor, centre: Centre) -> None:
    visitor.jar["scanward-session"] = "planted"
    visitor.log_in()
    first = visitor.jar["scanward-session"]
    assert first != "planted"
    other = Visitor(visitor.served, dict(visitor.jar))
    del visitor.jar["scanward-session"]  # the page to sign in leads on whoever is signed in
    visitor.log_in()
    assert visitor.jar["scanward-session"] != first
    assert visitor.send("/account", "account/leave").status == 303
    assert other.ask("/account").status == 303
    with centre.records.reading() as db:
        ali = [row for row in all_rows(db, LoginSession) if row.agent != "test"]
        assert all(row.ended_at for row in ali)


@pytest.mark.servers
def test_a_form_of_another_browser_or_of_none_does_nothing(visitor: Visitor) -> None:
    stranger = Visitor(visitor.served)
    foreign = re.search(r'name="csrf" value="([^"]*)"', stranger.ask("/login").text)
    assert foreign is not None
    right = {"name": "ali", "password": PASSWORD}
    visitor.ask("/login")
    for token in ("", "x", foreign[1]):
        answer = visitor.ask("/login", "POST", urlencode({**right, "csrf": token}))
        assert answer.status == 400, token
    assert "scanward-session" not in visitor.jar
    visitor.log_in()
    for path in ("/logout", "/account/leave", "/account/password"):
        visitor.ask(path, "POST", urlencode({"csrf": foreign[1]}))
        visitor.ask(path, "POST", "{}", **{"Content-Type": "text/plain"})
        evil = visitor.ask(path, "POST", "x=1", Origin="http://evil.example")
        assert evil.status == 403
    kept = dict(visitor.jar)
    assert visitor.ask("/account").status == (200 if "scanward-session" in kept else 303)


@pytest.mark.servers
def test_a_foreign_page_cannot_sign_anybody_out(visitor: Visitor) -> None:
    visitor.log_in()
    own = dict(visitor.jar)
    visitor.ask("/logout", "POST", "csrf=x")
    visitor.jar = own
    assert visitor.ask("/account").status == 200


@pytest.mark.servers
def test_a_wrong_password_is_slowed_down_and_told_in_the_same_words(visitor: Visitor) -> None:
    for name in ("ali", "nobody"):
        pages = [visitor.log_in(name, "wrong wrong wrong") for _ in range(6)]
        assert [page.status for page in pages] == [403] * 6
        assert all(
            "The name or the password is wrong".lower() in page.text.lower() for page in pages[:5]
        )
        assert "too many wrong passwords" in pages[5].text
        assert "wrong wrong wrong" not in pages[0].text
    assert visitor.log_in("ali", PASSWORD).status == 403  # it waits, too


@pytest.mark.servers
def test_another_password_signs_out_everywhere_else(visitor: Visitor) -> None:
    visitor.log_in()
    other = Visitor(visitor.served)
    other.log_in()

    def change(old: str, new: str, again: str) -> Answer:
        return visitor.send("/account", "account/password", old=old, password=new, again=again)

    new = "eight green camels"
    assert "old password is wrong" in change("wrong", new, new).text
    assert "differ" in change(PASSWORD, new, "other").text
    assert "characters at least" in change(PASSWORD, "short", "short").text
    assert "easily guessed" in change(PASSWORD, "ali rezai 1", "ali rezai 1").text
    before = visitor.jar["scanward-session"]
    assert change(PASSWORD, new, new).status == 303
    assert visitor.jar["scanward-session"] != before
    assert visitor.ask("/account").status == 200
    assert other.ask("/account").status == 303
    assert Visitor(visitor.served).log_in(password=new).status == 303


@pytest.mark.servers
def test_a_person_reads_plain_pages_in_their_own_language_and_others_in_the_sites(
    visitor: Visitor,
) -> None:
    visitor.log_in()
    other = Visitor(visitor.served)
    assert visitor.send("/account", "account/language", language="fa").status == 303
    own = visitor.ask("/account").text
    assert '<html lang="fa" dir="rtl">' in own
    assert "حساب شما" in own
    assert '<option value="fa" selected>' in own
    assert '<html lang="en" dir="ltr">' in other.ask("/login").text
    refused = visitor.send("/account", "account/language", language="klingon")
    assert refused.status == 400
    assert "klingon&#x27; نیست" in unmarked(refused.text)
    assert visitor.send("/account", "account/language", language="").status == 303
    assert '<html lang="en"' in visitor.ask("/account").text


@pytest.mark.servers
def test_a_set_up_link_works_once_and_tells_a_stranger_nothing(
    visitor: Visitor, centre: Centre
) -> None:
    with centre.change(now()) as tx:
        secret = setup_links.make_setup_link(tx, "ali")
    path = f"/setup/{secret}"
    assert "Ali Rezai" in visitor.ask(path).text
    assert visitor.ask(path).status == 200  # to look uses nothing up
    new = "nine red camels"
    assert visitor.send(path, password=new, again="x").status == 400
    answer = visitor.send(path, password=new, again=new)
    assert (answer.status, answer.headers["location"]) == (303, "../")
    assert "Ali Rezai" in visitor.ask("/account").text
    assert visitor.ask(path).status == 404
    stranger = Visitor(visitor.served)
    used, never = stranger.ask(path), stranger.ask("/setup/never")
    assert (used.status, used.text) == (never.status, never.text)


@pytest.mark.servers
def test_passwords_are_hashed_beside_the_event_loop(visitor: Visitor) -> None:
    """While a dozen people sign in, who asks for something else waits for none of them."""
    people = [Visitor(visitor.served) for _ in range(12)]
    threads = [threading.Thread(target=person.log_in) for person in people]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    slowest = 0.0
    while any(thread.is_alive() for thread in threads):
        at = time.monotonic()
        assert visitor.ask("/favicon.png").status == 200
        slowest = max(slowest, time.monotonic() - at)
    total = time.monotonic() - begin
    assert all("scanward-session" in person.jar for person in people)
    assert slowest < max(total / 2, 1.0)


@pytest.mark.servers
def test_a_slow_or_huge_form_is_given_up(visitor: Visitor) -> None:
    visitor.ask("/login")
    assert visitor.ask("/login", "POST", "name=" + "x" * 100_000).status == 400
    with socket.create_connection(("127.0.0.1", visitor.served.port), timeout=60) as line:
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{visitor.served.port}\r\n"
        line.sendall(f"{head}Content-Type: {FORM}\r\nContent-Length: 1000\r\n\r\nname=".encode())
        assert visitor.ask("/login").status == 200  # others go on meanwhile
        assert line.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.servers
def test_an_open_websocket_is_closed_soon_after_its_session_has_ended(
    visitor: Visitor, served: Served
) -> None:
    visitor.log_in()
    key = [line.format(port=served.port) for line in (HERE, *UPGRADE)]
    cookie = f"Cookie: scanward-session={visitor.jar['scanward-session']}"
    with socket.create_connection(("127.0.0.1", served.port), timeout=70) as line:
        head = ["GET /_stcore/stream HTTP/1.1", *key, cookie]
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 101")
        visitor.send("/account", "account/leave")
        begin = time.monotonic()
        received = b""
        while chunk := line.recv(4096):
            received += chunk
            if b"\x03\xf0" in received:  # a close frame with 1008
                break
        assert b"\x03\xf0" in received
        assert time.monotonic() - begin < 60


@pytest.mark.servers
def test_nobody_chooses_who_to_be_at_a_real_site(visitor: Visitor, served: Served) -> None:
    assert "demo" not in visitor.ask("/login").text
    assert visitor.send("/login", role="IT").status == 403
    assert ask(served, "/account", HERE, "Cookie: x=1").status == 303


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/device?device=ct-2", "./device?device=ct-2"),
        ("/", "./"),
        ("", "./"),
        ("//evil.example", "./"),
        ("///evil.example", "./evil.example"),
        ("https://evil.example/", "./"),
        ("/\\evil.example", "./"),
        ("/\t/evil.example", "./"),
        ("\\\\evil.example", "./"),
        ("javascript:alert(1)", "./"),
        ("/javascript:alert(1)", "./javascript:alert(1)"),
        ("/../../etc", "./"),
        ("/x\r\nSet-Cookie: a=b", "./"),
        ("/login?next=/login", "./"),
        ("/_stcore/stream", "./"),
        ("/" + "x" * 1000, "./"),
        ("evil.example", "./"),
        ("/%2f%2fevil.example", "./%2f%2fevil.example"),
    ],
)
def test_after_signing_in_nobody_is_led_away(wanted: str, led: str) -> None:
    assert safe_next(wanted) == led


def test_light_or_dark_is_chosen_for_every_page_of_a_browser(visitor: Visitor) -> None:
    visitor.log_in()
    assert "data-look" not in visitor.ask("/account").text
    assert visitor.send("/account", "account/look", look="dark").status == 303
    for path in ("/account", "/today", "/power"):
        assert 'data-look="dark" style="color-scheme: dark"' in visitor.ask(path).text
    assert (
        visitor.send("/account", "account/look", look="klingon").status == 303
    )  # as the device is set
    assert "data-look" not in visitor.ask("/account").text
