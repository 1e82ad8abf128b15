"""Incidents with their alerts, the orders that are open for them, and what cannot be used."""

from collections.abc import Iterable, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from alerts.notification.evidence import incident_with_alerts
from dashboard.queries import stores
from dashboard.queries.alert_rows import alert_rows_of
from dashboard.views.device_status import ORDER, AlertRow, down_row
from dashboard.views.incidents import IncidentOrder, IncidentRow
from storage.records import Downtime, Incident
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import incidents as incident_rows
from storage.records import work_orders as order_rows


@st.cache_data(ttl="3s", show_spinner=False)
def open_incidents() -> list[IncidentRow]:
    """What has fired and is not over, the worst first, then the oldest.

    An alert that fired before there were incidents is one by itself.
    """
    with stores.records().reading() as db:
        opened = [row for row in alert_rows.open_alerts(db).values() if row.fired_at is not None]
        numbers = {row.incident_id for row in opened if row.incident_id is not None}
        together = incident_rows.alerts_of(db, numbers)
        parts = [(row, together[row.id]) for row in incident_rows.incidents_by_id(db, numbers)]
        loose = [row for row in opened if row.incident_id is None]
        alerts = [*(alert for _, part in parts for alert in part), *loose]
        shown = {row.id: row for row in alert_rows_of(db, alerts)}
        orders = _orders(db, shown)
        down = [row for row in downtime_rows.open_downtimes(db) if row.cause != "planned"]
    rows = [_row(incident, [shown[a.id] for a in part], orders, down) for incident, part in parts]
    rows += [_row(None, [shown[alert.id]], orders, down) for alert in loose]
    return sorted(rows, key=lambda row: (ORDER.index(row.severity), row.began_at, row.cause.id))


def incident(number: int) -> IncidentRow | None:
    """An incident, or the one that it turned out to be part of; None if there is none."""
    with stores.records().reading() as db:
        if db.get(Incident, number) is None:
            return None
        whole, alerts = incident_with_alerts(db, number)
        return _row(whole, alert_rows_of(db, alerts), [], [])


def _row(
    incident: Incident | None,
    alerts: Sequence[AlertRow],
    orders: Iterable[IncidentOrder],
    down: Iterable[Downtime],
) -> IncidentRow:
    cause = alerts[0].id if incident is None else incident.cause_id
    numbers = {alert.id for alert in alerts}
    devices = {alert.device for alert in alerts if alert.ended_at is None}
    about = [order for order in orders if order.alert in numbers]
    cause_last = sorted(about, key=lambda order: order.alert == cause)
    own_orders = {order.number: order for order in cause_last}  # one may be about several alerts
    own = [row for row in down if row.alert_id in numbers or row.order_id in own_orders]
    theirs = {row.id: row for row in down if row.device in devices} | {row.id: row for row in own}
    return IncidentRow(
        id=0 if incident is None else incident.id,
        is_over=incident is not None and incident.ended_at is not None,
        alerts=tuple(sorted(alerts, key=lambda alert: alert.id != cause)),
        orders=tuple(own_orders[number] for number in sorted(own_orders)),
        down=tuple(down_row(row) for row in theirs.values()),
        own_downtimes=frozenset(row.id for row in own),
    )


def _orders(db: Session, alerts: Iterable[int]) -> list[IncidentOrder]:
    """The orders for these alerts that nobody has signed; one for each alert that it is about."""
    return [
        IncidentOrder(order.id, alert, order.state, order.assigned_to)
        for alert, order in order_rows.unsigned_orders_of_alerts(db, list(alerts))
    ]
