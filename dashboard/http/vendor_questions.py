"""`/vendor/TOKEN/questions`: a supplier asks who stands at the device, from the list of its profile."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access import vendor_links
from core.errors import RefusedError
from dashboard import forms, i18n
from dashboard.http.plain_form import LARGEST, read_fields
from dashboard.http.plain_page import HEADERS
from dashboard.http.vendor_page import (
    WITHIN_S,
    OpenCase,
    answered,
    is_unopened,
    nowhere,
    words_page,
)
from maintenance.tickets import questions


async def send(request: Request) -> Response:
    """Ask, then lead back to the case."""
    fields = await read_fields(request, LARGEST, WITHIN_S)
    return await run_in_threadpool(answered, request, partial(_send, fields or {}))


ROUTES = [Route("/vendor/{token}/questions", send, methods=["POST"])]


def _send(fields: dict[str, str], request: Request, here: OpenCase) -> Response:
    if is_unopened(here.link):
        return nowhere(request)
    try:
        _add_question(here, fields.get("question", ""))
    except RefusedError as error:
        words = i18n.catalogue(here.link.language)
        return words_page(words.translate(error.phrase), 400, here.link.language)
    return RedirectResponse(f"../{request.path_params['token']}?done=1", 303, HEADERS)


def _add_question(here: OpenCase, key: str) -> None:
    with forms.writing(here.author) as tx:
        vendor_links.note_visit(tx, here.link.id, "asked", here.author.address, key)
        questions.add_question(tx, here.link.ticket_id, key, here.link.language, is_vendors=True)
