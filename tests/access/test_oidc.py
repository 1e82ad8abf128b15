"""OpenID Connect with a real provider on this machine, right and wrong."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from access import oidc, users
from access.oidc import Errand, Identity
from core.errors import RefusedError
from core.schema.access import OpenIdProvider
from storage.records import LoginSession, User
from storage.records.base import all_rows
from tests.access.conftest import T0, Entrance

pytestmark = pytest.mark.servers

KEY, FOREIGN = (RSAKey.generate_key(2048, {"kid": "k1"}) for _ in range(2))
BACK = "http://localhost/login/oidc/back"


class SmallProvider:
    """It knows Sara, and lets her in by the code `right` and whose challenge is answered."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.key = KEY
        self.challenge = ""
        self.alg = "RS256"

        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(outer.about() if "openid" in self.path else
                            {"keys": [KEY.as_dict(private=False)]})  # fmt: skip

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                digest = sha256(form.get("code_verifier", "").encode()).digest()
                proved = urlsafe_b64encode(digest).decode().rstrip("=") == outer.challenge
                if form.get("code") == "right" and proved:
                    self.answer(
                        {"access_token": "a", "token_type": "Bearer", "id_token": outer.token()}
                    )
                else:
                    self.answer({"error": "invalid_grant"}, 400)

            def answer(self, what: object, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(what).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def about(self) -> dict[str, str]:
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}  # fmt: skip

    def token(self) -> str:
        return jwt.encode({"alg": self.alg, "kid": "k1"}, self.claims, self.key)


@pytest.fixture
def small() -> Iterator[SmallProvider]:
    small = SmallProvider()
    thread = threading.Thread(target=small.server.serve_forever)
    thread.start()
    yield small
    small.server.shutdown()
    thread.join()
    small.server.server_close()


def settings(small: SmallProvider, monkeypatch: pytest.MonkeyPatch) -> OpenIdProvider:
    monkeypatch.setenv("OIDC_SECRET", "quiet")
    roles = {"biomed": "engineer", "it": "IT"}
    given = {"issuer": small.issuer, "client_id": "scanward", "client_secret": "env:OIDC_SECRET"}
    return OpenIdProvider.model_validate({**given, "roles": roles})


def begun(small: SmallProvider, provider: OpenIdProvider, **changed: object) -> Errand:
    """Sara at the provider; `changed` is what its token says otherwise."""
    errand = oidc.new_errand("/")
    asked = parse_qs(urlsplit(oidc.sign_in_address(provider, errand, BACK)).query)
    assert asked["state"] == [errand.state]
    assert asked["code_challenge_method"] == ["S256"]
    small.challenge = asked["code_challenge"][0]
    small.claims = {"iss": small.issuer, "aud": "scanward", "sub": "u-1", "exp": T0 // 1000 + 300,
                    "iat": T0 // 1000, "nonce": asked["nonce"][0], "preferred_username": "sara",
                    "name": "Sara Ahmadi", "groups": ["biomed", "choir"]} | changed  # fmt: skip
    return errand


def test_who_signed_in_there_is_known_by_every_check(
    small: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = settings(small, monkeypatch)
    who = oidc.identity(provider, begun(small, provider), "right", BACK, T0)
    assert who == Identity(small.issuer, "u-1", "sara", "Sara Ahmadi", ("engineer",))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://evil.example"}, {"aud": "other"}, {"aud": ["scanward", "other"]},
        {"nonce": "replayed"}, {"nonce": None}, {"exp": T0 // 1000 - 120}, {"exp": None},
        {"iat": T0 // 1000 + 86_400}, {"sub": None}, {"aud": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(
    small: SmallProvider, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    provider = settings(small, monkeypatch)
    errand = begun(small, provider, **changed)
    with pytest.raises(RefusedError, match="did not let you in"):
        oidc.identity(provider, errand, "right", BACK, T0)


def test_a_foreign_key_a_wrong_code_or_another_verifier_is_refused(
    small: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = settings(small, monkeypatch)
    errand = begun(small, provider)
    for code, own in (("wrong", errand), ("right", errand._replace(verifier="x" * 43))):
        with pytest.raises(RefusedError, match="did not let you in"):
            oidc.identity(provider, own, code, BACK, T0)
    small.key = FOREIGN
    with pytest.raises(RefusedError, match="did not let you in"):
        oidc.identity(provider, errand, "right", BACK, T0)


def test_without_the_provider_it_says_so(
    small: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = settings(small, monkeypatch).model_copy(update={"issuer": "http://127.0.0.1:9"})
    with pytest.raises(RefusedError, match="did not let you in: use the password"):
        oidc.sign_in_address(provider, oidc.new_errand("/"), BACK)


def test_a_group_gives_a_role_and_no_group_lets_nobody_in(entrance: Entrance) -> None:
    who = Identity("https://id.example", "u-1", "sara", "Sara Ahmadi", ("engineer",))
    with entrance.change() as tx, pytest.raises(RefusedError, match="none of your groups"):
        oidc.log_in_by_oidc(tx, who._replace(roles=()), "", "")
    for roles in (("engineer",), ("physicist",)):
        with entrance.change() as tx:
            oidc.log_in_by_oidc(tx, who._replace(roles=roles), "10.0.0.9", "Firefox")
    with entrance.records.reading() as db:
        [user] = all_rows(db, User)
        assert (user.full_name, user.roles, user.password_hash) == (
            "Sara Ahmadi",
            ["physicist"],
            "",
        )
        assert len(all_rows(db, LoginSession)) == 2
    stranger = who._replace(subject="u-2")  # calls herself the same
    with entrance.change() as tx, pytest.raises(RefusedError, match="is taken"):
        oidc.log_in_by_oidc(tx, stranger, "", "")
    with entrance.change() as tx:
        users.disable(tx, "sara")
    with entrance.change() as tx, pytest.raises(RefusedError, match="is disabled"):
        oidc.log_in_by_oidc(tx, who, "", "")
