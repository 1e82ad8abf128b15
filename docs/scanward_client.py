"""A client of Scanward's API in one file, with nothing but Python's own library. Copy it; docs/api.md says more.

scanward = Scanward("http://scanward:8501", "scw_...")
for device in scanward.get("devices"):
    print(device["name"], device["state"])
for order in scanward.pages("orders", ended=True):
    print(order["id"], order["title"])
scanward.post("orders", {"device": "ct-1", "title": "Fan is loud"})
"""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

TRIES = 4
FIRST_PAUSE_S = 0.5  # doubles
WORTH_TRYING = (409, 429, 502, 503, 504)  # it may go well a moment later


class ScanwardProblem(Exception):  # noqa: N818  named as RFC 9457 names it
    """What the server refused, and why; `status` is 0 if nobody answered."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(f"{status}: {detail}" if status else detail)


class Scanward:
    """One server, as the owner of a token sees it."""

    def __init__(self, server: str, token: str, timeout_s: float = 30.0) -> None:
        if urlsplit(server).scheme not in ("http", "https"):
            raise ValueError(f"{server!r} does not begin with http:// or https://")
        self._top = f"{server.rstrip('/')}/api/v1"
        self._token = token
        self._timeout_s = timeout_s

    def get(self, path: str, **query: Any) -> Any:
        """What stands there; of a list the first page."""
        return self._ask("GET", path, query)[0]

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Every row of a list, asked page by page."""
        following: Mapping[str, Any] | None = query
        while following is not None:
            rows, link = self._ask("GET", path, following)
            yield from rows
            address = link.partition("<")[2].partition(">")[0]
            following = dict(parse_qsl(urlsplit(address).query)) if address else None

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
        """Do it, once, however often the line breaks: each call has a key of its own.

        With a `key` of yours it is done once over a day, also if your program was begun again.
        """
        return self._ask("POST", path, {}, dict(body or {}), key or str(uuid.uuid4()))[0]

    def _ask(
        self, method: str, path: str, query: Mapping[str, Any], body: Any = None, key: str = ""
    ) -> tuple[Any, str]:
        texts = {name: _text(value) for name, value in query.items() if value is not None}
        address = f"{self._top}/{path.strip('/')}" + (f"?{urlencode(texts)}" if texts else "")
        request = urllib.request.Request(address, method=method)  # noqa: S310  http or https: see above
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        if method == "POST":
            request.data = json.dumps(body, allow_nan=False).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", key)
        for attempt in range(TRIES):
            try:
                return self._once(request)
            except ScanwardProblem as problem:
                is_worth_it = problem.status in (0, *WORTH_TRYING)
                if not is_worth_it or attempt == TRIES - 1:
                    raise
            time.sleep(FIRST_PAUSE_S * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: urllib.request.Request) -> tuple[Any, str]:
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                return json.loads(answer.read()), answer.headers.get("Link", "")
        except urllib.error.HTTPError as error:
            with error:
                raise ScanwardProblem(error.code, _detail(error.read(), error.reason)) from None
        except OSError as error:  # no name, nobody there, or the line broke
            raise ScanwardProblem(0, f"{request.host} does not answer: {error}") from None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _detail(body: bytes, otherwise: str) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return otherwise
