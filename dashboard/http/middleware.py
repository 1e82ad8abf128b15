"""What every request and websocket must pass, and what every answer carries."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from html import escape

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.time.clock import DAY, SECOND
from dashboard import i18n
from dashboard.http.addresses import Addresses, is_for_programs
from dashboard.http.gate import PRINCIPAL, Gate, WatchedSocket
from dashboard.http.host_names import Authority, OwnNames, authority, is_same_origin
from dashboard.http.plain_page import plain_page
from dashboard.i18n import t
from dashboard.queries import stores

log = logging.getLogger(__name__)

# Thirty days: a house that gives up TLS is not locked out for a year (RFC 6797 leaves it open).
HSTS = f"max-age={30 * DAY // SECOND}"
MOST_LOGGED = 100  # different names that are refused; a scanner of the network tries many


def policy(digests: Iterable[str]) -> str:
    """The content security policy of Streamlit's pages; `digests` are of the scripts in their HTML.

    Streamlit writes styles into its pages, and makes images and workers from data.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(digests)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Middleware:
    """An ASGI application around another: the outermost, so that errors carry the headers too."""

    def __init__(
        self,
        app: ASGIApp,
        names: OwnNames,
        addresses: Addresses,
        gate: Gate,
        digests: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._gate = gate
        self._names = names
        self._addresses = addresses
        self._refused: set[tuple[str, str]] = set()
        self._headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Not `no-referrer`: a form's own page would then send `Origin: null`.
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": policy(digests),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse it, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not self._addresses.is_asset(scope):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] in ("https", "wss"):
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and not self._addresses.is_asset(scope):
            refusal = await self._gate.refusal(scope)
        if refusal is None and scope["type"] == "websocket":
            await self._watched(scope, receive, send_with_headers)
            return
        await (refusal or self._app)(scope, receive, send_with_headers)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A websocket, for as long as its person is signed in."""
        socket = WatchedSocket(scope[PRINCIPAL].session_id, receive, send)
        watcher = asyncio.create_task(socket.watch())
        try:
            await self._app(scope, socket.receive, socket.send)
        finally:
            watcher.cancel()

    def _refusal(self, scope: Scope) -> Response | None:
        """What is said to a request that is not let in; None if it is."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        host = authority(hosts[0]) if len(hosts) == 1 else None
        if host is None or not self._names.knows(host.name):
            return self._refused_for("Host", hosts, "door.host", 421)
        if origins and not (len(origins) == 1 and is_same_origin(origins[0], host)):
            return self._refused_for("Origin", origins, "door.origin", 403)
        if not self._addresses.has(scope):
            return _nothing_here(scope["path"])
        _normalise_headers(scope, host, origins)
        return None

    def _refused_for(self, header: str, values: list[str], key: str, status: int) -> Response:
        """In words, without the name: it is a stranger's. The log has it, once."""
        refused = (header, ", ".join(values)[:200])
        if refused not in self._refused and len(self._refused) < MOST_LOGGED:
            self._refused.add(refused)
            log.warning("refused: %s %r; http.names in the site file says which are ours", *refused)
        i18n.use(stores.site().file.language)
        return PlainTextResponse(t(key), status, {"Cache-Control": "no-store"})


def method_refused(_request: Request, error: Exception) -> Response:
    """What is said to who opens an address to which something is only sent."""
    page = _no_page("door.method", 405)
    page.headers.update(getattr(error, "headers", None) or {})  # which methods it takes
    return page


def _nothing_here(path: str) -> Response:
    if is_for_programs(path):
        return JSONResponse({"error": "there is nothing at this address"}, 404)
    return _no_page("door.nothing", 404)


def _no_page(words: str, status: int) -> Response:
    i18n.use(stores.site().file.language)
    home = f'<p><a href="/">{escape(t("door.home"))}</a></p>'
    return plain_page(t("door.nothing_title"), f"<p>{escape(t(words))}</p>{home}", status)


def _normalise_headers(scope: Scope, host: Authority, origins: list[str]) -> None:
    """Host and Origin as Streamlit compares them: letter by letter.

    What differs it would look up among the names of this machine, and for that ask a server outside.
    """
    if not origins:
        return
    scheme, _, page = origins[0].lower().partition("://")
    others = [pair for pair in scope["headers"] if pair[0] not in (b"host", b"origin")]
    same = [(b"host", page.encode()), (b"origin", f"{scheme}://{page}".encode())]
    scope["headers"] = [*others, *same]
