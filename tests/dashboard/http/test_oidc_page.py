"""To the provider and back, by a plain browser."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from access import passwords, setup_links, users
from tests.access.test_oidc import SmallProvider, small
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.conftest import Served, serving
from tests.dashboard.http.test_login_page import PASSWORD, Answer, Visitor, now

pytestmark = pytest.mark.servers
__all__ = ["small"]

SITE = """
http: {{public_url: 'http://localhost:8501'}}
access:
  oidc: {{issuer: '{issuer}', client_id: scanward, client_secret: env:OIDC_SECRET, name: House, roles: {{biomed: engineer}}}}
"""


@pytest.fixture
def home(small: SmallProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """A centre whose house has a provider."""
    monkeypatch.setenv("OIDC_SECRET", "quiet")
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8") + SITE.format(issuer=small.issuer)
    path.write_text(text, encoding="utf-8")
    centre = opened(path)
    yield centre
    centre.series.close()
    centre.records.close()


@pytest.fixture
def house(home: Centre, tmp_path: Path) -> Iterator[Served]:
    with serving(home, tmp_path) as served:
        yield served


def back(
    visitor: Visitor, small: SmallProvider, groups: list[str], state: str = "", there: str = ""
) -> Answer:
    """To the provider, which lets Sara in, and back."""
    there = there or visitor.ask("/login/oidc?next=/account").headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    small.challenge = asked["code_challenge"]
    at = now() // 1000
    small.claims = {"iss": small.issuer, "aud": "scanward", "sub": "u-1", "exp": at + 300,
                    "iat": at, "nonce": asked["nonce"], "preferred_username": "sara",
                    "name": "Sara Ahmadi", "groups": groups}  # fmt: skip
    return visitor.ask(f"/login/oidc/back?code=right&state={state or asked['state']}")


def test_who_is_let_in_there_is_signed_in_here(house: Served, small: SmallProvider) -> None:
    visitor = Visitor(house)
    assert "Sign in by House" in visitor.ask("/login").text
    answer = back(visitor, small, ["biomed"])
    assert (answer.status, answer.headers["location"]) == (303, "../../account")
    assert "scanward-oidc" not in visitor.jar
    assert "Sara Ahmadi" in visitor.ask("/account").text


def test_without_a_role_with_a_foreign_state_or_without_the_provider_there_is_the_password(
    house: Served, small: SmallProvider
) -> None:
    visitor = Visitor(house)
    refused = "../../login?refused=oidc"
    assert back(visitor, small, ["choir"]).headers["location"] == refused
    assert back(visitor, small, ["biomed"], state="foreign").headers["location"] == refused
    assert visitor.ask("/login/oidc/back?code=right&state=x").headers["location"] == refused
    assert "password goes on working" in visitor.ask("/login?refused=oidc").text
    small.server.server_close()
    small.server.shutdown()
    assert visitor.ask("/login/oidc").headers["location"] == "../login?refused=oidc"
    assert "scanward-session" not in visitor.jar
    assert visitor.ask("/login").status == 200


def leave_to_link(visitor: Visitor, password: str = PASSWORD) -> Answer:
    """What the form of one's account leads to."""
    return visitor.send("/account", "account/oidc", old=password)


def target_of(page: Answer) -> str:
    """The provider's page, to which a link leads."""
    return unescape(page.text.partition('<a href="http')[2].partition('"')[0])


def test_who_has_an_account_links_it_with_their_password_and_comes_in_by_both(
    house: Served, small: SmallProvider, home: Centre
) -> None:
    visitors = {}
    for name in ("farid", "zahra"):
        with home.change(now()) as tx:
            users.add_user(tx, name, name.title(), ["engineer"])
            secret = setup_links.make_setup_link(tx, name)
            setup_links.use_link(tx, secret, passwords.hashed(PASSWORD))
        visitors[name] = Visitor(house)
        assert visitors[name].log_in(name).status == 303
    farid, zahra = visitors.values()
    assert "the old password is wrong" in leave_to_link(farid, "another").text
    there = "http" + target_of(leave_to_link(farid))
    assert there.startswith(small.issuer)
    # A session that did not ask for it links nothing by the answer, and nobody comes in by it.
    for other in (zahra, Visitor(house)):
        other.jar["scanward-oidc"] = farid.jar["scanward-oidc"]
        assert back(other, small, ["biomed"], there=there).status == 403
    assert back(farid, small, ["choir"], there=there).status == 403
    there = "http" + target_of(leave_to_link(farid))
    assert back(farid, small, ["biomed"], there=there).headers["location"] == "../../account"
    assert "You can sign in by House" in farid.ask("/account").text
    newcomer = Visitor(house)
    back(newcomer, small, ["biomed"])
    assert "Farid" in newcomer.ask("/account").text
    refused = back(zahra, small, ["biomed"], there="http" + target_of(leave_to_link(zahra)))
    assert "is somebody else here" in refused.text
