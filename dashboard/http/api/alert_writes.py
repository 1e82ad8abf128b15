"""Somebody takes care of an alert or an incident, or opens an order for it."""

from pydantic import Field

from alerts.evaluation.acknowledge import acknowledge
from alerts.notification.acknowledgement import acknowledge_incident
from dashboard.http.api.alerts import AlertDetails, details_of
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.orders import OrderItemOfList
from dashboard.http.api.parameters import NumberQuery
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from dashboard.queries.alert_rows import alert_rows_of
from maintenance.work_orders.opening import open_for_alert
from storage.records import Alert, Incident
from storage.records.transaction import Transaction


class NothingBody(RequestBody):
    """Nothing has to be told: `{}`."""


class OrderForAlertBody(RequestBody):
    """What is known beside the alert."""

    text: str = Field(default="", max_length=10_000)


class AcknowledgedItem(ApiItem):
    """Who takes care of all of an incident."""

    incident: int
    acknowledged_by: str
    at: ApiTime


def acknowledge_alert(tx: Transaction, query: NumberQuery, _body: NothingBody) -> AlertDetails:
    """Note who has seen it."""
    existing(tx.db.get(Alert, query.number), "alert", query.number)
    row = acknowledge(tx, query.number)
    return details_of(alert_rows_of(tx.db, [row])[0])


def take_incident(tx: Transaction, query: NumberQuery, _body: NothingBody) -> AcknowledgedItem:
    """Note who takes care of it."""
    existing(tx.db.get(Incident, query.number), "incident", query.number)
    row = acknowledge_incident(tx, query.number)
    return AcknowledgedItem(incident=row.id, acknowledged_by=tx.by, at=tx.now)


def order_for_alert(
    tx: Transaction, query: NumberQuery, body: OrderForAlertBody
) -> OrderItemOfList:
    """Open the order for it."""
    existing(tx.db.get(Alert, query.number), "alert", query.number)
    return OrderItemOfList.model_validate(open_for_alert(tx, query.number, body.text))


ENDPOINTS = [
    WriteEndpoint(
        "/alerts/{number}/acknowledgement", "Acknowledge an alert", "acknowledge an alert",
        NumberQuery, NothingBody, AlertDetails, acknowledge_alert,
    ),
    WriteEndpoint(
        "/incidents/{number}/acknowledgement", "Take care of an incident", "acknowledge an alert",
        NumberQuery, NothingBody, AcknowledgedItem, take_incident,
    ),
    WriteEndpoint(
        "/alerts/{number}/order", "Open a work order for an alert", "open a work order",
        NumberQuery, OrderForAlertBody, OrderItemOfList, order_for_alert, status=201,
    ),
]  # fmt: skip
