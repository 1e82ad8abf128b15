"""Sends what the outbox of deliveries holds, each channel's in order and by a thread of its own.

With the line down a channel's oldest delivery is tried again with growing pauses and the rest wait
behind it in order; when it is back, they leave as one digest. Killed between sending and noting it,
the lease runs out and it is sent again, with the same number.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from alerts.channels import Notification, Sender, longest_text
from alerts.notification.acknowledge_link import link_to
from alerts.notification.digest import compose_digest, digest_of, entries_of
from alerts.notification.evidence import (
    SeriesAtHand,
    alert_evidence,
    incident_evidence,
)
from alerts.notification.fault_message import compose_fault_notice, fault_evidence
from alerts.notification.hourly_limit import HourlyLimit
from alerts.notification.incident_message import compose_notice
from alerts.notification.language import words_for
from alerts.notification.message import compose_report
from core.errors import DeliveryError
from core.schema.site import Site
from storage.records import Delivery, Records, outbox
from storage.records import deliveries as delivery_rows
from storage.records.deliveries import OUTBOX
from storage.records.reports import report_of_delivery

log = logging.getLogger(__name__)

WHO = "outbox"  # in the audit

NO_SERIES = SeriesAtHand()

Outcome = Literal["left", "waits", "given_up"]


class OutgoingMessage(NamedTuple):
    """What leaves at once, and the deliveries that have left with it."""

    notification: Notification
    deliveries: Sequence[int]


def deliver_due(
    site: Site,
    records: Records,
    senders: Mapping[str, Sender],
    now: Callable[[], int],
    series: SeriesAtHand = NO_SERIES,
    limit: HourlyLimit | None = None,
    is_mine: Callable[[str], bool] = lambda _channel: True,
) -> int:
    """Try each delivery that is due on a channel that is mine; how many have left.

    A message has the newest of the readings. Who sends by several threads gives all the same `limit`.
    """
    blocked: set[str] = set()
    limit = limit or hourly_limit(site, records, now)
    limit.look()
    left = 0
    due = outbox.claim_due(records, OUTBOX, WHO, now, blocked, limit.holds, is_mine)
    for delivery_id, channel in due:
        outcome, count = _send(site, records, delivery_id, senders.get(channel), now, series)
        left += count
        if outcome == "left":
            limit.count()
        if outcome == "waits":
            blocked.add(channel)
    return left


def hourly_limit(site: Site, records: Records, now: Callable[[], int]) -> HourlyLimit:
    """The limit of messages to a person in an hour, of the sending."""
    return HourlyLimit(site, records, WHO, now)


def _send(
    site: Site,
    records: Records,
    delivery_id: int,
    sender: Sender | None,
    now: Callable[[], int],
    series: SeriesAtHand,
) -> tuple[Outcome, int]:
    """What became of it, and how many have left; one that waits holds up those behind it."""
    try:
        if sender is None:
            raise DeliveryError("the site file no longer has this channel", permanent=True)
        with records.reading() as db:
            message = _message(site, db, delivery_id, longest_text(sender), now(), series)
        sender.send(message.notification)
    except DeliveryError as error:
        _postpone(records, delivery_id, error, now())
        return ("given_up" if error.permanent else "waits"), 0
    sent_at = now()
    with records.writing(WHO, sent_at) as db:
        for row_id in message.deliveries:
            row = outbox.delivered(db, OUTBOX, row_id, sent_at)
            row.digest_id = None if row_id == delivery_id else delivery_id
    return "left", len(message.deliveries)


def _message(
    site: Site, db: Session, delivery_id: int, longest: int, now: int, series: SeriesAtHand
) -> OutgoingMessage:
    delivery = db.get_one(Delivery, delivery_id)
    words = words_for(site, delivery.person, delivery.channel)
    report = report_of_delivery(db, delivery_id)
    if report is not None:
        return OutgoingMessage(compose_report(site, *report, words), [delivery_id])
    together = digest_of(delivery_rows.alerts_waiting(db, delivery), now)
    if together:
        entries = entries_of(site, db, together, words)
        digest = compose_digest(words, delivery, entries, longest)
        return OutgoingMessage(digest, [row.id for row in together])
    fault = delivery_rows.fault_notice_of(db, delivery.id)
    if fault is not None:
        evidence_of_fault = fault_evidence(db, fault[1])
        notice = compose_fault_notice(site, delivery, evidence_of_fault, words, longest)
        return OutgoingMessage(notice, [delivery_id])
    pair = delivery_rows.notice_of(db, delivery.id)
    if pair is None:
        _, transition, alert = delivery_rows.delivery(db, delivery.id)
        evidence, link = alert_evidence(site, db, transition, alert, series, now), ""
    else:
        evidence = incident_evidence(site, db, pair[1], series, now)
        link = link_to(site, evidence.incident.id, delivery.person, now)
    notice = compose_notice(site, delivery, evidence, words, now, link, longest)
    return OutgoingMessage(notice, [delivery_id])


def _postpone(records: Records, delivery_id: int, error: DeliveryError, now: int) -> None:
    with records.writing(WHO, now) as db:
        delivery = outbox.postpone(db, OUTBOX, delivery_id, error, now)
        if outbox.is_news(delivery, error):
            log.warning("channel %s: delivery %s: %s", delivery.channel, delivery_id, error)
