"""An address of the API that writes, by the service function that the pages call too."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.principal import Principal
from core.vocabulary.rights import Right
from dashboard import forms
from dashboard.http.api import idempotent
from dashboard.http.api.endpoint import TOP, check_right, json_of
from dashboard.http.api.idempotent import IdempotencyKey, WriteAnswer
from dashboard.http.api.parameters import Parameters, parse
from dashboard.http.api.problems import ProblemError
from dashboard.http.api.request_body import RequestBody, parse_body, read_body
from dashboard.http.gate import PRINCIPAL, SCOPES
from storage.records.transaction import Transaction

Query = TypeVar("Query", bound=Parameters)
Body = TypeVar("Body", bound=RequestBody)


@dataclass(frozen=True, slots=True)
class WriteEndpoint(Generic[Query, Body]):
    """POST: `write` does it and gives what is then there."""

    path: str  # below TOP
    summary: str
    right: Right
    query: type[Query]  # of the path
    body: type[Body]
    item: type[BaseModel]
    write: Callable[[Transaction, Query, Body], BaseModel | Sequence[BaseModel]]
    status: int = 200  # 201: something new is there
    is_list: bool = False
    method: str = "POST"
    # What a repeated request gets instead of the answer: that without what is shown once.
    replayed: Callable[[Any], BaseModel] | None = None

    @property
    def route(self) -> Route:
        """As the server has it."""
        return Route(TOP + self.path, self._respond, methods=[self.method])

    async def _respond(self, request: Request) -> Response:
        principal = _may_write(request, self.right)
        pairs = [*request.path_params.items(), *request.query_params.multi_items()]
        query = parse(self.query, pairs)
        content = await read_body(request)
        body = await run_in_threadpool(parse_body, self.body, content)
        key = None
        if (typed := request.headers.get("idempotency-key")) is not None:
            whole = f"{self.method} {request.url.path}\n".encode() + content
            key = idempotent.key_of(principal.user_id, typed, whole)
        answer = await run_in_threadpool(self._write, principal, query, body, key)
        headers = {"Cache-Control": "no-store"}
        if answer.is_replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(answer.body, answer.status, headers, media_type="application/json")

    def _write(
        self, principal: Principal, query: Query, body: Body, key: IdempotencyKey | None
    ) -> WriteAnswer:
        guard = nullcontext() if key is None else idempotent.alone(key)
        with guard, forms.writing(principal.author) as change:

            def act() -> WriteAnswer:
                item = self.write(change, query, body)
                later = item if self.replayed is None else self.replayed(item)
                return WriteAnswer(self.status, json_of(item).decode(), json_of(later).decode())

            return act() if key is None else idempotent.once(change.db, key, change.now, act)


AnyWriteEndpoint = WriteEndpoint[Any, Any]


def existing(row: object | None, what: str, number: int) -> None:
    """ProblemError if there is none of that number."""
    if row is None:
        raise ProblemError(404, f"there is no {what} {number}")


def _may_write(request: Request, right: Right) -> Principal:
    """Who asks. A browser sends the cookie of a session whoever made it ask, so only a token may write."""
    principal: Principal = request.scope[PRINCIPAL]
    if request.scope.get(SCOPES) is None:
        raise ProblemError(403, "writing needs a token")
    check_right(request, right)
    return principal
