"""What the page of the round sends, each entry once: numbers and reasons as JSON, photos as they are.

A phone may send the same entry again for as long as it did not see the answer. Its clock is believed
as far as it can be true (`believed_time`).
"""

import asyncio
import json
from contextlib import suppress

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from access.principal import Principal
from core.errors import RefusedError, StoreError
from dashboard import forms, i18n
from dashboard.http import cookies
from dashboard.http.api.problems import ProblemError
from dashboard.http.api.request_body import RequestBody, parse_body, read_body
from dashboard.http.api.rounds import RoundLineBody
from dashboard.http.gate import PRINCIPAL
from dashboard.http.plain_form import TOKEN, binding_of, is_bound
from dashboard.http.plain_page import HEADERS
from dashboard.i18n import t, t_data, translate
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from maintenance.rounds.entering import (
    LONGEST_KEY,
    MOST,
    EntryResult,
    TypedEntry,
    believed_time,
    hand_in,
)
from maintenance.rounds.panel_photos import MEDIA_TYPE, keep_panel_photo
from maintenance.work_orders.fault_photos import LARGEST_PHOTO, prepared_photo

MOST_DIGITS = 16  # of the number of a file
WITHIN_S = 120.0  # of a photo over a wireless network at its edge


class EntryBody(RoundLineBody):
    """A line of the round, and when it was typed by the phone's clock."""

    key: str = Field(max_length=LONGEST_KEY)
    at: int = Field(ge=-(2**53), le=2**53)


class RoundBody(RequestBody):
    """What one phone sends at once."""

    token: str = Field(max_length=500)
    entries: list[EntryBody] = Field(max_length=MOST)


def state(request: Request) -> Response:
    """The server's clock (UTC ms), who is signed in, and what binds what they send to this browser."""
    principal: Principal = request.scope[PRINCIPAL]
    token = cookies.signed(TOKEN, binding_of(request) or "")
    return _json({"at": stores.now(), "user": principal.user_id, "token": token})


async def entries(request: Request) -> Response:
    """Take what can be taken; what became of each."""
    try:
        body = await run_in_threadpool(parse_body, RoundBody, await read_body(request))
    except ProblemError as error:
        return _json({"why": str(error)}, 400)
    if not is_bound(request, body.token):
        return _json({"why": t("login.again")}, 403)
    return await run_in_threadpool(_take, request.scope[PRINCIPAL], body)


async def photos(request: Request) -> Response:
    """Keep the photo of a panel."""
    query = request.query_params
    if not is_bound(request, query.get("token", "")):
        return _json({"why": t("login.again")}, 403)
    if request.headers.get("content-type") != MEDIA_TYPE:
        return _json({"why": t("round.no_photo")}, 415)
    content = await _photo(request)
    if content is None:
        return _json({"why": t("round.no_photo")}, 413)
    return await run_in_threadpool(_keep, request, content)


def photo(request: Request) -> Response:
    """The photo of a panel, as it was made here."""
    number = request.path_params["number"]
    is_number = number.isascii() and number.isdecimal() and len(number) < MOST_DIGITS
    content = round_queries.photo_content(int(number)) if is_number else None
    if content is None:
        return Response(status_code=404)
    return Response(content, headers=HEADERS, media_type=MEDIA_TYPE)


ROUTES = [
    Route("/round/state", state, methods=["GET"]),
    Route("/round/entries", entries, methods=["POST"]),
    Route("/round/photos", photos, methods=["POST"]),
    Route("/round/photo/{number}", photo, methods=["GET"]),
]


def _take(principal: Principal, body: RoundBody) -> Response:
    i18n.use(stores.site().file.language)
    try:
        with forms.writing(principal.author) as tx:
            results = hand_in(tx, [_typed(entry, tx.now) for entry in body.entries])
            rows = [_row(result) for result in results]
    except RefusedError as error:
        return _json({"why": translate(error.phrase)}, 403)
    except StoreError:
        return _json({"why": t("fault.unsaved")}, 503)
    return _json({"results": rows})


def _typed(entry: EntryBody, now: int) -> TypedEntry:
    at, stated_at = believed_time(entry.at, now)
    return TypedEntry(**{**entry.model_dump(), "at": at, "stated_at": stated_at})


def _row(result: EntryResult) -> dict[str, object]:
    """For the script: what became of an entry, in words."""
    why = "" if result.why is None else translate(result.why)
    broken = "" if result.broken is None else t_data(result.broken.title)
    return {"key": result.key, "state": result.state, "why": why, "broken": broken}


def _keep(request: Request, content: bytes) -> Response:
    query, principal = request.query_params, request.scope[PRINCIPAL]
    i18n.use(stores.site().file.language)
    try:
        stated = int(query.get("at", ""))
        small = prepared_photo(content)
        at, stated_at = believed_time(stated, stores.now())
        with forms.writing(principal.author) as tx:
            keep_panel_photo(
                tx, query.get("key", ""), query.get("device", ""), small, at, stated_at
            )
    except RefusedError as error:
        return _json({"why": translate(error.phrase)}, 400)
    except ValueError:
        return _json({"why": t("round.no_photo")}, 400)
    except StoreError:
        return _json({"why": t("fault.unsaved")}, 503)
    return _json({"why": ""})


async def _photo(request: Request) -> bytes | None:
    """What was sent; None if it is too large, too slow, or broke off."""
    body = bytearray()
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_PHOTO:
                    return None
            return bytes(body)
    return None


def _json(content: object, status: int = 200) -> Response:
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, status, HEADERS, media_type="application/json")
