"""Requests straight into the routes of the API, and its document to compare the answers with."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    FormatChecker,
)
from starlette.applications import Starlette
from starlette.types import Message

from access.principal import Principal
from dashboard.http import api
from tests.dashboard.people import SARA_HERSELF

APP = api.ProblemAnswers(Starlette(routes=api.ROUTES, exception_handlers=api.REFUSALS))


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    messages: list[Message] = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def next_page(self) -> str:
        """What stands in the `Link`, from the `?` on; empty on the last page."""
        return self.headers.get("link", "").removeprefix("<").partition(">")[0]


def ask(
    url: str,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    principal: Principal = SARA_HERSELF,
    scopes: frozenset[str] | None = None,
) -> Reply:
    """One request, as the gate hands it on."""
    sent: list[Message] = []

    requests = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()  # who asks stays, and says nothing more
        return requests.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    parts = urlsplit(url)
    pairs = [(name.lower().encode(), text.encode()) for name, text in (headers or {}).items()]
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": pairs,
        "root_path": "",
        "principal": principal,
        "token_scopes": scopes,
    }
    asyncio.run(APP(scope, receive, send))
    received = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return Reply(sent[0]["status"], received, b"".join(row.get("body", b"") for row in sent), sent)


def document() -> Any:
    """The OpenAPI document, as it is fetched."""
    return ask("/api/v1/openapi.json").json


def mistakes(document: Any, path: str, method: str, reply: Reply) -> list[str]:
    """What of an answer is not as the document says. `path` is the document's own."""
    responses = document["paths"][path][method.lower()]["responses"]
    if str(reply.status) not in responses:
        return [f"{method} {path}: {reply.status} is not documented: {reply.body[:300]!r}"]
    response = responses[str(reply.status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content")
    if content is None:
        return [] if not reply.body else ["a body that is not documented"]
    kind = reply.headers["content-type"].removesuffix("; charset=utf-8")
    if kind not in content:
        return [f"{method} {path}: {reply.headers['content-type']} is not documented"]
    media = content[kind]
    if media["schema"].get("format") == "binary":
        return [] if reply.body else [f"{method} {path}: an empty file"]
    schema = {**media["schema"], "components": document["components"]}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{method} {path}: {error.message}" for error in validator.iter_errors(reply.json)]
