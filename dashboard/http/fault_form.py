"""`/fault/ct-2`: whoever stands at a machine says what is wrong, without an account.

Plain HTML that any telephone shows at once; the QR code on a machine's label leads here. It opens on the
site's own network only (`fault_lock.py`). There is no cookie, so nobody's rights can be borrowed by another
site, and `middleware.py` refuses what another site's page sends before it is counted. What is sent is small,
and escaped wherever it is shown.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.principal import Author
from core.errors import RefusedError, StoreError
from core.schema.site import Device
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.rights import Right
from dashboard import forms, i18n
from dashboard.http import fault_fields, fault_lock
from dashboard.http.fault_fields import PAGE_LENGTH, FaultFields, SentFault
from dashboard.http.fault_page import LONGEST, LONGEST_NAME, form_page, unknown_page
from dashboard.http.fault_state import state_token
from dashboard.http.gate import address_of
from dashboard.http.plain_page import HEADERS
from dashboard.i18n import t
from dashboard.queries import stores
from maintenance.work_orders.fault_photos import prepared_photo, too_large
from maintenance.work_orders.fault_reports import (
    ReportDetails,
    TooManyReportsError,
    report_fault,
)

WHO = "fault form"  # in the records
MAY: frozenset[Right] = frozenset({"report a fault"})  # without an account

SCRIPT = (Path(__file__).parent / "fault_photo.js").read_text(encoding="utf-8")
AT_ONCE, AT_ONCE_OF_ADDRESS = 6, 2  # that are read: each holds its photo in memory

DOWN: dict[str, DowntimeExtent | None] = {"usable": None, "partial": "partial", "down": "hard"}

_reading: list[str] = []  # addresses from which a form comes just now


def show(request: Request) -> Response:
    """The form."""
    device = _device(request)
    return fault_lock.refusal(request) or (
        unknown_page() if device is None else form_page(device, FaultFields())
    )


async def send(request: Request) -> Response:
    """Make an order of it, and lead to the page that shows what becomes of it."""
    device = _device(request)
    refused = fault_lock.refusal(request) or (unknown_page() if device is None else None)
    if refused is not None or device is None:
        return refused or unknown_page()
    if not fault_fields.is_form(request):
        return form_page(device, FaultFields(), t("fault.no_form"), 415)
    address = address_of(request.scope)
    if len(_reading) >= AT_ONCE or _reading.count(address) >= AT_ONCE_OF_ADDRESS:
        return form_page(device, FaultFields(), t("fault.busy"), 503)
    _reading.append(address)
    try:
        sent = await fault_fields.read(request)
        if sent is None:
            return form_page(device, FaultFields(), t("fault.too_long"), 413)
        return await run_in_threadpool(_answer, device, sent, address)
    finally:
        _reading.remove(address)


def script(_request: Request) -> Response:
    """What makes a photo small in the phone."""
    return Response(SCRIPT, headers=HEADERS, media_type="text/javascript")


ROUTES = [
    Route("/fault/photo.js", script, methods=["GET"]),
    Route("/fault/{device}", show, methods=["GET"]),
    Route("/fault/{device}", send, methods=["POST"]),
]


def _answer(device: Device, sent: SentFault, address: str) -> Response:
    fields = sent.fields
    known = [usual.en for usual in device.profile.usual_faults]
    fields = fields._replace(usual_faults=tuple(en for en in known if en in fields.usual_faults))
    if not (fields.text.strip() or fields.usual_faults) or fields.state not in DOWN:
        return form_page(device, fields, t("fault.missing"), 400)
    if max(len(fields.text), len(fields.tried)) > LONGEST or (
        max(len(fields.name), len(fields.phone)) > LONGEST_NAME
    ):
        return form_page(device, fields, t("fault.too_long"), 413)
    try:
        if sent.is_too_large:
            raise too_large()
        number = _report(device, fields, prepared_photo(sent.photo), address)
    except RefusedError as error:
        status = 429 if isinstance(error, TooManyReportsError) else 400
        return form_page(device, fields, i18n.translate(error.phrase), status)
    except StoreError:
        return form_page(device, fields, t("fault.unsaved"), 503)
    # Relative, for a proxy may keep Scanward below a path.
    return RedirectResponse(f"state/{state_token(number)}", 303, HEADERS)


def _report(device: Device, fields: FaultFields, photo: bytes, address: str) -> int:
    """The number of the order; in the name of the form and of whoever gave one."""
    name = fields.name.strip()
    details = ReportDetails(
        fields.usual_faults,
        name,
        fields.phone,
        fields.tried,
        photo,
        fields.page if len(fields.page) == PAGE_LENGTH else "",
        address,
    )
    with forms.writing(Author(f"{WHO}: {name}" if name else WHO, MAY, address)) as tx:
        return report_fault(tx, device.id, fields.text, DOWN[fields.state], details).id


def _device(request: Request) -> Device | None:
    i18n.use(stores.site().file.language)
    return stores.site().devices.get(request.path_params["device"])
