"""`/live`: whether an open page has something new to show. Every page asks each few seconds (`live.js`)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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


def _words() -> dict[str, str]:
    """What the script writes, in the language of who asks."""
    return {
        "ago": t("age.ago", span="{span}"),
        "days": t("span.days_even", large="{large}"),
        "hours": t("span.hours_even", large="{large}"),
        "minutes": t("span.minutes_even", large="{large}"),
        "seconds": t("span.seconds", large="{large}"),
        "digits": fmt.PAGE.digits,
        "away": t("fresh.away", age="{age}"),
        "signed_out": t("login.signed_out"),
        "sign_in": t("login.title"),
    }


ROUTES = [Route("/live", show, methods=["GET"])]
