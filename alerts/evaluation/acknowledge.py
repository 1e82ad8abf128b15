"""Somebody has seen an alert and takes care of it. Time to acknowledge is counted from this."""

from core.errors import RefusedError
from storage.records import Alert
from storage.records import alerts as alert_rows
from storage.records.transaction import Transaction


def acknowledge(tx: Transaction, alert_id: int) -> Alert:
    """Note who has seen it and when, once: a second time changes nothing.

    RefusedError if it has not fired (it may come to nothing) or has ended unseen.
    """
    alert = tx.db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if alert.acknowledged_at is None and alert.ended_at is not None:
        raise RefusedError("the alert has ended: there is nothing to acknowledge any more")
    alert_rows.acknowledge(alert, by=tx.by, now=tx.now)
    return alert
