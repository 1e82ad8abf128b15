"""Follows the transitions of alerts: what puts a device out of service opens downtime, and ends it.

The cursor is moved in the transaction that writes what was concluded, so a page is judged once,
whatever kills the process between.
"""

from sqlalchemy.orm import Session

from core.schema.rules.base import Rule
from core.schema.site import Site
from maintenance.downtime import records as downtime
from storage.records import Alert, Records, Transition
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows

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
        with self._records.writing(WHO, now) as db:
            cursor = cursor_rows.cursor(db, CURSOR)
            page = alert_rows.transitions_after(db, cursor.position, PAGE)
            for transition, alert in page:
                if transition.after == "firing":
                    self._fired(db, alert, transition)
                elif transition.after == "ok":
                    self._ended(db, alert, transition)
                cursor.position = transition.id
        return bool(page)

    def _fired(self, db: Session, alert: Alert, transition: Transition) -> None:
        rule = self._rule(alert)
        if rule is None or rule.out_of_service is None:
            return
        order = order_rows.open_order_of_alert(db, alert.id)
        downtime.open_downtime(
            db,
            alert.device,
            alert.began_at,
            cause=downtime.proposed_cause(db, self._site, alert.device, transition.at),
            extent=rule.out_of_service,
            by=WHO,
            order=order,
            alert=alert,
        )

    def _ended(self, db: Session, alert: Alert, transition: Transition) -> None:
        for piece in downtime_rows.downtimes_of_alert(db, alert.id):
            if piece.ended_at is None:
                downtime.close_downtime(db, piece, max(transition.at, piece.began_at), by=WHO)

    def _rule(self, alert: Alert) -> Rule | None:
        device = self._site.devices.get(alert.device)
        if device is None:
            return None
        return next((rule for rule in device.profile.rules if rule.id == alert.rule), None)
