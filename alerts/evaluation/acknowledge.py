"""Somebody has seen an alert and takes care of it. Time to acknowledge is counted from this."""

from alerts.notification.acknowledgement import acknowledge_all
from core.errors import RefusedError
from storage.records import Alert
from storage.records.transaction import Transaction, needs


@needs("acknowledge an alert")
def acknowledge(tx: Transaction, alert_id: int) -> Alert:
    """Note who has seen it and when, once: while that holds a second time changes nothing.

    It lapses after a while, or when its incident gets worse; then the next who sees it is noted.
    RefusedError if it has not fired (it may come to nothing) or has ended unseen.
    """
    alert = tx.db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if alert.acknowledged_at is None and alert.ended_at is not None:
        raise RefusedError("the alert has ended: there is nothing to acknowledge any more")
    if alert.ended_at is None:
        acknowledge_all(tx, [alert])
    return alert
