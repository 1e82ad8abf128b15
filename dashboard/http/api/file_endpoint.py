"""An address of the API that gives a file, sent while it is made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.vocabulary.rights import Right
from dashboard.http.api.endpoint import TOP, check_right
from dashboard.http.api.parameters import Parameters, parse


@dataclass(frozen=True, slots=True)
class FileEndpoint:
    """GET: `make` gives the file, part by part; without parameters."""

    path: str  # below TOP
    summary: str
    right: Right
    media_type: str
    name: str  # that a browser saves it by
    make: Callable[[], Iterator[bytes]]
    query: type[Parameters] = Parameters
    method: str = "GET"

    @property
    def route(self) -> Route:
        """As the server has it. Starlette runs it, and each part, in a thread."""
        return Route(TOP + self.path, self._respond)

    def _respond(self, request: Request) -> Response:
        check_right(request, self.right)
        parse(self.query, request.query_params.multi_items())
        parts = self.make()
        first = next(parts)  # what cannot be begun is answered as a problem
        headers = {
            "Content-Disposition": f'attachment; filename="{self.name}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(chain([first], parts), headers=headers, media_type=self.media_type)
