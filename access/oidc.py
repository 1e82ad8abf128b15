"""OpenID Connect: the house's own provider says who somebody is, and their groups which roles they have.

Passwords go on working, whatever becomes of the provider. Its libraries are loaded when somebody comes in by it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from access import sessions
from access.login import NewLogin
from access.secret import new_secret
from access.users import find, give_roles, new_user
from core.errors import RefusedError
from core.schema.access import OpenIdProvider
from core.time.clock import MINUTE
from storage.records import ExternalLogin, User, accounts
from storage.records.transaction import Transaction

log = logging.getLogger(__name__)

PATIENCE_S = 10.0  # for each answer of the provider
LEEWAY_S = 60  # between two clocks
VALID_FOR = 10 * MINUTE  # to sign in at the provider
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # none, and nothing that the secret signs
_RUBBISH = (ValueError, TypeError, LookupError, AttributeError)


class Errand(NamedTuple):
    """What a browser keeps while its person is at the provider."""

    state: str
    nonce: str
    verifier: str
    target: str  # where to go then
    user_id: int = 0  # who, signed in already, links their account; 0: somebody comes in


class Identity(NamedTuple):
    """Who somebody is, by the provider's signature."""

    issuer: str
    subject: str
    name: str
    full_name: str
    roles: tuple[str, ...]


def new_errand(target: str, user_id: int = 0) -> Errand:
    """Nobody guesses any of it."""
    return Errand(new_secret(), new_secret(), new_secret(), target, user_id)


def sign_in_address(provider: OpenIdProvider, errand: Errand, back: str) -> str:
    """Where the browser is sent. RefusedError if the provider does not answer."""
    with _refused_if_it_fails(provider):
        client = _client(provider, back)
        address, _ = client.create_authorization_url(
            _metadata(provider, client)["authorization_endpoint"],
            state=errand.state,
            nonce=errand.nonce,
            code_verifier=errand.verifier,
        )
        return str(address)


def identity(provider: OpenIdProvider, errand: Errand, code: str, back: str, now: int) -> Identity:
    """Who came back with that code. RefusedError unless every check of the token holds."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    with _refused_if_it_fails(provider):
        client = _client(provider, back)
        about = _metadata(provider, client)
        answer = client.fetch_token(
            about["token_endpoint"], code=code, code_verifier=errand.verifier, timeout=PATIENCE_S
        )
        keys = client.get(about["jwks_uri"], withhold_token=True, timeout=PATIENCE_S).json()
        token = jwt.decode(answer["id_token"], KeySet.import_key_set(keys), _ALGORITHMS)
        _check(provider, errand, token.claims, now)
        return _identity(provider, token.claims)


def log_in_by_oidc(tx: Transaction, who: Identity, address: str, agent: str) -> NewLogin:
    """Begin a session, with the roles of now. RefusedError without any, or if they are disabled here."""
    if not who.roles:
        raise RefusedError("none of your groups has a role here")
    known = accounts.external_login(tx.db, who.issuer, who.subject)
    if known is None:
        user = new_user(tx, who.name, who.full_name, who.roles)
        tx.db.add(ExternalLogin(who.issuer, who.subject, user.id))
    else:
        user = give_roles(tx, tx.db.get_one(User, known.user_id), who.roles)
    if user.disabled_at is not None:
        raise RefusedError("{name} is disabled", name=user.full_name)
    return NewLogin(sessions.begin(tx, user, address, agent), user.id, user.full_name)


def link_identity(tx: Transaction, user_name: str, who: Identity) -> None:
    """Whom the provider knows so comes in as this person from now on, who keeps their password.

    RefusedError if that is somebody else already, or no group of theirs has a role: they could not come in.
    """
    if not who.roles:
        raise RefusedError("none of your groups has a role here")
    user = find(tx, user_name)
    known = accounts.external_login(tx.db, who.issuer, who.subject)
    if known is None:
        tx.db.add(ExternalLogin(who.issuer, who.subject, user.id))
    elif known.user_id != user.id:
        raise RefusedError("{name} of the provider is somebody else here", name=who.name)


def _client(provider: OpenIdProvider, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        provider.client_id,
        provider.client_secret.reveal(),
        scope="openid profile",
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _metadata(provider: OpenIdProvider, client: Any) -> dict[str, str]:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    about: dict[str, str] = client.get(address, withhold_token=True, timeout=PATIENCE_S).json()
    if about["issuer"] != provider.issuer:
        raise ValueError("it calls itself otherwise")
    return about


def _check(provider: OpenIdProvider, errand: Errand, claims: dict[str, Any], now: int) -> None:
    from joserfc.jwt import JWTClaimsRegistry

    registry = JWTClaimsRegistry(
        now=now // 1000,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": errand.nonce},
    )
    registry.validate(claims)
    is_for_many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if is_for_many and claims.get("azp") != provider.client_id:
        raise ValueError("it was made for another")


def _identity(provider: OpenIdProvider, claims: dict[str, Any]) -> Identity:
    groups = claims.get(provider.roles_claim, [])
    groups = groups if isinstance(groups, list) else [groups]
    roles = dict.fromkeys(provider.roles[name] for name in groups if name in provider.roles)
    name = str(claims.get("preferred_username", claims["sub"]))
    full_name = str(claims.get("name", name))
    return Identity(provider.issuer, str(claims["sub"]), name, full_name, tuple(roles))


@contextmanager
def _refused_if_it_fails(provider: OpenIdProvider) -> Iterator[None]:
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        yield
    except (AuthlibBaseError, JoseError, RequestException, *_RUBBISH) as error:
        log.warning("%s let nobody in: %s", provider.name, type(error).__name__)
        raise RefusedError(
            "{name} did not let you in: use the password", name=provider.name
        ) from None
