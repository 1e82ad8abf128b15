"""Whether Scanward is well, and the calendar of due work: what other programs than the API's ask for."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import StoreError
from core.time.clock import SECOND
from dashboard import i18n
from dashboard.http.gate import PRINCIPAL
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from dashboard.queries.backfill import backfill


def healthz(request: Request) -> Response:
    """200 while readings can be read and are as new as they should be, if there are any yet.

    Why not, and how old they are, is for who is signed in.
    """
    now = stores.now()
    if backfill() is not None:
        return JSONResponse({"status": "late"}, 503)
    try:
        last_seen_at, judged_at = (
            fleet_queries.newest(fleet_queries.latest(), now),
            fleet_queries.judged_until(),
        )
    except StoreError as error:
        known = request.scope.get(PRINCIPAL)
        why = {"error": str(error)} if known else {}
        return JSONResponse({"status": "error", **why}, 503)
    is_late = last_seen_at is not None and now - last_seen_at > stores.site().due_within
    ages = {
        "newest_reading_age_s": _age_s(last_seen_at, now),
        "judged_age_s": _age_s(judged_at, now),
    }
    detail = ages if request.scope.get(PRINCIPAL) else {}
    status = "late" if is_late else "ok"
    return JSONResponse({"status": status, **detail}, 503 if is_late else 200)


def _age_s(at: int | None, now: int) -> float | None:
    return None if at is None else max(now - at, 0) / SECOND


def calendar(_request: Request) -> Response:
    """Due work as an iCalendar feed, in the language of whose token or session it is, or of the site."""
    i18n.use(stores.site().file.language)
    body = report_queries.calendar_feed(stores.now())
    return Response(body, media_type="text/calendar; charset=utf-8")


ROUTES = [Route("/healthz", healthz), Route("/calendar.ics", calendar)]
