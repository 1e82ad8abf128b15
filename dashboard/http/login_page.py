"""`/login` and `/logout`: plain HTML for any browser; a script only for who has a passkey."""

import re
from functools import partial
from html import escape
from urllib.parse import quote, urlsplit

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from access import sessions
from access.login import LoginAttempt, NewLogin, log_in
from core.errors import RefusedError, StoreError
from dashboard import forms, i18n
from dashboard.http import cookies, demo_login, passkey_form
from dashboard.http.gate import PRINCIPAL, address_of
from dashboard.http.plain_form import bind, put_binding, read_form
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t
from dashboard.queries import identity, stores

AT_ONCE = 2  # passwords that are hashed, each on a core
MOST_WAITING = 50  # for that
_CONTROL = re.compile(r"[\x00-\x20\\]")
LONGEST_NEXT = 500  # characters

_limiter: anyio.CapacityLimiter | None = None


async def show(request: Request) -> Response:
    """The form; whoever is signed in is led on."""
    if request.scope.get(PRINCIPAL) is not None:
        return _led(safe_next(request.query_params.get("next", "")))
    i18n.use(stores.site().file.language)
    wrong = t("login.oidc_refused") if "refused" in request.query_params else ""
    return await run_in_threadpool(_form, request, request.query_params.get("next", ""), wrong)


async def send(request: Request) -> Response:
    """Sign in. Passwords are hashed in threads of their own, few at a time, so that pages go on."""
    i18n.use(stores.site().file.language)
    fields = await read_form(request)
    if fields is None:
        return await run_in_threadpool(_form, request, "", t("login.again"), 400)
    target = fields.get("next", "")
    limiter = limit()
    if limiter.statistics().tasks_waiting >= MOST_WAITING:
        return await run_in_threadpool(_form, request, target, t("login.busy"), 503)
    act = next((act for name, act in _OTHER_WAYS.items() if name in fields), _log_in)
    try:
        login = await anyio.to_thread.run_sync(partial(act, request), fields, limiter=limiter)
    except RefusedError as error:
        words = i18n.translate(error.phrase)
        return await run_in_threadpool(_form, request, target, words, 403, fields.get("name", ""))
    except StoreError:
        return await run_in_threadpool(_form, request, target, t("login.unreadable"), 503)
    return _signed_in(request, login, target)


async def passkey_options(request: Request) -> Response:
    """What a browser needs to sign in with a passkey."""
    try:
        options = await run_in_threadpool(passkey_form.login_options, request)
    except RefusedError as error:
        return JSONResponse({"error": str(error)}, 404, HEADERS)
    return Response(options, 200, HEADERS, "application/json")


async def leave(request: Request) -> Response:
    """Sign out; the form of the page is bound to the session, so nobody else's page can do it."""
    if await read_form(request) is not None:
        await run_in_threadpool(end_session, request)
    response = RedirectResponse("login", 303, HEADERS)
    cookies.forget(request, response, "session")
    return response


ROUTES = [
    Route("/login", show, methods=["GET"]),
    Route("/login", send, methods=["POST"]),
    Route("/login/passkey", passkey_options, methods=["GET"]),
    Route("/logout", leave, methods=["POST"]),
]


def safe_next(target: str) -> str:
    """Where to go after signing in, relative to here: a page of this server, whatever was asked for."""
    if len(target) > LONGEST_NEXT or _CONTROL.search(target) or not target.startswith("/"):
        return "./"
    parts = urlsplit(target)
    path = parts.path.lstrip("/")
    if parts.scheme or parts.netloc or ".." in path.split("/") or path.startswith(("login", "_")):
        return "./"
    return f"./{path}?{parts.query}" if parts.query else f"./{path}"


def limit() -> anyio.CapacityLimiter:
    """Who hashes; made where there is an event loop."""
    global _limiter
    if _limiter is None:
        _limiter = anyio.CapacityLimiter(AT_ONCE)
    return _limiter


def begin(request: Request, login: NewLogin, response: Response) -> Response:
    """The cookies of who has just signed in: a new session, and that this browser is known."""
    cookies.put(request, response, "session", login.secret)
    cookies.put(request, response, "browser", str(login.user_id))
    cookies.forget(request, response, "form")
    return response


def _signed_in(request: Request, login: NewLogin, target: str) -> Response:
    return begin(request, login, _led(safe_next(target)))


def _led(where: str) -> RedirectResponse:
    return RedirectResponse(where, 303, HEADERS)


def _log_in(request: Request, fields: dict[str, str]) -> NewLogin:
    known = cookies.read(request, "browser") or ""
    attempt = LoginAttempt(
        fields.get("name", "")[:200],
        fields.get("password", ""),
        address_of(request.scope),
        request.headers.get("user-agent", ""),
        int(known) if known.isdecimal() else None,
    )
    login = log_in(stores.records(), stores.site(), attempt, stores.now)
    end_session(request)  # the session that this browser had before
    return login


def _by_passkey(request: Request, fields: dict[str, str]) -> NewLogin:
    login = passkey_form.log_in(request, fields)
    end_session(request)
    return login


# By a field of the form; without any of them it is the password.
_OTHER_WAYS = {"role": demo_login.look_as, "credential": _by_passkey}


def end_session(request: Request) -> None:
    """Sign out who was signed in here."""
    principal = request.scope.get(PRINCIPAL)
    if principal is not None and principal.session_id is not None:
        with forms.writing(principal.author) as tx:
            sessions.end(tx, principal.session_id)
        identity.by_number(principal.session_id)  # so it is no longer known here


def _provider_link(target: str) -> str:
    """To the house's provider, if the site file names one."""
    file = stores.site().file
    if file.access.oidc is None or file.http.public_url is None:
        return ""
    words = t("login.by_provider", name=file.access.oidc.name)
    return f'<p><a href="login/oidc?next={quote(target[:LONGEST_NEXT])}">{escape(words)}</a></p>'


def _form(
    request: Request, target: str, wrong: str = "", status: int = 200, name: str = ""
) -> Response:
    i18n.use(stores.site().file.language)
    hidden, new = bind(request)
    hidden += f'<input type="hidden" name="next" value="{escape(target[:LONGEST_NEXT])}">'
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""<p class="about">{escape(stores.site().file.name)}</p>{error}
<form method="post" action="login" accept-charset="utf-8">{hidden}
<label for="name">{escape(t("login.name"))}</label>
<input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="80" dir="ltr" required value="{escape(name[:80])}"{"" if name else " autofocus"}>
<label for="password">{escape(t("login.password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" dir="auto"
 maxlength="200" required{" autofocus" if name else ""}>
<button>{escape(t("login.enter"))}</button></form>
{passkey_form.login_button(request, hidden)}{_provider_link(target)}{demo_login.choices(request, hidden)}<p class="about">{escape(t("login.forgotten"))}</p>"""
    script = passkey_form.SCRIPT if passkey_form.is_offered(request) else ""
    page = plain_page(t("login.title"), body, status, script=script)
    return put_binding(request, page, new)
