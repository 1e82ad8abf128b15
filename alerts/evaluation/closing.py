"""A person closes an alert that nothing can end any more: what it watches is not read."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from alerts.evaluation.window_changes import checked_reason
from core.errors import RefusedError
from core.readings import Reading
from core.schema.rules.base import Rule
from core.schema.site import Site
from core.time.clock import AHEAD, HOUR
from storage.records import Alert, Transition
from storage.records import cursors as cursor_rows
from storage.records.transaction import Transaction, needs
from storage.series.store import SeriesStore

_CLOSED_BY = "closed by "
READ_WITHIN = HOUR  # a series of which nothing came for so long may be gone. Ours, no source


@needs("close an alert")
def close_alert(tx: Transaction, alert_id: int, reason: str, series: SeriesStore) -> Alert:
    """It has ended now, with that reason and no reading that says so.

    RefusedError while its series is read, for then it ends by itself. What is not read is no longer
    expected: an alert that says so does not come back until it is read once more.
    """
    alert = tx.db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if alert.ended_at is not None:
        raise RefusedError("the alert has ended already")
    why = checked_reason(reason)
    readings = series.latest(alert.device, tx.now + AHEAD)
    rule = tx.site.rule(alert.device, alert.rule)
    if not may_be_closed(rule, alert.metric, alert.component, readings, tx.now):
        raise RefusedError("what it watches is still read: the alert ends by itself")
    end_by_hand(tx.db, tx.site, alert, f"{_CLOSED_BY}{tx.by}: {why}", tx.now)
    return alert


def end_by_hand(db: Session, site: Site, alert: Alert, reason: str, now: int) -> None:
    """It has ended at `now`; what is not read is no longer expected."""
    before, rule = alert.state, site.rule(alert.device, alert.rule)
    alert.state, alert.ended_at, alert.end_reason = "ok", now, reason
    db.add(Transition(alert=alert, before=before, after="ok", at=now))
    if rule is not None and rule.tells_silence:
        cursor_rows.forget_last_reading(db, alert.device, alert.metric, alert.component)


def may_be_closed(
    rule: Rule | None, metric: str, component: str, readings: Iterable[Reading], now: int
) -> bool:
    """Nothing that the alert watches was read lately; `readings` are the newest of its device.

    A rule of the profile that watches neither readings nor a detector ends its alerts by the clock.
    """
    if rule is not None and not rule.input_metrics and rule.detector_id is None:
        return False
    metrics = {metric, *(rule.input_metrics if rule is not None else ())}
    return not any(
        now - reading.at < READ_WITHIN
        for reading in readings
        if reading.metric in metrics and component in ("", reading.component)
    )


def closed_by(end_reason: str) -> tuple[str, str] | None:
    """Who closed an alert and why, of the reason for which it ended; None if no person did."""
    if not end_reason.startswith(_CLOSED_BY):
        return None
    who, _, why = end_reason.removeprefix(_CLOSED_BY).partition(": ")
    return who, why
