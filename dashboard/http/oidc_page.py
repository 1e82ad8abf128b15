"""`/login/oidc`: to the house's provider of OpenID Connect and back. The password goes on working without it."""

import hmac
import json
import logging
from functools import partial
from html import escape

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access import oidc, passwords
from access.login import NewLogin
from access.oidc import Errand, Identity
from access.principal import Author, Principal
from core.errors import ConfigError, RefusedError, StoreError
from core.schema.access import OpenIdProvider
from dashboard import forms, i18n
from dashboard.http import cookies
from dashboard.http.gate import PRINCIPAL, address_of, depth
from dashboard.http.login_page import begin, end_session, limit, safe_next
from dashboard.http.plain_form import read_form
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t
from dashboard.queries import stores
from storage.records import accounts

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


async def begin_link(request: Request) -> Response:
    """A signed-in person links their account: with their password once more, then by the provider's page.

    A link leads there, for the policy of our pages lets no form end elsewhere.
    """
    i18n.use(stores.site().file.language)
    fields = await read_form(request)
    if fields is None:
        return _unlinked(t("login.again"))
    principal: Principal = request.scope[PRINCIPAL]
    errand = oidc.new_errand("", principal.user_id)
    try:
        await anyio.to_thread.run_sync(
            partial(_check_password, principal), fields.get("old", ""), limiter=limit()
        )
        address = await run_in_threadpool(_address, errand)
    except RefusedError as error:
        return _unlinked(i18n.translate(error.phrase))
    except (ConfigError, StoreError):
        return _unlinked(t("login.oidc_refused"))
    name = escape(_settings()[0].name)
    body = f'<p><a href="{escape(address)}">{t("account.oidc_go", name=name)}</a></p>'
    response = plain_page(t("account.title"), body)
    cookies.put(request, response, "oidc", json.dumps(errand))
    return response


async def come_back(request: Request) -> Response:
    """From the provider: signed in, or at the form for the password; or linked, for who was signed in."""
    errand = _errand(request)
    if errand is not None and errand.user_id:
        return await run_in_threadpool(_link, request)
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
    Route("/account/oidc", begin_link, methods=["POST"]),
]


def _address(errand: Errand) -> str:
    provider, back = _settings()
    return oidc.sign_in_address(provider, errand, back)


def section(principal: Principal, top: str, hidden: str) -> str:
    """Of the page of one's account: whether the provider knows who it is, and how to have it so."""
    provider = stores.site().file.access.oidc
    if provider is None or stores.site().file.http.public_url is None:
        return ""
    name = escape(provider.name)
    head = f"<h2>{name}</h2>"
    with stores.records().reading() as db:
        if accounts.is_linked(db, provider.issuer, principal.user_id):
            return f"{head}<p>{t('account.oidc_linked', name=name)}</p>"
    return f"""{head}<form method="post" action="{top}account/oidc">{hidden}
<label for="oidc_old">{escape(t("account.old"))}</label>
<input id="oidc_old" name="old" type="password" autocomplete="current-password" maxlength="200" required>
<button>{t("account.oidc_link", name=name)}</button></form>"""


def _check_password(principal: Principal, password: str) -> None:
    with stores.records().reading() as db:
        user = accounts.user_named(db, principal.name)
    if not passwords.is_right(password, user.password_hash if user else None):
        raise RefusedError("the old password is wrong")


def _link(request: Request) -> Response:
    """Only in the session that asked for it."""
    i18n.use(stores.site().file.language)
    principal: Principal | None = request.scope[PRINCIPAL]
    try:
        who, errand = _identity(request)
        if principal is None or principal.user_id != errand.user_id:
            raise RefusedError("this form is too old: fill it in once more")
        _write_link(principal, who)
    except RefusedError as error:
        response = _unlinked(i18n.translate(error.phrase))
    except (ConfigError, StoreError) as error:
        log.warning("an account was not linked: %s", error)
        response = _unlinked(t("login.oidc_refused"))
    else:
        response = RedirectResponse(f"{depth(request.url.path)}account", 303, HEADERS)
    cookies.forget(request, response, "oidc")
    return response


def _write_link(principal: Principal, who: Identity) -> None:
    with forms.writing(principal.author) as tx:
        oidc.link_identity(tx, principal.name, who)


def _unlinked(why: str) -> Response:
    home = f'<p><a href="/account">{escape(t("account.title"))}</a></p>'
    words = f'<p class="wrong" role="alert">{escape(why)}</p>'
    return plain_page(t("account.title"), words + home, 403)


def _errand(request: Request) -> Errand | None:
    cookie = cookies.read(request, "oidc")
    return None if cookie is None else Errand(*json.loads(cookie))


def _come_back(request: Request) -> tuple[NewLogin, str]:
    who, errand = _identity(request)
    return _enter(request, who), errand.target


def _identity(request: Request) -> tuple[Identity, Errand]:
    """Whom the provider sends back, and what they left for."""
    provider, back = _settings()
    errand = _errand(request)
    state = request.query_params.get("state", "")
    if errand is None or not hmac.compare_digest(errand.state.encode(), state.encode()):
        raise RefusedError("this form is too old: fill it in once more")
    code = request.query_params.get("code", "")
    return oidc.identity(provider, errand, code, back, stores.now()), errand


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
