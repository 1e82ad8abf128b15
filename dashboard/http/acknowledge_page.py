"""`/ack/TOKEN`: whoever got a message takes care of what it is about, by its link, without a login.

To open the page changes nothing: mail servers open every link to look for harm. The button does. The
token is the right to it, so there is no cookie and no other secret on the page.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.principal import Author
from alerts.notification.acknowledge_link import LinkBearer, bearer_of
from alerts.notification.acknowledgement import acknowledge_incident
from alerts.notification.language import reader_language
from core.errors import RefusedError, StoreError
from core.vocabulary.rights import Right
from dashboard import forms, i18n
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t, t_data
from dashboard.queries import incidents as incident_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.views.device_status import AlertRow
from dashboard.views.incidents import IncidentRow

WHO = "link in a message"  # in the records, where the link is nobody's
MAY: frozenset[Right] = frozenset({"acknowledge an alert"})  # by the link alone

MOST_SHOWN = 10  # alerts of an incident


def show(request: Request) -> Response:
    """What the message was about, and the button."""
    i18n.use(stores.site().file.language)
    try:
        return _page(_bearer(request))
    except RefusedError as error:
        return _words(i18n.translate(error.phrase), 404)
    except StoreError:
        return _words(t("ack.unsaved"), 503)


def send(request: Request) -> Response:
    """Acknowledge it, and lead to a page that can be loaded again without harm."""
    i18n.use(stores.site().file.language)
    try:
        bearer = _bearer(request)
    except RefusedError as error:
        return _words(i18n.translate(error.phrase), 404)
    try:
        _acknowledge(bearer)
    except RefusedError as error:
        return _words(i18n.translate(error.phrase), 409)
    except StoreError:
        return _words(t("ack.unsaved"), 503)
    # Relative, for a proxy may keep Scanward below a path.
    return RedirectResponse(request.path_params["token"], 303, HEADERS)


ROUTES = [
    Route("/ack/{token}", show, methods=["GET"]),
    Route("/ack/{token}", send, methods=["POST"]),
]


def _bearer(request: Request) -> LinkBearer:
    site = stores.site()
    bearer = bearer_of(site, request.path_params["token"], stores.now())
    i18n.use_here(reader_language(site, "", bearer.person) if bearer.person else "")
    return bearer


def _acknowledge(bearer: LinkBearer) -> None:
    names = {person.id: person.name for person in stores.site().file.people}
    name = names.get(bearer.person, bearer.person) or WHO
    with forms.writing(Author(name, MAY)) as tx:
        acknowledge_incident(tx, bearer.incident)


def _page(bearer: LinkBearer) -> Response:
    incident = incident_queries.incident(bearer.incident)
    if incident is None or not incident.alerts:
        return _words(t("door.nothing"), 404)
    return plain_page(t("ack.title"), _about(incident) + _state(incident))


def _state(incident: IncidentRow) -> str:
    """That it is over, who has it, or the button."""
    if incident.is_over:
        return f'<p class="done" role="status">{escape(t("ack.over"))}</p>'
    if incident.is_acknowledged:
        return f'<p class="done" role="status">{escape(t("ack.acknowledged"))}</p>'
    button = f'<form method="post"><button>{escape(t("ack.take"))}</button></form>'
    return f'{button}<p class="about">{escape(t("ack.explain"))}</p>'


def _about(incident: IncidentRow) -> str:
    """The cause, then what it explains."""
    lines = [_line(alert) for alert in incident.alerts[:MOST_SHOWN]]
    left_out = len(incident.alerts) - len(lines)
    if left_out > 0:
        lines.append(t("ack.more", count=left_out))
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _line(alert: AlertRow) -> str:
    site = stores.site()
    since = fmt.since(alert.began_at, stores.now(), site)
    return f"{fmt.device(alert.device, site)}: {t_data(alert.title)} ({since})"


def _words(text: str, status: int) -> Response:
    return plain_page(t("ack.title"), f"<p>{escape(text)}</p>", status)
