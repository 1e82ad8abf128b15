"""`/vendor/TOKEN`: a supplier far away sees one case, answers, and takes the diagnostics with them.

The token is the right to it. A link that is bound asks for one click first: programs that look into mails
open every link, and the case would be theirs. Whatever is wrong with a link, it is answered alike.
"""

import gzip
from collections.abc import Callable
from functools import partial
from html import escape
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from access import vendor_links
from access.principal import Author
from access.secret import new_secret
from core.errors import RefusedError, StoreError
from core.text.catalogue import FALLBACK, Catalogue
from core.vocabulary.rights import Right
from core.vocabulary.tickets import VisitKind
from dashboard import forms, i18n
from dashboard.http import cookies
from dashboard.http.gate import address_of
from dashboard.http.plain_form import read_fields
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.http.vendor_case_page import HEAD, LONGEST_REPLY, case_body
from dashboard.http.wrong_links import WRONG_LINKS
from dashboard.queries import stores
from dashboard.queries.vendor_case import VendorCase, live_window, vendor_case
from maintenance.tickets.lifecycle import receive_reply
from maintenance.tickets.uploads import writer
from storage.files import attachments
from storage.records import VendorLink

MAY: frozenset[Right] = frozenset({"work on a ticket", "add a file"})  # by the link alone

LARGEST = 100_000  # bytes of a form: the longest reply, in any script, as forms write it
WITHIN_S = 240.0  # so much comes within that over 9.6 kbit/s and a bad line


class OpenCase(NamedTuple):
    """A link that is good here, where it leads, and in whose name its holder writes."""

    link: VendorLink
    case: VendorCase
    author: Author


async def show(request: Request) -> Response:
    """The case; or the button that opens it in this browser."""
    return await run_in_threadpool(answered, request, _show)


async def send(request: Request) -> Response:
    """Open the case in this browser, or write into its thread."""
    fields = await read_fields(request, LARGEST, WITHIN_S)
    return await run_in_threadpool(answered, request, partial(_send, fields))


async def download(request: Request) -> Response:
    """A diagnostics bundle of this case. After a broken line the rest of it is asked for."""
    return await run_in_threadpool(answered, request, _download)


ROUTES = [
    Route("/vendor/{token}", show, methods=["GET"]),
    Route("/vendor/{token}", send, methods=["POST"]),
    Route("/vendor/{token}/files/{number}", download, methods=["GET"]),
]


def answered(request: Request, answer: Callable[[Request, OpenCase], Response]) -> Response:
    """What `answer` makes of the request, or that it leads nowhere, or what stands in the way."""
    i18n.use(stores.site().file.language)
    try:
        wait = WRONG_LINKS.wait(address_of(request.scope), stores.now())
        if wait:
            return WRONG_LINKS.refusal(wait)
        open_case = _open_case(request)
        return nowhere(request) if open_case is None else answer(request, open_case)
    except RefusedError as error:
        return words_page(i18n.translate(error.phrase), 429)
    except StoreError:
        return _page("supplier.unreadable", 503)


def _open_case(request: Request) -> OpenCase | None:
    browser = cookies.read(request, "vendor")
    with stores.records().reading() as db:
        token = request.path_params["token"]
        link = vendor_links.good_link(db, token, stores.now(), browser)
    case = None if link is None else vendor_case(link.ticket_id)
    if link is None or case is None:
        return None
    return OpenCase(link, case, Author(writer(case.vendor), MAY, address_of(request.scope)))


def _show(request: Request, here: OpenCase) -> Response:
    link, case, _ = here
    if is_unopened(link):
        return _door(link)
    _note(here, "opened")
    i18n.use_here(link.language)
    path, words = request.path_params["token"], i18n.catalogue(link.language)
    query = request.query_params
    window = live_window(link.id)
    body = case_body(
        case,
        words,
        path,
        whole="all" in query,
        done="done" in query,
        live_until=window.until if window is not None and window.is_open(stores.now()) else None,
    )
    title = f"{case.ticket.subject} ({case.device.name})"
    return zipped(request, plain_page(title, body, head=HEAD, language=link.language))


def _send(fields: dict[str, str] | None, request: Request, here: OpenCase) -> Response:
    link = here.link
    if is_unopened(link):
        return _opened(request, here) if fields is not None and "open" in fields else _door(link)
    words = i18n.catalogue(link.language)
    text = "" if fields is None else fields.get("text", "").strip()
    if not text or len(text) > LONGEST_REPLY:
        return words_page(words.text("supplier.no_reply", most=LONGEST_REPLY), 400, link.language)
    try:
        _reply(here, text.replace("\r\n", "\n"))
    except RefusedError as error:
        return words_page(words.translate(error.phrase), 400, link.language)
    # Relative, for a proxy may keep Scanward below a path.
    return RedirectResponse(f"{request.path_params['token']}?done=1", 303, HEADERS)


def _reply(here: OpenCase, text: str) -> None:
    with forms.writing(here.author) as tx:
        vendor_links.note_visit(tx, here.link.id, "replied", here.author.address)
        receive_reply(tx, here.link.ticket_id, text)


def _download(request: Request, here: OpenCase) -> Response:
    number = request.path_params["number"]
    files = {str(file.id): file for file in here.case.bundles}
    if number not in files or is_unopened(here.link):
        return nowhere(request)
    file = files[number]
    folder = stores.site().file.storage.folder
    attachments.read(folder, file.sha256)  # whole, or StoreError
    _note(here, "downloaded", file.name)
    headers = {"ETag": f'"{file.sha256}"', "Cache-Control": "private, no-cache"}
    path = attachments.path_of(folder, file.sha256)
    return FileResponse(path, headers=headers, media_type=file.media_type, filename=file.name)


def _opened(request: Request, here: OpenCase) -> Response:
    """The case is this browser's from now on."""
    browser = cookies.read(request, "vendor") or new_secret()
    with forms.writing(here.author) as tx:
        vendor_links.bind_browser(tx, here.link.id, browser)
    response = RedirectResponse(request.path_params["token"], 303, HEADERS)
    cookies.put(request, response, "vendor", browser)
    return response


def is_unopened(link: VendorLink) -> bool:
    """Is it bound, and to no browser yet?"""
    return link.is_bound and not link.browser_hash


def _note(here: OpenCase, kind: VisitKind, about: str = "") -> None:
    with forms.writing(here.author) as tx:
        vendor_links.note_visit(tx, here.link.id, kind, here.author.address, about)


def _door(link: VendorLink) -> Response:
    """Nothing of the case yet."""
    words = i18n.catalogue(link.language)
    button = f'<form method="post"><button name="open" value="1">{escape(words.text("supplier.open"))}</button></form>'
    about = f'<p class="about">{escape(words.text("supplier.bound"))}</p>'
    return plain_page(words.text("supplier.title"), button + about, language=link.language)


def nowhere(request: Request) -> Response:
    """Unknown, over, taken back or another browser's: nobody learns which."""
    WRONG_LINKS.count(address_of(request.scope), stores.now())
    return _page("supplier.nowhere", 404)


def _page(key: str, status: int) -> Response:
    """In the site's language and in English: nobody knows yet who reads it."""
    languages = dict.fromkeys((stores.site().file.language, FALLBACK))
    texts = (i18n.catalogue(language).text(key) for language in languages)
    return words_page("\n".join(texts), status)


def words_page(text: str, status: int, language: str | None = None) -> Response:
    """A page of words, one line each; in the site's language or another."""
    words: Catalogue = i18n.catalogue(language or stores.site().file.language)
    lines = "".join(f'<p dir="auto">{escape(line)}</p>' for line in text.split("\n"))
    return plain_page(words.text("supplier.title"), lines, status, language=language)


def zipped(request: Request, page: Response) -> Response:
    """A third of the bytes, for who can read it."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return page
    headers = {**HEADERS, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    body = gzip.compress(bytes(page.body), mtime=0)
    return Response(body, page.status_code, headers, media_type="text/html; charset=utf-8")
