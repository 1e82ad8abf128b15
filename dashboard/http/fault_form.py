"""`/fault/ct-2`: whoever stands at a machine says what is wrong, without an account.

Plain HTML that any telephone shows at once; the QR code on a machine's label leads here. There is
no cookie, so nobody's rights can be borrowed by another site, and `middleware.py` refuses what another
site's page sends before it is counted. What is sent is small, and escaped wherever it is shown.
"""

import asyncio
from contextlib import suppress
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.principal import Author
from core.errors import RefusedError, StoreError
from core.schema.site import Device
from core.time.clock import MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.rights import Right
from dashboard import forms, i18n
from dashboard.http.fault_state import state_token
from dashboard.http.plain_form import WITHIN_S
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t, t_data
from dashboard.queries import orders as order_queries
from dashboard.queries import stores
from maintenance.work_orders.fault_reports import report_fault

WHO = "fault form"  # in the records
MAY: frozenset[Right] = frozenset({"report a fault"})  # without an account

FORM = "application/x-www-form-urlencoded"
LARGEST = 16_000  # bytes of a form; a page of text in any script
LONGEST, LONGEST_NAME = 2000, 80  # characters

# So many reports of one device, and of all, in ten minutes: more than people write, less than harm.
WINDOW = 10 * MINUTE
MOST_OF_DEVICE, MOST_OF_ALL = 10, 40

DOWN: dict[str, DowntimeExtent | None] = {"usable": None, "partial": "partial", "down": "hard"}


class FormFields(NamedTuple):
    """What was typed; it stays on the page when it cannot be accepted."""

    text: str = ""
    name: str = ""
    state: str = ""


def show(request: Request) -> Response:
    """The form; or, in the hour after it was sent, the number of the order."""
    device = _device(request)
    if device is None:
        return plain_page(t("fault.unknown_title"), f"<p>{escape(t('fault.unknown'))}</p>", 404)
    number = request.query_params.get("done", "")
    if number.isdecimal() and len(number) < 10 and _is_new(device, int(number)):
        return _thanks(device, int(number))
    return _form(device, FormFields())


async def send(request: Request) -> Response:
    """Make an order of it, and lead to a page that can be loaded again without harm."""
    device = _device(request)
    if device is None:
        return plain_page(t("fault.unknown_title"), f"<p>{escape(t('fault.unknown'))}</p>", 404)
    if not _is_a_form(request):
        return _form(device, FormFields(), t("fault.no_form"), 415)
    body = await _body(request)
    if body is None:
        return _form(device, FormFields(), t("fault.too_long"), 413)
    fields = _read(body)
    if not fields.text.strip() or fields.state not in DOWN:
        return _form(device, fields, t("fault.missing"), 400)
    if len(fields.text) > LONGEST or len(fields.name) > LONGEST_NAME:
        return _form(device, fields, t("fault.too_long"), 413)
    if not _counted(device.id):
        return _form(device, fields, t("fault.too_many"), 429)
    try:
        number = _report(device, fields)
    except RefusedError as error:
        return _form(device, fields, i18n.translate(error.phrase), 400)
    except StoreError:
        return _form(device, fields, t("fault.unsaved"), 503)
    if not _is_new(device, number):
        # Known for longer: sent again, the same words are the same order.
        return _thanks(device, number)
    return RedirectResponse(f"/fault/{device.id}?done={number}", 303, HEADERS)


ROUTES = [
    Route("/fault/{device}", show, methods=["GET"]),
    Route("/fault/{device}", send, methods=["POST"]),
]

_reports: list[tuple[int, str]] = []  # when, of which device; the last ten minutes


def _counted(device: str) -> bool:
    """Is one more allowed? Counted by device, for every sender comes by the same proxy."""
    now = stores.now()
    _reports[:] = [(at, name) for at, name in _reports if now - WINDOW < at <= now]
    of_device = sum(name == device for _, name in _reports)
    if of_device >= MOST_OF_DEVICE or len(_reports) >= MOST_OF_ALL:
        return False
    _reports.append((now, device))
    return True


def _report(device: Device, fields: FormFields) -> int:
    """The number of the order; in the name of the form and of whoever gave one."""
    name = fields.name.strip()
    with forms.writing(Author(f"{WHO}: {name}" if name else WHO, MAY)) as tx:
        return report_fault(tx, device.id, fields.text, DOWN[fields.state]).id


def _is_new(device: Device, number: int) -> bool:
    try:
        return order_queries.was_just_reported(device.id, number)
    except StoreError:
        return False


def _device(request: Request) -> Device | None:
    i18n.use(stores.site().file.language)
    return stores.site().devices.get(request.path_params["device"])


def _is_a_form(request: Request) -> bool:
    """What a page elsewhere may send without asking is text, too; this form never is."""
    kind = request.headers.get("content-type", FORM).partition(";")[0]
    return kind.strip().lower() == FORM


async def _body(request: Request) -> bytes | None:
    """What was sent; None if it is too large, of which no more is read than is allowed."""
    body = b""
    # A telephone out of reach: nobody reads the answer. One that takes for ever: others wait.
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    return None
        return body
    return b""


def _read(body: bytes) -> FormFields:
    """The fields of a form; what is no text at all is empty."""
    values = parse_qs(body.decode("utf-8", "replace"))  # small: see LARGEST
    names = FormFields._fields
    return FormFields(*(values.get(name, [""])[0].replace("\0", "") for name in names))


def _form(device: Device, fields: FormFields, wrong: str = "", status: int = 200) -> Response:
    """The form with what was typed in it."""
    words = {
        "usable": t("fault.usable"),
        "partial": t("fault.partial"),
        "down": t("fault.down"),
    }
    choices = "".join(
        f'<label><input type="radio" name="state" value="{key}" required'
        f"{' checked' if fields.state == key else ''}>{escape(word)}</label>"
        for key, word in words.items()
    )
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""{error}<form method="post" action="/fault/{device.id}" accept-charset="utf-8">
<label for="text">{escape(t("fault.what"))}</label>
<textarea id="text" name="text" rows="4" maxlength="{LONGEST}" required autofocus>{escape(fields.text)}</textarea>
<fieldset><legend>{escape(t("fault.state"))}</legend>{choices}</fieldset>
<label for="name">{escape(t("fault.name"))}</label>
<input id="name" name="name" type="text" maxlength="{LONGEST_NAME}" value="{escape(fields.name)}">
<p class="about">{escape(t("fault.no_patient"))}</p>
<button>{escape(t("fault.send"))}</button></form>"""
    return plain_page(t("fault.title", device=device.name), _about(device) + body, status)


def _thanks(device: Device, number: int) -> Response:
    again = f'<p><a href="/fault/{device.id}">{escape(t("fault.again"))}</a></p>'
    done = f'<p class="done" role="status">{escape(t("fault.done", number=number))}</p>'
    where = f"state/{state_token(number)}"  # relative, for a proxy may keep Scanward below a path
    state = f'<p><a href="{where}">{escape(t("fault.follow"))}</a></p>'
    return plain_page(t("fault.title", device=device.name), _about(device) + done + state + again)


def _about(device: Device) -> str:
    texts = (t_data(device.profile.title), device.room, device.id)
    return f'<p class="about">{escape(" · ".join(text for text in texts if text))}</p>'
