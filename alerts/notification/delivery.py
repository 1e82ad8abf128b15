"""Empties the outbox: leased rows, at least once, oldest first, tried until they leave.

With the line down a channel's oldest delivery is tried again with growing pauses and the rest wait
behind it in order. Killed between sending and noting it, the lease runs out and it is sent again.
"""

import logging
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from alerts.channels import Notification, Sender
from alerts.notification.message import compose, compose_report
from core.errors import DeliveryError
from core.schema.site import Site
from storage.records import Alert, Delivery, Records
from storage.records import deliveries as delivery_rows
from storage.records import verdicts as verdict_rows
from storage.records.deliveries import pause
from storage.records.reports import report_of_delivery

log = logging.getLogger(__name__)

WHO = "outbox"  # in the audit


def deliver_due(
    site: Site, records: Records, senders: Mapping[str, Sender], now: Callable[[], int]
) -> int:
    """Try each delivery that is due; the number that left."""
    with records.reading() as db:
        due = delivery_rows.waiting(db, now())
    failed_channels: set[str] = set()
    count = 0
    for delivery_id, channel in due:
        if channel not in failed_channels and _claim(records, delivery_id, now()):
            if _send(site, records, delivery_id, senders.get(channel), now):
                count += 1
            else:
                failed_channels.add(channel)
    return count


def _claim(records: Records, delivery_id: int, now: int) -> bool:
    with records.writing(WHO, now) as db:
        return delivery_rows.claim(db, delivery_id, now)


def _send(
    site: Site, records: Records, delivery_id: int, sender: Sender | None, now: Callable[[], int]
) -> bool:
    """True unless the channel's later deliveries must wait."""
    with records.reading() as db:
        delivery, notification = _composed(db, site, delivery_id)
    try:
        if sender is None:
            raise DeliveryError("the site file no longer has this channel", permanent=True)
        sender.send(notification)
    except DeliveryError as error:
        _postpone(records, delivery, error, now())
        return error.permanent  # what will never leave must not hold up the others
    sent_at = now()
    with records.writing(WHO, sent_at) as db:
        row = db.get_one(Delivery, delivery_id)
        row.delivered_at, row.error, row.leased_until = sent_at, "", None
    return True


def _composed(db: Session, site: Site, delivery_id: int) -> tuple[Delivery, Notification]:
    report = report_of_delivery(db, delivery_id)
    if report is not None:
        return report[0], compose_report(site, *report)
    delivery, transition, alert = delivery_rows.delivery(db, delivery_id)
    detector = _detector_of(site, alert)
    verdict = verdict_rows.verdict_at(db, detector, transition.at) if detector else None
    return delivery, compose(site, delivery, transition, alert, verdict)


def _postpone(records: Records, delivery: Delivery, error: DeliveryError, now: int) -> None:
    if delivery.attempts == 1 or error.permanent:  # once when lost, not at each try
        log.warning("channel %s: delivery %s: %s", delivery.channel, delivery.id, error)
    with records.writing(WHO, now) as db:
        row = db.get_one(Delivery, delivery.id)
        row.error, row.leased_until = str(error), None
        if error.permanent:
            row.failed_at = now
        else:
            row.next_at = now + pause(row.attempts)


def _detector_of(site: Site, alert: Alert) -> verdict_rows.DetectorKey | None:
    """The detector behind an alert; None if a reading alone made it."""
    device = site.devices.get(alert.device)
    for rule in device.profile.rules if device else ():
        if rule.id == alert.rule and rule.detector_id is not None:
            return alert.device, alert.component, rule.detector_id
    return None
