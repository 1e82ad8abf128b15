"""`/fault/state/TOKEN`: who reported a fault sees what became of it, without an account.

The link is signed for one order; nobody's name is on the page but that of who has the work.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import StoreError
from core.time.clock import DAY
from dashboard import i18n
from dashboard.http import cookies
from dashboard.http.gate import address_of
from dashboard.http.plain_page import plain_page
from dashboard.http.wrong_links import WRONG_LINKS
from dashboard.i18n import t
from dashboard.queries import orders as order_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import ORDER_STATES
from storage.records import WorkOrder

KIND = "fault"  # of the signature
VALID_FOR = 90 * DAY


def state_token(number: int) -> str:
    """The last part of the page's address."""
    return cookies.signed(KIND, str(number))


def show(request: Request) -> Response:
    """What became of the report."""
    i18n.use(stores.site().file.language)
    address, now = address_of(request.scope), stores.now()
    wait = WRONG_LINKS.wait(address, now)
    if wait:
        return WRONG_LINKS.refusal(wait)
    number = cookies.signed_value(KIND, request.path_params["token"], VALID_FOR)
    if number is None:
        WRONG_LINKS.count(address, now)
    try:
        details = None if number is None else order_queries.order_details(int(number))
    except StoreError:
        return _page(f"<p>{escape(t('fault_state.unread'))}</p>", 503)
    if details is None:
        return _page(f"<p>{escape(t('fault_state.nothing'))}</p>", 404)
    return _page(_state(details.order), 200)


ROUTES = [Route("/fault/state/{token}", show, methods=["GET"])]


def _state(order: WorkOrder) -> str:
    site, now = stores.site(), stores.now()
    about = f"{fmt.device(order.device, site)} · {t('fault_state.number', number=order.id)}"
    lines = [t("fault_state.received", when=fmt.moment(order.opened_at, now, site))]
    lines += [
        f"{t(ORDER_STATES[step.state])}: {fmt.moment(step.at, now, site)}"
        for step in order.steps
        if step.state != "open"
    ]
    if order.assigned_to:
        lines.append(t("fault_state.seen", who=order.assigned_to))
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    state = f'<p class="done" role="status">{escape(t(ORDER_STATES[order.state]))}</p>'
    return f'<p class="about">{escape(about)}</p>{state}<ul>{items}</ul>'


def _page(body: str, status: int) -> Response:
    return plain_page(t("fault_state.title"), body, status)
