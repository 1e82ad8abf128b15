"""A supplier with a browser of their own, who asks the routes as the server calls them."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from access.vendor_links import VALID_FOR, make_vendor_link
from dashboard.http import (
    answer_page,
    fault_state,
    vendor_live,
    vendor_page,
    vendor_questions,
    vendor_resume,
    vendor_upload,
)
from tests.dashboard.centre import Centre

ROUTES = [
    *vendor_page.ROUTES,
    *vendor_live.ROUTES,
    *vendor_questions.ROUTES,
    *answer_page.ROUTES,
    *fault_state.ROUTES,
    *vendor_upload.ROUTES,
    *vendor_resume.ROUTES,
]


@dataclass
class VendorReply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """One browser: it keeps its cookies."""

    address: str = "203.0.113.7"
    read: int = 0  # bytes of what was last sent that the server has taken
    cookies: dict[str, str] = field(default_factory=dict)
    scope: dict[str, object] = field(default_factory=dict)  # what the gate has put there
    app: ASGIApp | None = None  # instead of the routes alone

    def get(self, path: str, **headers: str) -> VendorReply:
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, **fields: str) -> VendorReply:
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields).encode(), {"content_type": kind})

    def upload(self, path: str, name: str, content: bytes) -> VendorReply:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: text/html\r\n\r\n".encode() + content + b"\r\n--b--\r\n"
        kind = "multipart/form-data; boundary=b"
        return self.ask("POST", f"{path}/files", body, {"content_type": kind})

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> VendorReply:
        answers: list[Message] = []
        self.read = 0

        async def receive() -> Message:
            start = self.read
            self.read += 65536
            more = self.read < len(body)
            return {"type": "http.request", "body": body[start : self.read], "more_body": more}

        async def send(message: Message) -> None:
            answers.append(message)

        where, _, query = path.partition("?")
        pairs = [
            (name.replace("_", "-").lower().encode(), value.encode())
            for name, value in headers.items()
        ]
        if self.cookies:
            pairs.append((b"cookie", "; ".join("=".join(c) for c in self.cookies.items()).encode()))
        scope: dict[str, object] = {
            "type": "http", "method": method, "path": where, "raw_path": where.encode(),
            "query_string": query.encode(), "headers": pairs, "http_version": "1.1",
            "scheme": "http", "server": ("test", 80), "client": (self.address, 1), "root_path": "",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            **self.scope,
        }  # fmt: skip
        app = self.app or Starlette(routes=ROUTES)

        async def respond() -> None:
            await app(scope, receive, send)

        asyncio.run(respond())
        own = {key.decode(): value.decode() for key, value in answers[0]["headers"]}
        if "set-cookie" in own:
            name, _, value = own["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        content = b"".join(message.get("body", b"") for message in answers[1:])
        return VendorReply(answers[0]["status"], own, content)


def link_to(
    centre: Centre,
    ticket: int,
    valid_for: int = VALID_FOR,
    *,
    is_bound: bool = True,
    language: str = "en",
    at: int | None = None,
) -> str:
    """The path of a new link."""
    now = time.time_ns() // 1_000_000 if at is None else at
    with centre.change(now, "Sara") as tx:
        secret = make_vendor_link(tx, ticket, valid_for, is_bound=is_bound, language=language)
    return f"/vendor/{secret}"
