"""`/login/oidc`: to the house's provider of OpenID Connect and back. The password goes on working without it."""

import hmac
import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access import oidc
from access.login import NewLogin
from access.oidc import Errand, Identity
from access.principal import Author
from core.errors import ConfigError, RefusedError, StoreError
from core.schema.access import OpenIdProvider
from dashboard import forms
from dashboard.http import cookies
from dashboard.http.gate import address_of, depth
from dashboard.http.login_page import begin, end_session, safe_next
from dashboard.http.plain_page import HEADERS
from dashboard.queries import stores

log = logging.getLogger(__name__)

WHO = "login"  # in the audit
LONGEST_TARGET = 60  # characters; a longer one leads to the first page


async def leave_for_provider(request: Request) -> Response:
    """To the provider; a cookie keeps what its answer must match."""
    target = request.query_params.get("next", "")
    is_short = len(target) <= LONGEST_TARGET and target.isascii()  # it goes into the cookie
    errand = oidc.new_errand(target if is_short else "")
    try:
        address = await run_in_threadpool(_address, errand)
    except (RefusedError, ConfigError):
        return _refused(request)
    response = RedirectResponse(address, 303, HEADERS)
    cookies.put(request, response, "oidc", json.dumps(errand))
    return response


async def come_back(request: Request) -> Response:
    """From the provider: signed in, or at the form for the password."""
    try:
        login, target = await run_in_threadpool(_come_back, request)
    except (RefusedError, ConfigError, StoreError) as error:
        log.warning("nobody came in by OpenID Connect: %s", error)
        return _refused(request)
    where = f"{depth(request.url.path)}{safe_next(target).removeprefix('./')}"
    response = begin(request, login, RedirectResponse(where, 303, HEADERS))
    cookies.forget(request, response, "oidc")
    return response


ROUTES = [
    Route("/login/oidc", leave_for_provider, methods=["GET"]),
    Route("/login/oidc/back", come_back, methods=["GET"]),
]


def _address(errand: Errand) -> str:
    provider, back = _settings()
    return oidc.sign_in_address(provider, errand, back)


def _come_back(request: Request) -> tuple[NewLogin, str]:
    provider, back = _settings()
    kept = cookies.read(request, "oidc")
    errand = None if kept is None else Errand(*json.loads(kept))
    state = request.query_params.get("state", "")
    if errand is None or not hmac.compare_digest(errand.state.encode(), state.encode()):
        raise RefusedError("this form is too old: fill it in once more")
    code = request.query_params.get("code", "")
    who = oidc.identity(provider, errand, code, back, stores.now())
    return _enter(request, who), errand.target


def _enter(request: Request, who: Identity) -> NewLogin:
    address, agent = address_of(request.scope), request.headers.get("user-agent", "")
    with forms.writing(Author(WHO, frozenset(), address)) as tx:
        login = oidc.log_in_by_oidc(tx, who, address, agent)
    end_session(request)
    return login


def _settings() -> tuple[OpenIdProvider, str]:
    file = stores.site().file
    if file.access.oidc is None or file.http.public_url is None:
        raise RefusedError("there is no provider of OpenID Connect")
    return file.access.oidc, f"{file.http.public_url.rstrip('/')}/login/oidc/back"


def _refused(request: Request) -> Response:
    response = RedirectResponse(f"{depth(request.url.path)}login?refused=oidc", 303, HEADERS)
    cookies.forget(request, response, "oidc")
    return response
