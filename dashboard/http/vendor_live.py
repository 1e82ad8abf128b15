"""`/vendor/TOKEN/live`: the newest values of the one device, while the engineer lets them be seen.

A small table without a script; the browser loads it again by itself. Beside the hour of the records the process
counts by a clock that nobody sets: where the two differ the clock was set, and the hour is over.
"""

from collections.abc import Sequence
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access import live_values, vendor_links
from access.principal import Author
from core.readings import Reading
from core.schema.site import Device
from core.text.catalogue import Catalogue
from core.time.clock import MINUTE
from core.vocabulary.tickets import LiveEnd
from dashboard import forms, i18n
from dashboard.http.plain_page import plain_page
from dashboard.http.vendor_case_page import at_utc
from dashboard.http.vendor_page import OpenCase, answered, is_unopened, nowhere, zipped
from dashboard.queries import stores
from dashboard.queries.vendor_case import live_window
from dashboard.text import format as fmt
from storage.records import LiveWindow

REFRESH_S = 30  # a few kB: over 9.6 kbit/s there is time left for all else
MOST_ROWS = 60  # the tile's metrics first; a switch has hundreds of ports
SET_BY = MINUTE  # a clock that differs by more was set
HEAD = f"""<meta http-equiv="refresh" content="{REFRESH_S}"><style>table{{width:100%;border-collapse:collapse}}
td,th{{text-align:start;padding:.3rem .4rem .3rem 0;border-bottom:1px solid #8a99a366;vertical-align:top}}td small{{opacity:.75}}</style>"""

_first: dict[int, tuple[int, int]] = {}  # by window: both clocks at the first look


async def show(request: Request) -> Response:
    """The values; or that they are not open, which no browser loads again by itself."""
    return await run_in_threadpool(answered, request, _show)


ROUTES = [Route("/vendor/{token}/live", show, methods=["GET"])]


def end_open_windows() -> None:
    """The dashboard begins anew: who wants to go on looking asks again."""
    with forms.writing(Author("dashboard", frozenset({"let a supplier in"}))) as tx:
        live_values.end_all_live_values(tx, "restart")


def _show(request: Request, here: OpenCase) -> Response:
    link = here.link
    if is_unopened(link):
        return nowhere(request)
    i18n.use_here(link.language)
    words = i18n.catalogue(link.language)
    back = f'<p><a href="../{request.path_params["token"]}">{escape(words.text("supplier.back"))}</a></p>'
    window = live_window(link.id)
    if window is None or _is_over(window, here):
        body = f"<p>{escape(words.text('supplier.live_closed'))}</p>{back}"
        return plain_page(words.text("supplier.live"), body, language=link.language)
    if window.watched_at is None:
        _note_first_look(window, here)
    now = stores.now()
    body = _values(here.case.device, words, now)
    until = words.text(
        "supplier.live_until", now=at_utc(now), until=at_utc(window.until), every=REFRESH_S
    )
    again = f'<p><a href="live">{escape(words.text("supplier.again"))}</a></p>'
    title = f"{words.text('supplier.live')}: {here.case.device.name}"
    body = f'<p class="about">{escape(until)}</p>{body}{again}{back}'
    return zipped(request, plain_page(title, body, head=HEAD, language=link.language))


def _is_over(window: LiveWindow, here: OpenCase) -> bool:
    """Is it, and if so write it down: no clock that is set later opens it again."""
    reason = _reason(window)
    if reason is None:
        return False
    with forms.writing(here.author) as tx:
        live_values.note_live_end(tx, window.id, reason)
    _first.pop(window.id, None)
    return True


def _reason(window: LiveWindow) -> LiveEnd | None:
    """Why it is over; None if it is not."""
    now, steady = stores.now(), stores.steady()
    first_now, first_steady = _first.setdefault(window.id, (now, steady))
    is_set = abs((now - first_now) - (steady - first_steady)) > SET_BY
    if is_set or now < window.opened_at:
        return "clock"
    return None if window.is_open(now) else "time"


def _note_first_look(window: LiveWindow, here: OpenCase) -> None:
    with forms.writing(here.author) as tx:
        vendor_links.note_visit(tx, here.link.id, "watched", here.author.address)
        live_values.note_first_look(tx, window.id)


def _values(device: Device, words: Catalogue, now: int) -> str:
    """The newest of each series, what the device's tile shows first."""
    metrics = device.profile.metrics
    # Up to now: what a clock that is ahead has stamped would hide it.
    newest = [row for row in stores.series().latest(device.id, now) if row.metric in metrics]
    newest.sort(key=lambda row: (not metrics[row.metric].tile, row.metric, row.component))
    if not newest:
        return f"<p>{escape(words.text('supplier.no_values'))}</p>"
    return _table(device, newest[:MOST_ROWS], words, now) + _left_out(len(newest), words)


def _table(device: Device, newest: Sequence[Reading], words: Catalogue, now: int) -> str:
    heads = "".join(
        f"<th>{escape(words.text(key))}</th>"
        for key in ("supplier.metric", "supplier.value", "supplier.age")
    )
    rows = "".join(_row(device, reading, words, now) for reading in newest)
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _row(device: Device, reading: Reading, words: Catalogue, now: int) -> str:
    metric = device.profile.metrics[reading.metric]
    part = f" <small>{escape(reading.component)}</small>" if reading.component else ""
    value, age = fmt.with_unit(reading.value, metric), fmt.age(reading.at, now)
    return (
        f"<tr><td>{escape(words.data(metric.title))}{part}</td>"
        f'<td dir="auto"><b>{escape(value)}</b></td><td>{escape(age)}</td></tr>'
    )


def _left_out(count: int, words: Catalogue) -> str:
    if count <= MOST_ROWS:
        return ""
    return f"<p>{escape(words.text('supplier.left_out', count=count - MOST_ROWS))}</p>"
