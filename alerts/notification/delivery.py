"""Empties the outbox: leased rows, at least once, oldest first, tried until they leave.

With the line down a channel's oldest delivery is tried again with growing pauses and the rest wait
behind it in order. Killed between sending and noting it, the lease runs out and it is sent again.
"""

import logging
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from alerts.channels import Message, Sender
from alerts.notification.message import explain
from core.errors import DeliveryError
from core.schema.rules import AnomalyRule, ForecastRule
from core.schema.site import Site
from core.text import times
from core.text.numbers import general
from core.time.clock import from_ms
from storage.records import Alert, Delivery, MadeReport, Records, Transition, Verdict
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
        ready = delivery_rows.waiting(db, now())
    down: set[str] = set()
    left = 0
    for number, channel in ready:
        if channel not in down and _claim(records, number, now()):
            if _send(site, records, number, senders.get(channel), now):
                left += 1
            else:
                down.add(channel)
    return left


def _claim(records: Records, number: int, now: int) -> bool:
    with records.writing(WHO, now) as db:
        return delivery_rows.claim(db, number, now)


def _send(
    site: Site, records: Records, number: int, sender: Sender | None, now: Callable[[], int]
) -> bool:
    with records.reading() as db:
        report = report_of_delivery(db, number)
        if report is None:
            delivery, transition, alert = delivery_rows.delivery(db, number)
            watched = _watched(site, alert)
            verdict = verdict_rows.verdict_at(db, watched, transition.at) if watched else None
            message = compose(site, delivery, transition, alert, verdict)
        else:
            delivery, made = report
            message = compose_report(site, delivery, made)
    try:
        if sender is None:
            raise DeliveryError("the site file no longer has this channel", permanent=True)
        sender.send(message)
    except DeliveryError as error:
        _postpone(records, delivery, error, now())
        return error.permanent  # what will never leave must not hold up the others
    left_at = now()
    with records.writing(WHO, left_at) as db:
        row = db.get_one(Delivery, number)
        row.delivered_at, row.error, row.leased_until = left_at, "", None
    return True


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


def compose(
    site: Site,
    delivery: Delivery,
    transition: Transition,
    alert: Alert,
    verdict: Verdict | None = None,
) -> Message:
    """What a person reads: what, where, since when, and the number or the verdict that said so."""
    device = site.devices.get(alert.device)
    name = f"{device.name} ({device.room})" if device and device.room else alert.device
    part = f" {alert.component}" if alert.component else ""
    ended = transition.after == "ok"
    title = f"{'Over' if ended else alert.severity.capitalize()}: {name}{part}: {alert.title}"
    lines = [f"Since {_say(alert.began_at, site.zone)}"]
    if ended:
        lines.append(f"Over after {times.duration(transition.at - alert.began_at)}")
    metric = device.profile.metrics.get(alert.metric) if device else None
    if verdict is not None:
        lines += explain(verdict, metric.unit if metric else "", site.zone)
    elif transition.value is not None:
        unit = f" {metric.unit}" if metric and metric.unit else ""
        limit = "" if alert.limit is None else f", limit {general(alert.limit)}{unit}"
        lines.append(f"{alert.metric}: {general(transition.value)}{unit}{limit}")
    lines.append(f"Alert {alert.id}, delivery {delivery.id}")
    return Message(delivery.id, alert.severity, ended, title, "\n".join(lines))


def _watched(site: Site, alert: Alert) -> verdict_rows.DetectorKey | None:
    """The detector behind an alert; None if a reading alone made it."""
    device = site.devices.get(alert.device)
    for rule in device.profile.rules if device else ():
        if rule.id == alert.rule and isinstance(rule, AnomalyRule | ForecastRule):
            return alert.device, alert.component, rule.detector
    return None


def compose_report(site: Site, delivery: Delivery, made: MadeReport) -> Message:
    """A report's headlines, with its files; which of them somebody has removed is said."""
    paths = tuple(site.reports_path / name for name in made.files)
    gone = [path.name for path in paths if not path.exists()]
    text = "\n".join([made.text, *(f"{name} is gone" for name in gone)])
    files = tuple(path for path in paths if path.exists())
    return Message(delivery.id, "info", resolved=False, title=made.title, body=text, files=files)


def _say(at: int, zone: ZoneInfo) -> str:
    return f"{times.timestamp(at, zone)} {from_ms(at, zone):%Z}"
