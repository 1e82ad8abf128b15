"""An address of the API that gives a file, sent while it is made."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.vocabulary.rights import Right
from dashboard.http.api.endpoint import TOP, check_right
from dashboard.http.api.parameters import Parameters, parse

Query = TypeVar("Query", bound=Parameters)


class ApiFile(NamedTuple):
    """A file part by part, and the name that a browser saves it by."""

    name: str
    media_type: str
    parts: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class FileEndpoint(Generic[Query]):
    """GET: `make` gives the file."""

    path: str  # below TOP
    summary: str
    query: type[Query]  # of the path and behind the `?`
    media_types: Collection[str]  # that it may have
    make: Callable[[Query], ApiFile]
    right: Right | None = None  # that it needs beside being signed in
    method: str = "GET"

    @property
    def route(self) -> Route:
        """As the server has it. Starlette runs it, and each part, in a thread."""
        return Route(TOP + self.path, self._respond)

    def _respond(self, request: Request) -> Response:
        if self.right is not None:
            check_right(request, self.right)
        pairs = [*request.path_params.items(), *request.query_params.multi_items()]
        name, media_type, parts = self.make(parse(self.query, pairs))
        first = next(parts)  # what cannot be begun is answered as a problem
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(chain([first], parts), headers=headers, media_type=media_type)
