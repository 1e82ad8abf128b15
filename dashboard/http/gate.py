"""Who is let in: a person by the cookie of a session, a program by its token. The rest meets the door.

What is open to everyone stands in `OPEN`, and a test walks every route.
"""

import asyncio
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Message, Receive, Scope, Send

from access import api_tokens
from access.principal import Principal
from core.errors import StoreError
from core.schema.network import is_within
from dashboard import forms, i18n
from dashboard.http import cookies, look
from dashboard.http.addresses import is_for_programs
from dashboard.http.plain_page import plain_page
from dashboard.http.rate_limit import RateLimit, network_of
from dashboard.i18n import t
from dashboard.queries import identity, stores

# Each has its own lock, or shows nothing: a link's token, the form at a machine, whether Scanward is well.
OPEN = frozenset(
    {
        "/healthz",
        "/login",
        "/login/passkey",
        "/login/oidc",
        "/login/oidc/back",
        "/setup/{token}",
        "/fault/photo.js",
        "/fault/{device}",
        "/fault/state/{token}",
        "/vendor/{token}",
        "/answer/{token}",
        "/vendor/{token}/live",
        "/vendor/{token}/questions",
        "/vendor/{token}/files",
        "/vendor/{token}/uploads",
        "/vendor/{token}/uploads/{key}",
        "/vendor/{token}/files/{number}",
        "/ack/{token}",
        "/trust",
        "/trust/scanward.crt",
    }
)
CALENDAR = "/calendar.ics"
# What an open page asks for by itself is no sign that somebody is there.
NO_PAGES = ("/_", "/component/", "/media/", "/charts/", "/live", "/round/state")
FOR_PROGRAMS = ("/api/", "/metrics", CALENDAR)  # a token opens these
FOR_SUPPLIERS = ("/account", "/logout")  # all else of who has no other role
PRINCIPAL = "principal"  # in the scope: a Principal, or None at what is open
CALLER = "caller"  # in the scope of what programs ask: whose requests are counted together
SCOPES = "token_scopes"  # in the scope: of the token; None for a person
OURS = "x-scanward-"  # headers that nobody may send
CHECKED_EVERY_S = 20.0  # so a websocket outlives its session by less than a minute
POLICY_VIOLATION = 1008  # RFC 6455


class Gate:
    """Lets in, or answers itself."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._limit: RateLimit | None = None
        self._open = [route for route in routes if getattr(route, "path", "") in OPEN]

    async def refusal(self, scope: Scope) -> Response | None:
        """What is answered to who is not let in. Who is let in finds `PRINCIPAL` in the scope."""
        scope["headers"] = [pair for pair in scope["headers"] if not _is_forged(pair[0])]
        try:
            principal = await run_in_threadpool(_principal, scope)
        except StoreError:
            principal = None
            if not self.is_open(scope):
                return await run_in_threadpool(_unreadable)
        scope[PRINCIPAL] = principal
        if scope["path"].startswith(FOR_PROGRAMS) and (wait := self._wait_s(scope)):
            return _too_often(wait)
        site = stores.site().file
        i18n.use(site.language, site.calendar)
        i18n.use_here("" if principal is None else principal.language)
        look.use_chosen(HTTPConnection(scope))
        if principal is not None and principal.session_id is not None:
            number = str(principal.session_id).encode()
            scope["headers"].append((identity.HEADER.encode(), number))
        if self.is_open(scope):
            return None
        if principal is None and _may_scrape(scope):
            return None
        if principal is None:
            return await run_in_threadpool(_not_signed_in, scope)
        return await run_in_threadpool(_not_for, principal, scope)

    def _wait_s(self, scope: Scope) -> int:
        """For how many seconds who asks must wait; 0: not at all."""
        if self._limit is None:
            self._limit = RateLimit(stores.site().file.http.api_per_minute)
        caller = scope.get(CALLER) or network_of(address_of(scope))
        return self._limit.wait_s(caller, stores.now())

    def is_open(self, scope: Scope) -> bool:
        """Is this open to everyone?"""
        if scope["type"] != "http":
            return False
        return any(route.matches(scope)[0] is not Match.NONE for route in self._open)


class WatchedSocket:
    """A websocket that is closed when the session of its person has ended."""

    def __init__(self, session_id: int, receive: Receive, send: Send) -> None:
        self._session_id = session_id
        self._receive, self._send = receive, send
        self._ended = asyncio.Event()

    async def watch(self) -> None:
        """Until the session has ended; then close it."""
        while await run_in_threadpool(identity.by_number, self._session_id) is not None:
            await asyncio.sleep(CHECKED_EVERY_S)
        self._ended.set()
        await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})

    async def receive(self) -> Message:
        """What the browser sends; that it has left once the session has ended."""
        message = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({message, ended}, return_when=asyncio.FIRST_COMPLETED)
            if self._ended.is_set():
                return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
            return message.result()
        finally:
            ended.cancel()
            message.cancel()

    async def send(self, message: Message) -> None:
        """Nothing more once the session has ended."""
        if not self._ended.is_set():
            await self._send(message)


def address_of(scope: Scope) -> str:
    """The network address of who asks."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def depth(path: str) -> str:
    """The way back to the top, relative: a proxy may keep Scanward below a path."""
    return "../" * (path.count("/") - 1) or "./"


def _is_forged(name: bytes) -> bool:
    """`_` too: some servers make no difference."""
    return name.decode("latin-1").lower().replace("_", "-").startswith(OURS)


def _principal(scope: Scope) -> Principal | None:
    if scope["path"].startswith(FOR_PROGRAMS):
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if scope["path"] == CALENDAR and not token:
            # A calendar program knows nothing but an address.
            scheme, token = "bearer", HTTPConnection(scope).query_params.get("token", "")
        if scheme.lower() == "bearer" and token:
            return _by_token(scope, token.strip())
    scope[SCOPES] = None
    secret = cookies.read(HTTPConnection(scope), "session")
    principal = None if secret is None else identity.by_cookie(secret)
    if principal is not None and _is_page(scope):
        forms.note_presence(principal)
    return principal


def _is_page(scope: Scope) -> bool:
    """Does a person load it, and not a page that is open?"""
    is_loaded = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return is_loaded and not scope["path"].startswith(NO_PAGES)


def _by_token(scope: Scope, token: str) -> Principal | None:
    with stores.records().reading() as db:
        bearer = api_tokens.bearer_of(db, token, stores.now(), address_of(scope))
    if bearer is None:
        return None
    if bearer.is_unseen:
        forms.note_use(bearer)
    scope[SCOPES] = bearer.scopes
    scope[CALLER] = f"token {bearer.token_id}"
    return bearer.principal


def _may_scrape(scope: Scope) -> bool:
    """Is it the house's Prometheus, at an address that the site file names?"""
    if scope["type"] != "http" or scope["path"] != "/metrics":
        return False
    return is_within(address_of(scope), stores.site().file.http.metrics_from)


def _too_often(wait_s: int) -> Response:
    text = f"too many requests: ask again in {wait_s} s"
    return JSONResponse({"error": text}, 429, {"Retry-After": str(wait_s)})


def _not_signed_in(scope: Scope) -> Response:
    i18n.use(stores.site().file.language)
    path: str = scope["path"]
    if is_for_programs(path) or path.startswith(FOR_PROGRAMS):
        return JSONResponse(
            {"error": "no valid token or session"}, 401, {"WWW-Authenticate": "Bearer"}
        )
    if not _is_page(scope):
        status = 403 if scope["type"] == "websocket" else 401
        return PlainTextResponse(t("login.needed"), status, {"Cache-Control": "no-store"})
    query = scope["query_string"].decode("latin-1")
    target = quote(f"{path}?{query}" if query else path, safe="/")
    return RedirectResponse(f"{depth(path)}login?next={target}", 303, {"Cache-Control": "no-store"})


def _not_for(principal: Principal, scope: Scope) -> Response | None:
    """What is answered where a token was not made to read, or to a supplier, who comes by a link to one ticket."""
    scopes: frozenset[str] | None = scope[SCOPES]
    enough = (
        {api_tokens.READ, api_tokens.CALENDAR} if scope["path"] == CALENDAR else {api_tokens.READ}
    )
    if scopes is not None and not enough & scopes and scope["method"] in ("GET", "HEAD"):
        return JSONResponse({"error": "this token was not made to read"}, 403)
    if set(principal.roles) <= {"vendor"} and not scope["path"].startswith(FOR_SUPPLIERS):
        i18n.use(stores.site().file.language)
        if scope["type"] == "websocket":
            return PlainTextResponse(t("login.supplier"), 403, {"Cache-Control": "no-store"})
        words = f"<p>{escape(t('login.supplier'))}</p>"
        home = f'<p><a href="{depth(scope["path"])}account">{escape(t("account.title"))}</a></p>'
        return plain_page(t("login.as_vendor"), words + home, 403)
    return None


def _unreadable() -> Response:
    i18n.use(stores.site().file.language)
    return PlainTextResponse(t("login.unreadable"), 503, {"Cache-Control": "no-store"})
