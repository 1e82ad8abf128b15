"""Sends what the outbox of deliveries holds, each channel's in order.

With the line down a channel's oldest delivery is tried again with growing pauses and the rest wait
behind it in order. Killed between sending and noting it, the lease runs out and it is sent again.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Literal

from alerts.channels import Notification, Sender
from alerts.notification.message import compose, compose_report
from core.errors import DeliveryError
from core.schema.site import Site
from storage.records import Alert, Records, outbox
from storage.records import deliveries as delivery_rows
from storage.records import verdicts as verdict_rows
from storage.records.deliveries import OUTBOX
from storage.records.reports import report_of_delivery

log = logging.getLogger(__name__)

WHO = "outbox"  # in the audit

Outcome = Literal["left", "waits", "given_up"]


def deliver_due(
    site: Site, records: Records, senders: Mapping[str, Sender], now: Callable[[], int]
) -> int:
    """Try each delivery that is due; how many have left."""
    blocked: set[str] = set()
    left = 0
    for delivery_id, channel in outbox.claim_due(records, OUTBOX, WHO, now, blocked):
        outcome = _send(site, records, delivery_id, senders.get(channel), now)
        left += outcome == "left"
        if outcome == "waits":
            blocked.add(channel)
    return left


def _send(
    site: Site, records: Records, delivery_id: int, sender: Sender | None, now: Callable[[], int]
) -> Outcome:
    """What became of it; one that waits holds up those behind it."""
    notification = _composed(site, records, delivery_id)
    try:
        if sender is None:
            raise DeliveryError("the site file no longer has this channel", permanent=True)
        sender.send(notification)
    except DeliveryError as error:
        _postpone(records, delivery_id, error, now())
        return "given_up" if error.permanent else "waits"
    sent_at = now()
    with records.writing(WHO, sent_at) as db:
        outbox.delivered(db, OUTBOX, delivery_id, sent_at)
    return "left"


def _composed(site: Site, records: Records, delivery_id: int) -> Notification:
    with records.reading() as db:
        report = report_of_delivery(db, delivery_id)
        if report is not None:
            return compose_report(site, *report)
        delivery, transition, alert = delivery_rows.delivery(db, delivery_id)
        detector = _detector_of(site, alert)
        verdict = verdict_rows.verdict_at(db, detector, transition.at) if detector else None
        return compose(site, delivery, transition, alert, verdict)


def _postpone(records: Records, delivery_id: int, error: DeliveryError, now: int) -> None:
    with records.writing(WHO, now) as db:
        delivery = outbox.postpone(db, OUTBOX, delivery_id, error, now)
        if outbox.is_news(delivery, error):
            log.warning("channel %s: delivery %s: %s", delivery.channel, delivery_id, error)


def _detector_of(site: Site, alert: Alert) -> verdict_rows.DetectorKey | None:
    """The detector behind an alert; None if a reading alone made it."""
    device = site.devices.get(alert.device)
    for rule in device.profile.rules if device else ():
        if rule.id == alert.rule and rule.detector_id is not None:
            return alert.device, alert.component, rule.detector_id
    return None
