"""Follows the transitions of alerts: what puts a device out of service opens downtime, and ends it.

The cursor is moved in the transaction that writes what was concluded, so a page is judged once,
whatever kills the process between.
"""

from core.schema.site import Site
from maintenance.downtime.lifecycle import close_downtime, open_downtime
from maintenance.downtime.probable_cause import cause_of_alert, cause_of_incident
from storage.records import Alert, Records, Transition
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records import downtime as downtime_rows
from storage.records import incidents as incident_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, transaction

CURSOR = "maintenance"
WHO = "maintenance"  # in the audit
PAGE = 500


class Follower:
    """Reads on where it, or another before it, has stopped."""

    def __init__(self, site: Site, records: Records) -> None:
        self._site = site
        self._records = records

    def step(self, now: int) -> bool:
        """One page of transitions; True if there was one."""
        with transaction(self._records, self._site, WHO, now) as tx:
            cursor = cursor_rows.cursor(tx.db, CURSOR)
            page = alert_rows.transitions_after(tx.db, cursor.position, PAGE)
            for transition, alert in page:
                if transition.after == "firing" and transition.before != "clearing":
                    _open(tx, alert, transition)
                    _explain(tx, alert)
                elif transition.after == "ok":
                    _close(tx, alert, transition)
                cursor.position = transition.id
        return bool(page)


def _open(tx: Transaction, alert: Alert, transition: Transition) -> None:
    rule = tx.site.rule(alert.device, alert.rule)
    if rule is None or rule.out_of_service is None:
        return
    open_downtime(
        tx,
        alert.device,
        alert.began_at,
        cause=cause_of_alert(tx.db, tx.site, alert, transition.at),
        extent=rule.out_of_service,
        order=order_rows.open_order_of_alert(tx.db, alert.id),
        alert=alert,
    )


def _explain(tx: Transaction, alert: Alert) -> None:
    """What fired before it, and is explained by it now, has its cause; what a person has said stays."""
    if alert.incident_id is None:
        return
    for other in incident_rows.alerts_of(tx.db, [alert.incident_id]).get(alert.incident_id, ()):
        for downtime in downtime_rows.downtimes_of_alert(tx.db, other.id):
            if downtime.cause == "machine" and downtime.corrected_at is None:
                downtime.cause = cause_of_incident(tx.db, tx.site, other) or "machine"


def _close(tx: Transaction, alert: Alert, transition: Transition) -> None:
    for downtime in downtime_rows.downtimes_of_alert(tx.db, alert.id):
        if downtime.ended_at is None:
            close_downtime(tx, downtime, max(transition.at, downtime.began_at))
