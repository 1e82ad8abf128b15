"""What went wrong, for programs: problem JSON as RFC 9457 has it, whoever refused.

`error` repeats `detail`: programs written before there were problems read that.
"""

import json
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import ConfigError, RefusedError, StoreError
from dashboard.http.addresses import is_for_programs

PROBLEM = "application/problem+json"
_WRITTEN_ANEW = ("content-length", "content-type")
_REFUSED, _UNREADABLE = 422, 503


class ProblemError(Exception):
    """The request is answered with this status and these words."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


def problem(status: int, detail: str) -> Response:
    """An answer that says what is wrong."""
    fields = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "error": detail,
    }
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(fields, status, headers, media_type=PROBLEM)


def refused(_request: Request, error: Exception) -> Response:
    """What was asked wrongly, is refused, or cannot be read now, in words."""
    if isinstance(error, ProblemError):
        return problem(error.status, str(error))
    if isinstance(error, ConfigError):
        return problem(_REFUSED, "; ".join(f"{row.path}: {row.text}" for row in error.mistakes))
    return problem(_REFUSED if isinstance(error, RefusedError) else _UNREADABLE, str(error))


REFUSALS = {kind: refused for kind in (ProblemError, RefusedError, ConfigError, StoreError)}


class ProblemAnswers:
    """Around the whole application: whatever refuses a request of the API does it by a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it on; an error in another form is written anew."""
        if scope["type"] == "http" and is_for_programs(scope["path"]):
            send = _Rewriter(send).send
        await self._app(scope, receive, send)


class _Rewriter:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None  # of an error whose body is still to come
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message.get("headers", [])).get("content-type", "")
            if message["status"] >= HTTPStatus.BAD_REQUEST and not kind.startswith(PROBLEM):
                self._start = message
                return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self._send_problem(self._start)

    async def _send_problem(self, start: Message) -> None:
        before = Headers(raw=start.get("headers", []))
        written = problem(start["status"], _detail(start["status"], before, self._body))
        headers = MutableHeaders(raw=list(written.raw_headers))
        for name, value in before.items():
            if name not in _WRITTEN_ANEW:
                headers[name] = value
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": written.body})


def _detail(status: int, headers: Headers, body: bytes) -> str:
    kind = headers.get("content-type", "").partition(";")[0]
    text = body.decode("utf-8", "replace").strip()
    if kind == "application/json":
        fields = json.loads(text)
        return str(fields.get("error", _title(status)))
    return text if kind == "text/plain" and text else _title(status)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
