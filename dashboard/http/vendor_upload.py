"""`/vendor/TOKEN/files`: a supplier sends a file, by a plain form. It is checked, kept, and never shown in a page.

Nothing is read of what comes by a link that leads nowhere.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access import vendor_links
from core.errors import RefusedError
from dashboard import forms, i18n
from dashboard.http.plain_page import HEADERS
from dashboard.http.vendor_page import OpenCase, answered, is_unopened, nowhere, words_page
from maintenance.tickets.uploads import checked_type, plain_name
from maintenance.work_orders.attachments import LARGEST, attach

AROUND = 10_000  # bytes of a form around its file
SILENT_S = 120.0  # a sender who sends nothing for so long has gone
AT_ONCE = 2  # that are read, of one link: each holds its bytes in memory
MOST_BYTES = 200_000_000  # bytes of all files of one ticket by its supplier


class SentFile(NamedTuple):
    """A file as it came, not checked yet."""

    name: str
    content: bytes


async def send(request: Request) -> Response:
    """Keep a file with the ticket."""
    first = await run_in_threadpool(answered, request, _admitted)
    if first.status_code != NO_ANSWER_YET:
        return first
    token = request.path_params["token"]
    if _reading.count(token) >= AT_ONCE:
        return await run_in_threadpool(answered, request, partial(_refused, "supplier.busy"))
    _reading.append(token)
    try:
        file = await _read(request)
    finally:
        _reading.remove(token)
    if file is None:
        return await run_in_threadpool(answered, request, partial(_refused, "supplier.no_file"))
    return await run_in_threadpool(answered, request, partial(store, file))


ROUTES = [Route("/vendor/{token}/files", send, methods=["POST"])]

NO_ANSWER_YET = 100  # a status that is never sent
_reading: list[str] = []  # tokens of the links by which a file comes just now


def _admitted(request: Request, here: OpenCase) -> Response:
    return nowhere(request) if is_unopened(here.link) else Response(status_code=NO_ANSWER_YET)


async def _read(request: Request) -> SentFile | None:
    """The file of the form; None if there is none, it is too large, or the line broke."""
    body = await _body(request)
    if body is None:
        return None
    with suppress(MultiPartException):
        parser = MultiPartParser(request.headers, _at_once(body), max_files=1, max_fields=2)
        form = await parser.parse()
        try:
            file = form.get("file")
            if isinstance(file, UploadFile):
                return SentFile(plain_name(file.filename or ""), await file.read())
        finally:
            await form.close()
    return None


async def _body(request: Request) -> bytes | None:
    """All of it; None if it is more than a file and its form have, or does not come to its end."""
    body, stream = bytearray(), aiter(request.stream())
    with suppress(ClientDisconnect, TimeoutError):
        while True:
            async with asyncio.timeout(SILENT_S):
                chunk = await anext(stream, None)
            if chunk is None:
                return bytes(body)
            body += chunk
            if len(body) > LARGEST + AROUND:
                return None
    return None


async def _at_once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def store(file: SentFile, request: Request, here: OpenCase) -> Response:
    """Check and keep it; leads back to the case, or says what is wrong."""
    words = i18n.catalogue(here.link.language)
    try:
        media_type = checked_type(file.name, file.content)
        size = sum(upload.size for upload in here.case.uploads)
        if size + len(file.content) > MOST_BYTES:
            raise RefusedError("this ticket holds too many files: ask the engineer")
        _keep(file, media_type, here)
    except RefusedError as error:
        return words_page(words.translate(error.phrase), 400, here.link.language)
    return RedirectResponse(f"../{request.path_params['token']}?done=1", 303, HEADERS)


def _keep(file: SentFile, media_type: str, here: OpenCase) -> None:
    ticket = str(here.link.ticket_id)
    with forms.writing(here.author) as tx:
        vendor_links.note_visit(tx, here.link.id, "uploaded", here.author.address, file.name)
        attach(tx, "ticket", ticket, file.name, media_type, file.content)


def _refused(key: str, _request: Request, here: OpenCase) -> Response:
    language = here.link.language
    return words_page(i18n.catalogue(language).text(key), 400, language)
