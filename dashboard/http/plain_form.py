"""What is sent by a plain form: read with a limit of size and time, and bound to the browser that got the form."""

import asyncio
from contextlib import suppress
from html import escape
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from access.secret import hash_of, new_secret
from dashboard.http import cookies

FORM = "application/x-www-form-urlencoded"
LARGEST = 16_000  # bytes
WITHIN_S = 20.0  # a form of this size comes within that over 9.6 kbit/s
TOKEN = "csrf"  # noqa: S105  the name of a field


async def read_form(request: Request) -> dict[str, str] | None:
    """The fields; None if it is no form, too large, too slow, or was not handed out to this browser."""
    fields = await read_fields(request, LARGEST, WITHIN_S)
    return fields if fields and is_bound(request, fields.get(TOKEN, "")) else None


async def read_fields(request: Request, largest: int, within_s: float) -> dict[str, str] | None:
    """The fields of a form that is bound to no browser; None as above."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != FORM:
        return None
    body = b""
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    return None
            values = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
            return {name: texts[0].replace("\0", "") for name, texts in values.items()}
    return None


def bind(request: Request) -> tuple[str, str | None]:
    """The hidden field of a form, and the cookie to put with it if the browser has none yet."""
    binding, new = binding_of(request), None
    if binding is None:
        new = new_secret()
        binding = hash_of(new)
    token = cookies.signed(TOKEN, binding)
    return f'<input type="hidden" name="{TOKEN}" value="{escape(token)}">', new


def put_binding(request: Request, response: Response, new: str | None) -> Response:
    """The answer with the cookie that `bind` asked for."""
    if new is not None:
        cookies.put(request, response, "form", new)
    return response


def is_bound(connection: HTTPConnection, token: str) -> bool:
    """Was this form handed out to this browser, in this session if there is one?"""
    binding = binding_of(connection)
    return binding is not None and cookies.is_signed(TOKEN, token, binding)


def binding_of(connection: HTTPConnection) -> str | None:
    """By what a browser is known, in its session or before; None if it has no cookie of ours."""
    secret = cookies.read(connection, "session") or cookies.read(connection, "form")
    return None if secret is None else hash_of(secret)
