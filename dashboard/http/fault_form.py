"""`/fault/ct-2`: whoever stands at a machine says what is wrong, without an account.

Plain HTML that any telephone shows at once; the QR code on a machine's label leads here. There is
no cookie, so nobody's rights can be borrowed by another site; what is sent is small, counted, and
escaped wherever it is shown.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import StoreError
from core.schema.site import Device
from core.time.clock import MINUTE
from core.vocabulary.downtime import DowntimeExtent
from dashboard import i18n
from dashboard.i18n import t, t_data
from dashboard.queries import stores
from dashboard.work import faults

LARGEST = 16_000  # bytes of a form; a page of text in any script
LONGEST, LONGEST_NAME = 2000, 80  # characters

# So many reports of one device, and of all, in ten minutes: more than people write, less than harm.
WINDOW = 10 * MINUTE
MOST_OF_ONE, MOST_OF_ALL = 10, 40

DOWN: dict[str, DowntimeExtent | None] = {"usable": None, "partial": "partial", "down": "hard"}

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = """
:root { color-scheme: light dark; font: 17px/1.45 system-ui, sans-serif; }
body { max-width: 34rem; margin: 0 auto; padding: 1rem 1.1rem 2rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0.3rem 0 0.1rem; }
p.about { margin: 0 0 1.1rem; opacity: 0.75; }
label, legend { display: block; font-weight: 600; margin: 0 0 0.3rem; }
textarea, input[type=text] { box-sizing: border-box; width: 100%; font: inherit; padding: 0.6rem 0.7rem;
  border: 1px solid #8a99a3; border-radius: 0.5rem; margin: 0 0 1.1rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1.1rem; }
fieldset label { display: flex; gap: 0.7rem; align-items: center; font-weight: 400; margin: 0 0 0.4rem;
  padding: 0.65rem 0.7rem; border: 1px solid #8a99a3; border-radius: 0.5rem; }
fieldset input { width: 1.2rem; height: 1.2rem; margin: 0; }
button { width: 100%; font: inherit; font-weight: 650; padding: 0.85rem; border: 0; border-radius: 0.5rem;
  background: #0f6674; color: #fff; }
.wrong { padding: 0.7rem 0.9rem; border-radius: 0.5rem; background: #b3142b; color: #fff; }
.done { padding: 0.9rem; border-radius: 0.5rem; background: #0b7a75; color: #fff; }
"""


class Said(NamedTuple):
    """What was typed; kept on the page when it cannot be taken."""

    text: str = ""
    name: str = ""
    state: str = ""


def show(request: Request) -> Response:
    """The form; or, in the hour after it was sent, the number of the order."""
    device = _device(request)
    if device is None:
        return _page(t("fault.unknown_title"), f"<p>{escape(t('fault.unknown'))}</p>", 404)
    number = request.query_params.get("done", "")
    if number.isdecimal() and len(number) < 10 and _is_new(device, int(number)):
        return _thanks(device, int(number))
    return _form(device, Said())


async def take(request: Request) -> Response:
    """Make an order of it, and lead to a page that can be loaded again without harm."""
    device = _device(request)
    if device is None:
        return _page(t("fault.unknown_title"), f"<p>{escape(t('fault.unknown'))}</p>", 404)
    body = await _body(request)
    if body is None:
        return _form(device, Said(), t("fault.too_long"), 413)
    said = _read(body)
    if not said.text.strip() or said.state not in DOWN:
        return _form(device, said, t("fault.missing"), 400)
    if len(said.text) > LONGEST or len(said.name) > LONGEST_NAME:
        return _form(device, said, t("fault.too_long"), 413)
    if not _counted(device.id):
        return _form(device, said, t("fault.too_many"), 429)
    try:
        number = faults.report(device.id, said.text, said.name, DOWN[said.state])
    except StoreError:
        return _form(device, said, t("fault.unsaved"), 503)
    if not _is_new(device, number):
        # Known for longer: sent again, the same words are the same order.
        return _thanks(device, number)
    return RedirectResponse(f"/fault/{device.id}?done={number}", 303, _HEADERS)


ROUTES = [
    Route("/fault/{device}", show, methods=["GET"]),
    Route("/fault/{device}", take, methods=["POST"]),
]

_taken: list[tuple[int, str]] = []  # when, of which device; the last ten minutes


def _counted(device: str) -> bool:
    """Is one more allowed? Counted by device, for every sender comes by the same proxy."""
    now = stores.now()
    _taken[:] = [(at, name) for at, name in _taken if now - WINDOW < at <= now]
    of_one = sum(name == device for _, name in _taken)
    if of_one >= MOST_OF_ONE or len(_taken) >= MOST_OF_ALL:
        return False
    _taken.append((now, device))
    return True


def _is_new(device: Device, number: int) -> bool:
    try:
        return faults.is_new(device.id, number)
    except StoreError:
        return False


def _device(request: Request) -> Device | None:
    i18n.use(stores.site().file.language)
    return stores.site().devices.get(request.path_params["device"])


async def _body(request: Request) -> bytes | None:
    """What was sent; None if it is too large, of which no more is read than is allowed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


def _read(body: bytes) -> Said:
    """The fields of a form; what is no text at all is empty."""
    fields = parse_qs(body.decode("utf-8", "replace"))  # small: see LARGEST
    return Said(*(fields.get(one, [""])[0].replace("\0", "") for one in Said._fields))


def _form(device: Device, said: Said, wrong: str = "", status: int = 200) -> Response:
    """The form with what was typed in it."""
    words = {
        "usable": t("fault.usable"),
        "partial": t("fault.partial"),
        "down": t("fault.down"),
    }
    choices = "".join(
        f'<label><input type="radio" name="state" value="{key}" required'
        f"{' checked' if said.state == key else ''}>{escape(word)}</label>"
        for key, word in words.items()
    )
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""{told}<form method="post" action="/fault/{device.id}" accept-charset="utf-8">
<label for="text">{escape(t("fault.what"))}</label>
<textarea id="text" name="text" rows="4" maxlength="{LONGEST}" required autofocus>{escape(said.text)}</textarea>
<fieldset><legend>{escape(t("fault.state"))}</legend>{choices}</fieldset>
<label for="name">{escape(t("fault.name"))}</label>
<input id="name" name="name" type="text" maxlength="{LONGEST_NAME}" value="{escape(said.name)}">
<p class="about">{escape(t("fault.no_patient"))}</p>
<button>{escape(t("fault.send"))}</button></form>"""
    return _page(t("fault.title", device=device.name), _about(device) + body, status)


def _thanks(device: Device, number: int) -> Response:
    again = f'<p><a href="/fault/{device.id}">{escape(t("fault.again"))}</a></p>'
    done = f'<p class="done" role="status">{escape(t("fault.done", number=number))}</p>'
    return _page(t("fault.title", device=device.name), _about(device) + done + again)


def _about(device: Device) -> str:
    told = " · ".join(
        text for text in (t_data(device.profile.title), device.room, device.id) if text
    )
    return f'<p class="about">{escape(told)}</p>'


def _page(title: str, body: str, status: int = 200) -> Response:
    language = stores.site().file.language
    way = "rtl" if language == "fa" else "ltr"
    html = (
        f'<!doctype html><html lang="{language}" dir="{way}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )
    return HTMLResponse(html, status, _HEADERS)
