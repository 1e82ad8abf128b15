"""Alerts, the incidents that they belong to, and the verdicts of detectors."""

from core.time.clock import DAY
from core.vocabulary.severity import Severity
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.paging import ItemPage, by_number
from dashboard.http.api.parameters import DeviceQuery, Moment, NumberQuery, PageQuery, Parameters
from dashboard.http.api.problems import ProblemError
from dashboard.queries import alerts as alert_queries
from dashboard.queries import detectors as detector_queries
from dashboard.queries import incidents as incident_queries
from dashboard.queries import stores
from dashboard.queries.alert_rows import alert_rows_of
from dashboard.views.device_status import AlertRow
from dashboard.views.incidents import IncidentRow
from storage.records import Alert


class AlertsQuery(PageQuery):
    """Open ones; with `since` also those that ended after it."""

    since: Moment | None = None


class VerdictsQuery(DeviceQuery):
    """On a device, over [since, until)."""

    since: Moment | None = None
    until: Moment | None = None


class AlertItem(ApiItem):
    """An alert; `suppressed_by` is a device or `window 12` while nobody is told of it."""

    id: int
    device: str
    component: str
    rule: str
    title: str
    severity: Severity
    state: str
    began_at: ApiTime
    fired_at: ApiTime | None
    ended_at: ApiTime | None
    value: float | None
    limit: float | None
    answer: str | None
    incident: int | None
    cause: int | None
    suppressed_by: str | None


class AlertDetails(AlertItem):
    """An alert, and who takes care of it."""

    metric: str
    acknowledged_at: ApiTime | None
    acknowledged_by: str
    silenced_until: ApiTime | None
    end_reason: str


class IncidentItem(ApiItem):
    """What broke together; an alert that is in none has the number 0."""

    id: int
    is_over: bool
    cause: int
    began_at: ApiTime
    severity: Severity
    alerts: list[AlertItem]
    orders: list[int]


class VerdictItem(ApiItem):
    """A verdict of a detector; numbers are in the metric's unit, a score is 0 (usual) to 1 (never seen)."""

    component: str
    detector: str
    at: ApiTime
    kind: str
    score: float
    alarm: bool
    carriers: tuple[str, ...]
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    since: ApiTime | None
    limit: float | None
    limit_at: ApiTime | None
    limit_at_low: ApiTime | None
    limit_at_high: ApiTime | None
    reason: str


def alerts(query: AlertsQuery) -> ItemPage[AlertItem]:
    """Open alerts, newest first; with `since` also those that ended after it."""
    since = query.since
    rows = alert_queries.open_alerts() if since is None else alert_queries.alerts_since(since)
    page, cursor = by_number(query, rows, lambda row: row.id)
    return ItemPage([AlertItem(**_fields(row)) for row in page], cursor)


def alert(query: NumberQuery) -> AlertDetails:
    """One alert."""
    with stores.records().reading() as db:
        row = db.get(Alert, query.number)
        if row is None:
            raise ProblemError(404, f"there is no alert {query.number}")
        return details_of(alert_rows_of(db, [row])[0])


def incidents(_query: Parameters) -> list[IncidentItem]:
    """What has fired and is not over, the worst first."""
    return [incident_of(row) for row in incident_queries.open_incidents()]


def incident(query: NumberQuery) -> IncidentItem:
    """One incident, or the one that it turned out to be part of."""
    row = incident_queries.incident(query.number)
    if row is None:
        raise ProblemError(404, f"there is no incident {query.number}")
    return incident_of(row)


def verdicts(query: VerdictsQuery) -> list[VerdictItem]:
    """Of all detectors of a device, oldest first; by default of the last 30 days."""
    now = stores.now()
    since = now - 30 * DAY if query.since is None else query.since
    until = now + 1 if query.until is None else query.until
    rows = detector_queries.verdicts(query.known_device().id, since, until)
    return [VerdictItem.model_validate(row) for row in rows]


def details_of(row: AlertRow) -> AlertDetails:
    """An alert as an answer."""
    return AlertDetails(
        **_fields(row),
        metric=row.metric,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        silenced_until=row.silenced_until,
        end_reason=row.end_reason,
    )


def incident_of(row: IncidentRow) -> IncidentItem:
    """An incident as an answer."""
    return IncidentItem(
        id=row.id,
        is_over=row.is_over,
        cause=row.cause.id,
        began_at=row.began_at,
        severity=row.severity,
        alerts=[AlertItem(**_fields(alert)) for alert in row.alerts],
        orders=[order.number for order in row.orders],
    )


def _fields(row: AlertRow) -> dict[str, object]:
    own = {name: getattr(row, name) for name in AlertItem.model_fields if name != "answer"}
    return own | {"answer": row.opinion or None, "suppressed_by": row.suppressed_by or None}


ENDPOINTS = [
    ReadEndpoint("/alerts", "Alerts", AlertsQuery, AlertItem, alerts, is_list=True),
    ReadEndpoint("/alerts/{number}", "One alert", NumberQuery, AlertDetails, alert),
    ReadEndpoint(
        "/incidents", "Open incidents", Parameters, IncidentItem, incidents, is_list=True
    ),
    ReadEndpoint("/incidents/{number}", "One incident", NumberQuery, IncidentItem, incident),
    ReadEndpoint(
        "/devices/{device}/verdicts", "Verdicts of detectors", VerdictsQuery, VerdictItem, verdicts,
        is_list=True,
    ),
]  # fmt: skip
