"""`/live`: whether an open page has something new to show. Every page asks each few seconds (`live.js`)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import i18n
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.page_version import version
from dashboard.text import format as fmt


def show(request: Request) -> Response:
    """The server's clock (UTC ms), and the versions of the page of all devices or of `device`; at first the words too."""
    now, device = stores.now(), request.query_params.get("device", "")
    state: dict[str, object] = {"at": now, **version(now, device)._asdict()}
    if "words" in request.query_params:
        state["words"] = _words()
    return JSONResponse(state, headers={"Cache-Control": "no-store"})


# With a place for what the script fills in.
_TEMPLATES = {
    "ago": "age.ago",
    "days": "span.days_even",
    "hours": "span.hours_even",
    "minutes": "span.minutes_even",
    "seconds": "span.seconds",
    "away": "fresh.away",
}


def _words() -> dict[str, str]:
    """What the script writes, in the language of who asks."""
    find = i18n.catalogue(i18n.language()).find
    return {
        **{name: find(key) or i18n.missing(key) for name, key in _TEMPLATES.items()},
        "digits": fmt.PAGE.digits,
        "signed_out": t("login.signed_out"),
        "sign_in": t("login.title"),
    }


ROUTES = [Route("/live", show, methods=["GET"])]
