"""What a person does about an alert."""

from alerts.evaluation.acknowledge import acknowledge as acknowledged
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.work_orders import lifecycle as orders
from storage.records import Alert
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction


def orders_of(alerts: list[int]) -> dict[int, int]:
    """The newest order of each alert that has one."""
    with stores.records().reading() as db:
        return order_rows.orders_of_alerts(db, alerts)


def acknowledge(alert_id: int) -> None:
    """Somebody has seen it."""
    with writing() as desk:
        acknowledged(Transaction(desk.db, desk.site, desk.by, desk.now), alert_id)


def open_order(alert_id: int) -> int:
    """A corrective order; whoever opens it has seen the alert. Its number."""
    with writing() as desk:
        order = orders.open_for_alert(desk.db, alert_id, by=desk.by, now=desk.now)
        alert = desk.db.get_one(Alert, alert_id)
        if alert.ended_at is None:
            acknowledged(Transaction(desk.db, desk.site, desk.by, desk.now), alert_id)
        return order.id
