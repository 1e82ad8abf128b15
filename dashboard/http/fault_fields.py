"""What comes with the form for faults: its fields and a photo, read with a limit of size and time."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from access.secret import new_secret
from dashboard.http.plain_form import FORM, WITHIN_S
from maintenance.work_orders.fault_photos import LARGEST_PHOTO

PARTS = "multipart/form-data"  # a form with a file
LARGEST = 32_000  # bytes of a form without one; two pages of text in any script
LARGEST_READ = 60_000_000  # bytes; of a photo that is too large the fields before it are still read, and it is told
SLOWEST = 5_000  # bytes a second of a photo: a wireless network at its edge
LONGEST_S = 180.0
MOST_FIELDS = 20
PAGE_LENGTH = len(new_secret())


class FaultFields(NamedTuple):
    """What was typed and pressed; it stays on the page when it cannot be accepted."""

    text: str = ""
    name: str = ""
    state: str = ""
    phone: str = ""
    tried: str = ""
    page: str = ""  # the number of the page that it was typed on
    usual_faults: tuple[str, ...] = ()


class SentFault(NamedTuple):
    """All that was sent; of a photo that is too large nothing."""

    fields: FaultFields
    photo: bytes = b""
    is_too_large: bool = False


def is_form(request: Request) -> bool:
    """What a page elsewhere may send without being asked is text, too; this form never is."""
    return _kind(request) in (FORM, PARTS)


async def read(request: Request) -> SentFault | None:
    """The form; None if it is too large, of which no more is read than is allowed. Nothing of a broken line."""
    is_parts = _kind(request) == PARTS
    largest = LARGEST + LARGEST_PHOTO if is_parts else LARGEST
    body, size = await _body(request, largest, LARGEST_READ if is_parts else largest)
    if body is None:
        return None
    if not is_parts:
        values = parse_qs(body.decode("utf-8", "replace"))
        return SentFault(_fields(values, values.get("fault", ())))
    return await _of_parts(request, body, is_cut=size > largest)


async def _of_parts(request: Request, body: bytes, *, is_cut: bool) -> SentFault:
    """What has come to its end of it: the photo is the last. Of a broken form nothing."""
    parser = MultiPartParser(
        request.headers,
        _at_once(body, is_cut=is_cut),
        max_files=1,
        max_fields=MOST_FIELDS,
        max_part_size=LARGEST,
    )
    content = b""
    try:
        form = await parser.parse()
        photo = form.get("photo")
        content = await photo.read() if isinstance(photo, UploadFile) else b""
        await form.close()
    except (MultiPartException, KeyError):
        if not is_cut:
            return SentFault(FaultFields())
    texts = [(name, value) for name, value in parser.items if isinstance(value, str)]
    pressed = [value for name, value in texts if name == "fault"]
    return SentFault(_fields({name: [value] for name, value in texts}, pressed), content, is_cut)


def _fields(values: Mapping[str, Sequence[str]], pressed: Sequence[str]) -> FaultFields:
    """The fields of a form; what is no text at all is empty. A line ends with one sign."""

    def text(name: str) -> str:
        return values.get(name, [""])[0].replace("\0", "").replace("\r\n", "\n")

    own = {name: text(name) for name in FaultFields._fields if name != "usual_faults"}
    return FaultFields(usual_faults=tuple(dict.fromkeys(pressed)), **own)


async def _body(request: Request, largest: int, most: int) -> tuple[bytes | None, int]:
    """The first bytes of what was sent, as many as are wanted, and how many there were; None if beyond `most`."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        return None, int(stated)
    loop, body, size = asyncio.get_running_loop(), bytearray(), 0
    begin = loop.time()
    # A telephone out of reach: nobody reads the answer. One that takes for ever: others wait.
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(WITHIN_S) as limit:
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    return None, size
                body += chunk[: max(largest - len(body), 0)]
                limit.reschedule(begin + min(WITHIN_S + size / SLOWEST, LONGEST_S))
        return bytes(body), size
    return b"", 0


async def _at_once(body: bytes, *, is_cut: bool) -> AsyncGenerator[bytes, None]:
    yield body
    if is_cut:
        raise MultiPartException("the rest was not read")  # so that half a photo is closed


def _kind(request: Request) -> str:
    return request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
