"""The API: what the pages show and do, as JSON. One file a resource; `endpoint.py` is what they share."""

from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.http.api import (
    alert_writes,
    alerts,
    day,
    devices,
    health,
    help_writes,
    metrics,
    order_proofs,
    order_writes,
    orders,
    plans,
    reading_writes,
    reports,
    rounds,
    search,
    series,
    stock,
    system,
    ticket_writes,
    tickets,
    vendor_links,
)
from dashboard.http.api.endpoint import TOP
from dashboard.http.api.openapi import document
from dashboard.http.api.problems import REFUSALS, ProblemAnswers

__all__ = ["READS", "REFUSALS", "ROUTES", "WRITES", "ProblemAnswers", "openapi"]

_RESOURCES = (devices, series, alerts, orders, tickets, search, day, plans, reports, stock, system)
_WRITES = (reading_writes, alert_writes, order_writes, ticket_writes, help_writes)
READS = [
    *(endpoint for resource in _RESOURCES for endpoint in resource.ENDPOINTS),
    *order_proofs.READS,
    *rounds.READS,
    *vendor_links.READS,
]
WRITES = [
    *(endpoint for resource in _WRITES for endpoint in resource.ENDPOINTS),
    *order_proofs.WRITES,
    *rounds.WRITES,
    *vendor_links.WRITES,
]


@cache
def openapi() -> Response:
    """The OpenAPI document."""
    return JSONResponse(document(READS, WRITES))


def _openapi(_request: Request) -> Response:
    return openapi()


ROUTES = [
    *health.ROUTES,
    *metrics.ROUTES,
    Route(f"{TOP}/openapi.json", _openapi),
    *(endpoint.route for endpoint in READS),
    *(endpoint.route for endpoint in WRITES),
]
