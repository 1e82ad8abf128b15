"""Many messages in one: what waited while the line was down, or was too much for a person's hour."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sqlalchemy.orm import Session

from alerts.channels import Notification
from alerts.notification.due import RANK
from alerts.notification.evidence import incident_with_alerts
from alerts.notification.fault_message import fault_evidence, fault_headline
from alerts.notification.incident_message import IncidentEvidence, incident_headline
from alerts.notification.language import MessageWords
from alerts.notification.message import headline
from core.schema.site import Site
from core.time.clock import MINUTE
from core.vocabulary.severity import Severity
from storage.records import Alert, Delivery, Notice
from storage.records import deliveries as delivery_rows
from storage.records.fault_reports import FaultNotice

# Scanward's defaults, no source.
OLD = 15 * MINUTE  # who waits longer has waited for the line
MOST_SINGLE = 3  # so many that are old still leave by themselves

LIMITED = "waits: enough messages in this hour"  # the error of a delivery that waits for the hour


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """An incident, or an alert by itself, in one line."""

    key: tuple[str, int]
    severity: Severity
    began_at: int
    ended_at: int | None
    what: str


def digest_of(rows: Sequence[tuple[Delivery, int]], now: int) -> list[Delivery]:
    """Those that leave together with the first of these, each with since when it waits; itself alone: none."""
    waiting = takewhile(lambda row: row[1] <= now - OLD or row[0].error == LIMITED, rows)
    together = [delivery for delivery, _ in waiting]
    fewest = 2 if together and together[0].error == LIMITED else MOST_SINGLE + 1
    return together if len(together) >= fewest else []


def entries_of(
    site: Site, db: Session, deliveries: Sequence[Delivery], words: MessageWords
) -> list[DigestEntry]:
    """What deliveries are about, as it is now: each incident in the place of its first, at its worst."""
    notices = delivery_rows.notices_by_delivery(db, [row.id for row in deliveries])
    incidents: dict[int, DigestEntry] = {}
    entries: dict[tuple[str, int], DigestEntry] = {}
    for delivery in deliveries:
        notice = notices.get(delivery.id)
        fault = delivery_rows.fault_notice_of(db, delivery.id) if notice is None else None
        if fault is not None:
            entry = _fault_entry(words, site, db, fault[1])
        elif notice is None:
            _, _, alert = delivery_rows.delivery(db, delivery.id)
            entry = _alert_entry(words, site, alert)
        elif notice.incident_id in incidents:
            entry = replace(incidents[notice.incident_id], severity=notice.severity)
        else:
            entry = incidents[notice.incident_id] = _incident_entry(words, site, db, notice)
        earlier = entries.get(entry.key)
        if earlier is None or RANK[entry.severity] > RANK[earlier.severity]:
            entries[entry.key] = entry
    return list(entries.values())


def _alert_entry(words: MessageWords, site: Site, alert: Alert) -> DigestEntry:
    what = headline(words, site, alert)
    return DigestEntry(("alert", alert.id), alert.severity, alert.began_at, alert.ended_at, what)


def _fault_entry(words: MessageWords, site: Site, db: Session, notice: FaultNotice) -> DigestEntry:
    evidence = fault_evidence(db, notice)
    what = fault_headline(words, site, evidence)
    return DigestEntry(("fault", notice.id), notice.severity, notice.at, evidence.ended_at, what)


def _incident_entry(words: MessageWords, site: Site, db: Session, notice: Notice) -> DigestEntry:
    incident, alerts = incident_with_alerts(db, notice.incident_id)
    evidence = IncidentEvidence(notice, incident, alerts)
    what = incident_headline(words, site, evidence)
    key = ("incident", incident.id)
    return DigestEntry(key, notice.severity, evidence.began_at, incident.ended_at, what)


def compose_digest(
    words: MessageWords, delivery: Delivery, entries: Sequence[DigestEntry], longest: int
) -> Notification:
    """A line for each incident, in order; if they are too long, first what is not over, then a count."""
    remaining = [entry for entry in entries if entry.ended_at is None]
    key = "digest.open" if remaining else "digest.all_over"
    counts = {"count": len(entries), "open": len(remaining)}
    title = words.text(key, **counts)
    end = words.text("digest.end", delivery=delivery.id)
    lines = _fitting(words, entries, longest - len(title) - len(end) - 2)
    severity = max((entry.severity for entry in remaining or entries), key=RANK.__getitem__)
    body = "\n".join([*lines, end])
    return Notification(delivery.id, severity, not remaining, title, body)


def _fitting(words: MessageWords, entries: Sequence[DigestEntry], space: int) -> list[str]:
    """Their lines within so many characters; what is over goes first, and is counted."""
    lines = {entry.key: _line(words, entry) for entry in entries}
    if sum(len(line) + 1 for line in lines.values()) <= space:
        return list(lines.values())
    space -= len(words.text("digest.more", count=10_000, open=10_000)) + 1
    shown = set[tuple[str, int]]()
    for entry in sorted(entries, key=lambda entry: entry.ended_at is not None):
        space -= len(lines[entry.key]) + 1
        if space < 0:
            break
        shown.add(entry.key)
    left_out = [entry for entry in entries if entry.key not in shown]
    still = sum(entry.ended_at is None for entry in left_out)
    count = words.text("digest.more", count=len(left_out), open=still)
    return [*(line for key, line in lines.items() if key in shown), count]


def _line(words: MessageWords, entry: DigestEntry) -> str:
    severity = words.text(f"severity.{entry.severity}")
    title = words.text("title.alert", severity=severity, headline=entry.what)
    when = words.moment(entry.began_at)
    if entry.ended_at is None:
        return words.text("digest.entry", when=when, title=title)
    span = words.span(max(entry.ended_at - entry.began_at, 0))
    return words.text("digest.entry_over", when=when, title=title, span=span)
