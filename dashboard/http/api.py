"""The JSON that leaves by HTTP. Handlers are plain functions: Starlette runs them in threads."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import StoreError
from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.time.clock import HOUR, SECOND, iso, to_ms
from dashboard.http.gate import PRINCIPAL
from dashboard.queries import alerts as alert_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import reports as report_queries
from dashboard.queries import series as series_queries
from dashboard.queries import stores
from dashboard.views.device_status import AlertRow, DeviceStatus

MOST_READINGS = 10_000
LAST_MOMENT = 253_402_300_799_999  # the end of the year 9999, as far as ISO 8601 goes


class _Refused(Exception):  # noqa: N818  it is an answer, not a fault
    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


def refused(_request: Request, error: Exception) -> Response:
    """What was asked wrongly, or cannot be read now, in words."""
    status = error.status if isinstance(error, _Refused) else 503
    return JSONResponse({"error": str(error)}, status)


def healthz(request: Request) -> Response:
    """200 while readings can be read and are as new as they should be, if there are any yet.

    Why not, and how old they are, is for who is signed in.
    """
    now = stores.now()
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


def devices(_request: Request) -> Response:
    """How every device stands."""
    fleet = fleet_queries.fleet(stores.now())
    if not fleet.statuses and fleet.trouble:
        raise StoreError(fleet.trouble[0])
    return JSONResponse([_status_json(status) for status in fleet.statuses])


def readings(request: Request) -> Response:
    """Raw readings of one metric."""
    device = _device(request)
    metric = _parameter(request, "metric")
    known = device.profile.metrics
    if metric not in known:
        hint = did_you_mean(metric, known)
        raise _Refused(404, f"{device.id} has no metric {metric!r}{hint}")
    since = _since(request)
    if since is None:
        since = stores.now() - HOUR
    rows = series_queries.readings(device.id, metric, since, MOST_READINGS)
    unit = known[metric].unit
    return JSONResponse(
        [
            {
                "at": iso(reading.at),
                "value": reading.value,
                "unit": unit,
                "component": reading.component,
                "quality": reading.quality,
            }
            for reading in rows
        ]
    )


def alerts(request: Request) -> Response:
    """Open alerts; with `since` also those that ended after it."""
    since = _since(request)
    rows = alert_queries.open_alerts() if since is None else alert_queries.alerts_since(since)
    return JSONResponse([_alert(row) for row in rows])


def calendar(_request: Request) -> Response:
    """Due work as an iCalendar feed."""
    body = report_queries.calendar_feed(stores.now())
    return Response(body, media_type="text/calendar; charset=utf-8")


ROUTES = [
    Route("/healthz", healthz),
    Route("/api/v1/devices", devices),
    Route("/api/v1/readings", readings),
    Route("/api/v1/alerts", alerts),
    Route("/calendar.ics", calendar),
]
REFUSALS = {_Refused: refused, StoreError: refused}


def _status_json(status: DeviceStatus) -> dict[str, object]:
    device = status.device
    return {
        "id": device.id,
        "name": device.name,
        "room": device.room,
        "profile": device.profile_name,
        "state": status.state,
        "sources": [
            {
                "kind": source.kind,
                "up": source.answers if source.up is not None else None,
                "last_at": _iso(source.at),
            }
            for source in status.sources
        ],
    }


def _alert(row: AlertRow) -> dict[str, object]:
    return {
        "id": row.id,
        "device": row.device,
        "component": row.component,
        "rule": row.rule,
        "title": row.title,
        "severity": row.severity,
        "state": row.state,
        "began_at": iso(row.began_at),
        "fired_at": _iso(row.fired_at),
        "ended_at": _iso(row.ended_at),
        "value": row.value,
        "limit": row.limit,
        "answer": row.opinion or None,
        "incident": row.incident,
        "cause": row.cause,
        "suppressed_by": row.suppressed_by or None,
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _parameter(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise _Refused(400, f"say which {name}: ?{name}=...")
    return value


def _device(request: Request) -> Device:
    name, known = _parameter(request, "device"), stores.site().devices
    if name not in known:
        raise _Refused(404, f"no device {name!r}{did_you_mean(name, known)}")
    return known[name]


def _since(request: Request) -> int | None:
    text = request.query_params.get("since")
    if text is None:
        return None
    try:
        return _believable(int(text)) if text.isdecimal() else _ms(text)
    except (ValueError, OverflowError):
        form = "2026-10-31T08:15:00Z, or milliseconds since 1970"
        raise _Refused(400, f"since={text!r} is not a time; write {form}") from None


def _believable(at: int) -> int:
    if at > LAST_MOMENT:
        raise ValueError
    return at


def _ms(text: str) -> int:
    # In a query string `+` means a space; `+04:30` was meant.
    moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    if moment.tzinfo is None:
        raise ValueError
    return to_ms(moment)
