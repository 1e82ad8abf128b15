"""The port without encryption, beside that with it: it leads there, and serves only what is needed before.

A monitor may ask whether Scanward is well, and a telephone that does not trust the site's authority yet gets its
certificate. Nothing else is answered, so no password and no cookie crosses the network in the clear twice.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.schema.http import Http
from dashboard.http.host_names import OwnNames, authority
from dashboard.http.hurried_protocol import HurriedProtocol

HERE = frozenset({"/healthz", "/trust", "/trust/scanward.crt"})


class PlainDoor:
    """An ASGI application before another."""

    def __init__(self, app: ASGIApp, names: OwnNames, port: int) -> None:
        self._app = app
        self._names = names
        self._port = port  # of the encrypted one

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what is open here; lead elsewhere who asks for anything else by a name of ours."""
        if scope["type"] == "http" and scope["path"] in HERE:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope)(scope, receive, send)
        elif scope["type"] == "websocket":
            await PlainTextResponse("https only", 403)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        hosts = Headers(scope=scope).getlist("host")
        host = authority(hosts[0]) if len(hosts) == 1 else None
        # Only to a name of ours: else a link to us would lead wherever its writer wants.
        if host is None or not self._names.knows(host.name):
            return PlainTextResponse("this server has not that name", 421, headers)
        name = f"[{host.name}]" if ":" in host.name else host.name
        port = "" if self._port == 443 else f":{self._port}"
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse(f"use https://{name}{port}", 403, headers)
        path = scope.get("raw_path", b"/").decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        target = f"https://{name}{port}{path}{f'?{query}' if query else ''}"
        return RedirectResponse(target, 308, headers)


@contextmanager
def plain_door(
    app: ASGIApp, names: OwnNames, http: Http, port: int, address: str
) -> Iterator[None]:
    """It is open for as long as the block runs; nothing if the site file names no port for it."""
    if http.plain_port is None:
        yield
        return
    config = uvicorn.Config(
        PlainDoor(app, names, port), host=address, port=http.plain_port, http=HurriedProtocol,
        ws="none", lifespan="off", log_config=None, log_level="warning", proxy_headers=False, server_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="plain door", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join(5)
