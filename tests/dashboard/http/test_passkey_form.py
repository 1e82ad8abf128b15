"""Passkeys in a real Chromium, whose own software plays the key; and by hand where a browser would not."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from webauthn.helpers import base64url_to_bytes

from access import passwords, setup_links, users
from storage.records import Passkey
from storage.records.base import all_rows
from tests.access.software_key import SoftwareKey
from tests.dashboard import conftest
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.conftest import Served, serving
from tests.dashboard.http.test_login_page import PASSWORD, Answer, Visitor, now
from tests.support.ports import free_port

pytestmark = pytest.mark.servers


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Centre, Served]]:
    """A site that is called `localhost`, and Ali with a password."""
    port = free_port()
    monkeypatch.setattr(conftest, "free_port", lambda: port)
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nhttp: {{public_url: 'http://localhost:{port}'}}\n", encoding="utf-8")
    centre = opened(path)
    with centre.change(now()) as tx:
        users.add_user(tx, "ali", "Ali Rezai", ["technician"])
        secret = setup_links.make_setup_link(tx, "ali")
        setup_links.use_link(tx, secret, passwords.hashed(PASSWORD))
    with serving(centre, tmp_path) as served:
        yield centre, served
    centre.series.close()
    centre.records.close()


def with_key(browser: Browser, complaints: list[str]) -> Page:
    """A page of a browser that has a telephone's key."""
    page = browser.new_context().new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_key_is_added_signs_in_and_is_removed_in_a_browser(
    named: tuple[Centre, Served], browser: Browser
) -> None:
    centre, served = named
    top = f"http://localhost:{served.port}"
    complaints: list[str] = []
    page = with_key(browser, complaints)
    page.goto(f"{top}/login?next=/account")
    page.locator("#name").fill("ali")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    for name in ("my telephone", "ward laptop"):
        page.locator("#key_name").fill(name)
        page.locator("#key_old").fill(PASSWORD)
        page.get_by_role("button", name="Add a passkey").click()
        if name == "ward laptop":  # the same telephone has its key already
            expect(page.locator("form[data-passkey] [role=alert]")).to_be_visible()
        else:
            expect(page.get_by_text(f"{name}, since")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{top}/login?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Ali Rezai")).to_be_visible()
    assert page.url == f"{top}/account"
    with centre.records.reading() as db:
        [row] = all_rows(db, Passkey)
        assert row.last_used_at is not None
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("my telephone, since")).to_have_count(0)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("does not open the door")).to_be_visible()
    assert [text for text in complaints if "403" not in text] == []
    page.context.close()


class Holder:
    """Ali at a plain line, with a key made by hand."""

    def __init__(self, served: Served) -> None:
        self.origin = f"http://localhost:{served.port}"
        self.host = {"Host": f"localhost:{served.port}"}
        self.visitor = Visitor(served)
        self.key = SoftwareKey("localhost", self.origin)

    def ask(self, path: str, **fields: str) -> Answer:
        """The page; with fields, its form handed in."""
        if not fields:
            return self.visitor.ask(path, **self.host)
        form = self.visitor.ask("/account" if "account" in path else "/login", **self.host).text
        csrf = form.partition('name="csrf" value="')[2].partition('"')[0]
        return self.visitor.ask(path, "POST", urlencode({"csrf": csrf, **fields}), **self.host)

    def challenge(self, path: str) -> bytes:
        return base64url_to_bytes(json.loads(self.ask(path).text)["challenge"])

    def add(self, challenge: bytes, **fields: str) -> Answer:
        credential = self.key.registered(challenge)
        return self.ask(
            "/account/passkey",
            **{"credential": credential, "key_name": "x", "old": PASSWORD, **fields},
        )

    def enter(self, challenge: bytes) -> Answer:
        return self.ask("/login", credential=self.key.signed(challenge))


def test_a_challenge_is_good_for_its_browser_its_purpose_and_one_use(
    named: tuple[Centre, Served],
) -> None:
    _, served = named
    ali, stranger = Holder(served), Holder(served)
    assert ali.ask("/login/passkey").status == 404  # nothing binds it to this browser yet
    assert ali.ask("/account/passkey").status == 303  # who is not signed in adds none
    assert ali.ask("/login", name="ali", password=PASSWORD).status == 303
    challenge = ali.challenge("/account/passkey")
    assert ali.add(challenge, old="wrong").status == 400
    assert ali.add(challenge).status == 303
    assert "known already" in ali.add(challenge).text
    stranger.key = ali.key
    stranger.ask("/login")
    foreign = ali.challenge("/account/passkey")
    for wrong in (foreign, challenge, b"made up by the stranger"):
        answer = stranger.enter(wrong)
        assert answer.status == 403
        assert "too old" in answer.text
    right = stranger.challenge("/login/passkey")
    credential = stranger.key.signed(right)
    before = dict(stranger.visitor.jar)
    assert stranger.ask("/login", credential=credential).status == 303
    assert "Ali" in stranger.ask("/account").text
    stranger.visitor.jar = before
    again = stranger.ask("/login", credential=credential)
    assert again.status == 403
    assert "does not open the door" in again.text


def test_at_a_bare_address_there_are_none_and_it_says_why(
    named: tuple[Centre, Served],
) -> None:
    _, served = named
    ali = Visitor(served)  # by 127.0.0.1
    page = ali.ask("/login")
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert ali.ask("/login/passkey").status == 404
    ali.log_in()
    assert f"Open Scanward as http://localhost:{served.port}" in ali.ask("/account").text


def test_a_site_without_a_name_says_why_there_are_none(served: Served) -> None:
    name, _, cookie = served.cookie.partition("=")
    sara = Visitor(served, {name: cookie})
    assert "not for a bare address" in sara.ask("/account").text
