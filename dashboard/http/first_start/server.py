"""The web server of the first start: its page by a secret link, and then the way to the pages of the site.

Who sends the answers waits for the first page of the site: this server stops listening, keeps that one answer
open while `scanward run` starts the dashboard on the same port, and then leads there. So nobody meets a closed
port, and no script is needed.
"""

import asyncio
import http.client
import logging
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from access.login import NewLogin
from core.errors import ConfigError, Mistake, RefusedError, StoreError
from core.text.catalogue import FALLBACK
from core.text.phrase import Phrase
from dashboard import i18n
from dashboard.http.first_start.answers import LANGUAGES, MistakenAnswers, read_answers
from dashboard.http.first_start.create import DATA, begin_first_session, create_site_file
from dashboard.http.first_start.page import first_page
from dashboard.http.login_page import begin
from dashboard.http.plain_form import LARGEST, WITHIN_S, read_fields
from dashboard.http.plain_page import HEADERS

log = logging.getLogger(__name__)

DASHBOARD_WITHIN_S = 180.0  # on an old machine it takes ten to begin; ours
_LOOK_EVERY_S = 0.2
# So that the browser comes to the dashboard with its next request, and not to us.
_CLOSE = {"Connection": "close"}


def serve_first_start(site_path: Path, address: str, port: int, ready: Callable[[], None]) -> bool:
    """Serve until the site file is there and the dashboard answers; False if it was told to stop before.

    `ready` is called when the file is there and the port is free again.
    """
    listener = listener_at(address, port)
    first = FirstStart(site_path, address, port, ready)
    spoken = "localhost" if address in ("127.0.0.1", "::1") else socket.gethostname()
    log.warning(
        "there is no %s yet: open http://%s:%d/first/%s and answer five questions",
        *(site_path, spoken, port, first.token),
    )
    with suppress(KeyboardInterrupt):
        first.server.run(sockets=[listener])
    return first.is_done


def listener_at(address: str, port: int) -> socket.socket:
    """ConfigError if nobody can listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        text = f"{address} port {port}: {why}; choose another with --port"
        raise ConfigError([Mistake("first start", "", text)]) from None
    return listener


class FirstStart:
    """The page, and what becomes of its answers."""

    def __init__(self, site_path: Path, address: str, port: int, ready: Callable[[], None]) -> None:
        self.token = secrets.token_urlsafe(32)
        self.server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])]),
                log_config=None,
                log_level="warning",
                lifespan="off",
                server_header=False,
                proxy_headers=False,
            )
        )
        self.is_done = False
        self._site_path = site_path
        self._address, self._port = address, port
        self._ready = ready
        self._writing = asyncio.Lock()

    async def answer(self, request: Request) -> Response:
        """The form, or what follows from it; the same words for every other address."""
        given = request.path_params["path"].removeprefix("first/")
        if self.is_done or not secrets.compare_digest(given.encode(), self.token.encode()):
            text = "The link to begin with is in the terminal or the log of Scanward."
            response: Response = PlainTextResponse(text, 404, HEADERS)
        elif request.method == "POST":
            response = await self._send(request)
        else:
            response = await run_in_threadpool(self._page, request, {}, {})
        response.headers.update(_CLOSE)
        return response

    async def _send(self, request: Request) -> Response:
        fields = await read_fields(request, LARGEST, WITHIN_S)
        if fields is None:
            return PlainTextResponse("not a form", 400, HEADERS)
        async with self._writing:  # a second click finds the work done
            if self.is_done:
                return _led(request, None)
            try:
                login = await run_in_threadpool(self._create, request, fields)
            except MistakenAnswers as error:
                return await run_in_threadpool(self._page, request, fields, error.mistakes, 400)
            except RefusedError as error:
                mistakes = {"file": error.phrase}
                return await run_in_threadpool(self._page, request, fields, mistakes, 400)
            self.is_done = True
        self._stop_listening()
        self._ready()
        await run_in_threadpool(self.wait_for_dashboard)
        self.server.should_exit = True
        return _led(request, login)

    def _create(self, request: Request, fields: Mapping[str, str]) -> NewLogin | None:
        answers = read_answers(fields, DATA.absolute())
        place = (self._address, self._port)
        create_site_file(answers, self._site_path, address=place[0], port=place[1])
        try:
            return begin_first_session(answers.person, self._site_path, request)
        except (RefusedError, StoreError) as error:
            # The site is there; the dashboard's log offers the first person's link once more.
            log.error("the first person could not be added: %s", error)
            return None

    def _page(
        self,
        request: Request,
        fields: Mapping[str, str],
        mistakes: Mapping[str, Phrase],
        status: int = 200,
    ) -> Response:
        language = request.query_params.get("language", "")
        if language not in LANGUAGES:
            language = _preferred(request.headers.get("accept-language", ""))
        i18n.use_here(language)
        return first_page(self._site_path, DATA.absolute(), fields, mistakes, status)

    def _stop_listening(self) -> None:
        for server in self.server.servers if self.server.started else ():
            server.close()

    def wait_for_dashboard(self) -> None:
        """Until it answers on our port, or for DASHBOARD_WITHIN_S."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._address, self._address)  # noqa: S104
        until = time.monotonic() + DASHBOARD_WITHIN_S
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                asking = http.client.HTTPConnection(host, self._port, timeout=5)
                asking.request("GET", "/healthz")
                asking.getresponse()
                asking.close()
                return
            time.sleep(_LOOK_EVERY_S)


def _preferred(accepted: str) -> str:
    """Of the languages that the browser names, the first that we speak; Dari for who reads Persian."""
    codes = (part.strip().partition("-")[0].partition(";")[0] for part in accepted.split(","))
    return next((code for code in codes if code in LANGUAGES), FALLBACK)


def _led(request: Request, login: NewLogin | None) -> Response:
    """To the first page, signed in."""
    response = RedirectResponse("/", 303, HEADERS)
    return response if login is None else begin(request, login, response)
