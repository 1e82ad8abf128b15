"""Who may open the form for faults without an account: whoever is on the site's own network."""

import logging

from starlette.requests import Request
from starlette.responses import Response

from core.schema.network import is_within
from dashboard.http.gate import address_of
from dashboard.http.plain_page import plain_page
from dashboard.http.proxy_headers import UNKNOWN_SENDER
from dashboard.i18n import t
from dashboard.queries import stores

log = logging.getLogger(__name__)

MOST_LOGGED = 100  # different addresses; a scanner of the internet has many
_refused: set[str] = set()


def refusal(request: Request) -> Response | None:
    """What is shown to who asks from elsewhere; None if they may.

    Nobody knows where a request comes from that a proxy brings which the site file does not name.
    """
    address = address_of(request.scope)
    is_unknown = request.scope.get(UNKNOWN_SENDER, False)
    if not is_unknown and is_within(address, stores.site().file.http.fault_form_from):
        return None
    if address not in _refused and len(_refused) < MOST_LOGGED:
        _refused.add(address)
        why = "http.proxies does not name this proxy" if is_unknown else "http.fault_form_from"
        log.warning("the form for faults was refused to %r: %s", address, why)
    return plain_page(t("fault.elsewhere_title"), f"<p>{t('fault.elsewhere')}</p>", 403)
