"""Sends what the outbox of deliveries holds, each channel's in order.

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
from core.time.clock import from_ms
from core.time.duration import say_duration
from storage.records import Alert, Delivery, MadeReport, Records, Transition, Verdict, outbox
from storage.records import deliveries as delivery_rows
from storage.records import verdicts as verdict_rows
from storage.records.deliveries import OUTBOX
from storage.records.reports import report_of_delivery

log = logging.getLogger(__name__)

WHO = "outbox"  # in the audit


def deliver_due(
    site: Site, records: Records, senders: Mapping[str, Sender], now: Callable[[], int]
) -> int:
    """Try each delivery that is due; how many need no further try: they left, or never can."""
    with records.reading() as db:
        due = outbox.due(db, OUTBOX, now())
    blocked: set[str] = set()
    settled = 0
    for delivery_id, channel in due:
        if channel in blocked:
            continue
        with records.writing(WHO, now()) as db:
            is_claimed = outbox.claim(db, OUTBOX, delivery_id, now())
        if is_claimed and _send(site, records, delivery_id, senders.get(channel), now):
            settled += 1
        else:
            blocked.add(channel)
    return settled


def _send(
    site: Site, records: Records, delivery_id: int, sender: Sender | None, now: Callable[[], int]
) -> bool:
    """True if the delivery left or never can; False if it holds up those behind it."""
    message = _composed(site, records, delivery_id)
    try:
        if sender is None:
            raise DeliveryError("the site file no longer has this channel", permanent=True)
        sender.send(message)
    except DeliveryError as error:
        _postpone(records, delivery_id, error, now())
        return error.permanent
    sent_at = now()
    with records.writing(WHO, sent_at) as db:
        outbox.delivered(db, OUTBOX, delivery_id, sent_at)
    return True


def _composed(site: Site, records: Records, delivery_id: int) -> Message:
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
        lines.append(f"Over after {say_duration(transition.at - alert.began_at)}")
    metric = device.profile.metrics.get(alert.metric) if device else None
    if verdict is not None:
        lines += explain(verdict, metric.unit if metric else "", site.zone)
    elif transition.value is not None:
        unit = f" {metric.unit}" if metric and metric.unit else ""
        limit = "" if alert.limit is None else f", limit {alert.limit:g}{unit}"
        lines.append(f"{alert.metric}: {transition.value:g}{unit}{limit}")
    lines.append(f"Alert {alert.id}, delivery {delivery.id}")
    return Message(delivery.id, alert.severity, ended, title, "\n".join(lines))


def _detector_of(site: Site, alert: Alert) -> verdict_rows.DetectorKey | None:
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
    return from_ms(at, zone).strftime("%Y-%m-%d %H:%M %Z")
