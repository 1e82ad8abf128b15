"""An address of the API: one entry of the table from which both the routes and the document are made."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.principal import Principal
from core.vocabulary.rights import Right
from dashboard.http.api.paging import ItemPage
from dashboard.http.api.parameters import Parameters, parse
from dashboard.http.api.problems import ProblemError
from dashboard.http.gate import PRINCIPAL, SCOPES
from storage.records.transaction import refusal

Query = TypeVar("Query", bound=Parameters)

TOP = "/api/v1"


@dataclass(frozen=True, slots=True)
class ReadEndpoint(Generic[Query]):
    """GET: `read` gives an item, a list of them, or a page of a list."""

    path: str  # below TOP
    summary: str
    query: type[Query]  # of the path and behind the `?`
    item: type[BaseModel]
    read: Callable[[Query], BaseModel | Sequence[BaseModel] | ItemPage[Any]]
    is_list: bool = False
    method: str = "GET"
    right: Right | None = None  # that it needs beside being signed in

    @property
    def route(self) -> Route:
        """As the server has it. Starlette runs it in a thread."""
        return Route(TOP + self.path, self._respond)

    def _respond(self, request: Request) -> Response:
        if self.right is not None:
            check_right(request, self.right)
        pairs = [*request.path_params.items(), *request.query_params.multi_items()]
        query = parse(self.query, pairs)
        answer = self.read(query)
        headers = {}
        if isinstance(answer, ItemPage):
            if answer.cursor:
                headers["Link"] = _link(request, answer.cursor)
            answer = answer.items
        return _unless_known(request, json_of(answer), headers)


def check_right(request: Request, right: Right) -> None:
    """ProblemError unless the person, and their token if they come by one, may do that."""
    principal: Principal = request.scope[PRINCIPAL]
    scopes: frozenset[str] | None = request.scope.get(SCOPES)
    if scopes is not None and right not in scopes:
        raise ProblemError(403, f"this token was not made to {right}")
    if right not in principal.rights:
        raise ProblemError(403, str(refusal(right)))


def json_of(answer: BaseModel | Sequence[BaseModel]) -> bytes:
    """Its text."""
    if isinstance(answer, BaseModel):
        fields: Any = answer.model_dump(mode="json")
    else:
        fields = [item.model_dump(mode="json") for item in answer]
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _link(request: Request, cursor: str) -> str:
    """The next page, relative: a proxy may keep Scanward below a path."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    return f'<?{urlencode([*pairs, ("cursor", cursor)])}>; rel="next"'


def _unless_known(request: Request, body: bytes, headers: dict[str, str]) -> Response:
    """200, or 304 for a program that has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [
        text.strip().removeprefix("W/")
        for text in request.headers.get("if-none-match", "").split(",")
    ]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type="application/json")
