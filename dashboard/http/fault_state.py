"""`/fault/state/TOKEN`: who reported a fault sees what became of it, without an account.

The link is signed for one order, and good wherever its holder goes; nobody's name is on the page but those of
who has seen it and who has the work.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import StoreError
from core.time.clock import DAY
from core.vocabulary.work_orders import ENDED_ORDERS
from dashboard import i18n
from dashboard.http import cookies
from dashboard.http.gate import address_of
from dashboard.http.plain_page import plain_page
from dashboard.http.wrong_links import WRONG_LINKS
from dashboard.i18n import joined, t
from dashboard.queries import orders as order_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import ORDER_STATES
from storage.records import WorkOrder

KIND = "fault"  # of the signature
VALID_FOR = 90 * DAY
# That it is not signed yet is no matter of who reported it.
_STATES = {**ORDER_STATES, "done": "fault_state.done", "signed_off": "fault_state.done"}
REFRESHED = '<meta http-equiv="refresh" content="60">'  # who waits looks at it, and has no script


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
    about = joined((fmt.device(order.device, site), t("fault_state.number", number=order.id)))
    lines = [t("fault_state.received", when=fmt.moment(order.opened_at, now, site))]
    seen = next((step for step in order.steps if step.state != "open"), None)
    if seen is not None:
        when = fmt.moment(seen.at, now, site)
        lines.append(t("fault_state.seen_by", who=seen.who, when=when))
    lines += [
        f"{t(_STATES[step.state])}: {fmt.moment(step.at, now, site)}"
        for step in order.steps
        if step.state not in ("open", "signed_off")
    ]
    if order.returned_at is not None:
        lines.append(f"{t('order.returned')}: {fmt.moment(order.returned_at, now, site)}")
    elif order.assigned_to and order.state not in ENDED_ORDERS:
        lines.append(t("fault_state.seen", who=order.assigned_to))
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    now_at = t("fault.done", number=order.id) if seen is None else t(_STATES[order.state])
    links = "".join(
        f'<p><a href="{where}">{escape(t(words))}</a></p>'
        for where, words in (("", "fault_state.again"), (f"../{order.device}", "fault.again"))
    )
    return (
        f'<p class="about">{escape(about)}</p><p class="done" role="status">{escape(now_at)}</p>'
        f'<ul>{items}</ul><p class="about">{escape(t("fault.follow"))}</p>{links}'
    )


def _page(body: str, status: int) -> Response:
    return plain_page(t("fault_state.title"), body, status, REFRESHED)
