"""Somebody has seen an alert and takes care of it. Time to acknowledge is counted from this."""

from sqlalchemy.orm import Session

from core.errors import RefusedError
from storage.records import Alert


def acknowledge(db: Session, alert_id: int, *, by: str, now: int) -> Alert:
    """Write down who and when, once: a second time changes nothing.

    RefusedError if it has not fired (it may come to nothing) or has ended unseen.
    """
    alert = db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if alert.acknowledged_at is not None:
        return alert
    if alert.ended_at is not None:
        raise RefusedError("the alert has ended: there is nothing to acknowledge any more")
    alert.acknowledged_at, alert.acknowledged_by = now, by
    return alert
