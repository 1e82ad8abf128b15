"""`/vendor/TOKEN/uploads`: a supplier's file in parts, by the tus protocol 1.0 (core and creation, https://tus.io).

Any tus client goes on where the line broke. What is there at the end is checked as a file of the form is.
"""

import asyncio
import re
import secrets
from base64 import b64decode
from binascii import Error as WrongBase64
from contextlib import suppress
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import StoreError
from dashboard.http.vendor_page import OpenCase, answered, is_unopened, nowhere
from dashboard.http.vendor_upload import SILENT_S, SentFile, store
from dashboard.queries import stores
from maintenance.tickets.uploads import plain_name
from maintenance.work_orders.attachments import LARGEST
from storage.files import partial_uploads

TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
PART = "application/offset+octet-stream"
MOST_AT_ONCE = 3  # files of a link that are under way
_KEY = re.compile(r"[0-9a-f]{32}")
_writing: set[str] = set()  # keys of files to which a part is added just now


async def create(request: Request) -> Response:
    """Begin a file: 201 and where its parts go."""
    return await run_in_threadpool(answered, request, _create)


async def offset(request: Request) -> Response:
    """How much of it is there."""
    return await run_in_threadpool(answered, request, _offset)


async def add(request: Request) -> Response:
    """The next part. What came before the line broke is kept; with the last byte the file is checked."""
    owners: list[str] = []
    answer = await run_in_threadpool(answered, request, partial(_ready, owners))
    if not owners:
        return answer
    key, storage = request.path_params["key"], stores.site().file.storage.folder
    if key in _writing:
        return Response(status_code=409, headers=TUS)
    _writing.add(key)
    try:
        await _add_parts(request, owners[0], key)
    except StoreError:
        return Response(status_code=503, headers=TUS)  # the disk is full, or has gone
    finally:
        _writing.discard(key)
    upload = await run_in_threadpool(partial_uploads.find, storage, owners[0], key)
    if upload is not None and upload.offset == upload.length:
        return await run_in_threadpool(answered, request, _finish)
    return await offset(request)


ROUTES = [
    Route("/vendor/{token}/uploads", create, methods=["POST"]),
    Route("/vendor/{token}/uploads/{key}", offset, methods=["HEAD"]),
    Route("/vendor/{token}/uploads/{key}", add, methods=["PATCH"]),
]


def _create(request: Request, here: OpenCase) -> Response:
    length = request.headers.get("upload-length", "")
    if is_unopened(here.link):
        return nowhere(request)
    if not length.isdecimal() or len(length) > 12 or not int(length):
        return Response(status_code=400, headers=TUS)
    if int(length) > LARGEST:
        return Response(status_code=413, headers=TUS)
    storage, owner = stores.site().file.storage.folder, str(here.link.id)
    if partial_uploads.under_way(storage, owner) >= MOST_AT_ONCE:
        return Response(status_code=429, headers=TUS)
    key = secrets.token_hex(16)
    partial_uploads.begin(storage, owner, key, _name(request), int(length))
    return Response(status_code=201, headers={**TUS, "Location": f"uploads/{key}"})


def _offset(request: Request, here: OpenCase) -> Response:
    upload = _upload(request, here)
    if upload is None:
        return nowhere(request)
    own = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)}
    return Response(status_code=204 if request.method == "PATCH" else 200, headers={**TUS, **own})


def _ready(owners: list[str], request: Request, here: OpenCase) -> Response:
    """Whose file it is, if the part that comes is the next; else what is wrong."""
    upload = _upload(request, here)
    if upload is None:
        return nowhere(request)
    if request.headers.get("content-type", "") != PART:
        return Response(status_code=415, headers=TUS)
    if request.headers.get("upload-offset", "") != str(upload.offset):
        return Response(status_code=409, headers=TUS)
    owners.append(str(here.link.id))
    return Response()


async def _add_parts(request: Request, owner: str, key: str) -> None:
    storage = stores.site().file.storage.folder
    upload = await run_in_threadpool(partial_uploads.find, storage, owner, key)
    left, stream = (upload.length - upload.offset if upload else 0), aiter(request.stream())
    with suppress(ClientDisconnect, TimeoutError):
        while left > 0:
            async with asyncio.timeout(SILENT_S):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            await run_in_threadpool(partial_uploads.append, storage, owner, key, chunk[:left])
            left -= len(chunk)


def _finish(request: Request, here: OpenCase) -> Response:
    upload = _upload(request, here)
    if upload is None:
        return nowhere(request)
    storage, key = stores.site().file.storage.folder, request.path_params["key"]
    content = partial_uploads.take(storage, str(here.link.id), key)
    answer = store(SentFile(upload.name, content), request, here)
    if answer.status_code != 303:
        return answer
    return Response(status_code=204, headers={**TUS, "Upload-Offset": str(upload.length)})


def _upload(request: Request, here: OpenCase) -> partial_uploads.PartialUpload | None:
    key = request.path_params["key"]
    if is_unopened(here.link) or not _KEY.fullmatch(key):
        return None
    return partial_uploads.find(stores.site().file.storage.folder, str(here.link.id), key)


def _name(request: Request) -> str:
    """`filename` of the metadata; its kind is judged at the end."""
    for pair in request.headers.get("upload-metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        if name == "filename":
            with suppress(WrongBase64, ValueError):
                return plain_name(b64decode(value, validate=True).decode())
    return ""
