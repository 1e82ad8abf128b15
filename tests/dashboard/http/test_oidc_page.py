"""To the provider and back, by a plain browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.access.test_oidc import SmallProvider, small
from tests.dashboard.centre import build, opened
from tests.dashboard.conftest import Served, serving
from tests.dashboard.http.test_login_page import Answer, Visitor, now

pytestmark = pytest.mark.servers
__all__ = ["small"]

SITE = """
http: {{public_url: 'http://localhost:8501'}}
access:
  oidc: {{issuer: '{issuer}', client_id: scanward, client_secret: env:OIDC_SECRET, name: House, roles: {{biomed: engineer}}}}
"""


@pytest.fixture
def house(
    small: SmallProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    monkeypatch.setenv("OIDC_SECRET", "quiet")
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8") + SITE.format(issuer=small.issuer)
    path.write_text(text, encoding="utf-8")
    centre = opened(path)
    with serving(centre, tmp_path) as served:
        yield served
    centre.series.close()
    centre.records.close()


def back(visitor: Visitor, small: SmallProvider, groups: list[str], state: str = "") -> Answer:
    """To the provider, which lets Sara in, and back."""
    there = visitor.ask("/login/oidc?next=/account").headers["location"]
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
