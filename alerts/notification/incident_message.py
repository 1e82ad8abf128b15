"""What a notice of an incident says: the cause first, then what it explains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from alerts.channels import Notification
from alerts.channels.base import LONGEST_TEXT
from alerts.notification.alert_lines import TIMES, AlertFacts, alert_lines
from alerts.notification.language import MessageWords
from alerts.notification.message import MessageLine, fitted, headline
from core.schema.site import Site
from core.text.phrase import Phrase
from storage.records import Alert, Delivery
from storage.records.incidents import Incident, Notice

MOST_LINES = 20  # of what a cause explains; the rest is counted

PLAN, LINK, PAGE, NUMBER, EXPLAINED = 2, 3, 5, 6, 7  # ranks: see MessageLine


@dataclass(frozen=True, slots=True)
class IncidentEvidence:
    """All that a notice of an incident is written from."""

    notice: Notice
    incident: Incident
    alerts: Sequence[Alert]  # in the order in which they fired; at least one
    facts: AlertFacts = field(default_factory=AlertFacts)  # of the cause
    plan: Sequence[Phrase] = ()  # of a power cut: who stops first, and what comes after

    @property
    def cause(self) -> Alert:
        """The alert that explains the others."""
        causes = [alert for alert in self.alerts if alert.id == self.incident.cause_id]
        return causes[0] if causes else self.alerts[0]

    @property
    def others(self) -> list[Alert]:
        """What the cause explains."""
        return [alert for alert in self.alerts if alert is not self.cause]

    @property
    def began_at(self) -> int:
        """When the first of them was wrong, UTC ms."""
        return min(alert.began_at for alert in self.alerts)

    @property
    def is_over(self) -> bool:
        """It is the notice that ends it."""
        return self.notice.kind == "over"


def compose_notice(
    site: Site,
    delivery: Delivery,
    evidence: IncidentEvidence,
    words: MessageWords,
    now: int,
    link: str = "",
    longest: int = LONGEST_TEXT,
) -> Notification:
    """Where and what, since when, how bad, what to do, what else, in so many signs.

    `link` leads to acknowledging it; `now` is UTC ms.
    """
    notice, is_over = evidence.notice, evidence.is_over
    lines = [
        *_times(words, evidence),
        *alert_lines(words, site, evidence.cause, evidence.facts, now, is_over=is_over),
        *(MessageLine(PLAN, words.phrase(phrase)) for phrase in evidence.plan),
        *_explained(words, site, evidence.others),
        *_links(words, site, evidence, link),
        MessageLine(NUMBER, _number(words, evidence, delivery)),
    ]
    title, body = fitted(_title(words, site, evidence), lines, longest)
    return Notification(
        delivery.id, notice.severity, is_over, title, body,
        incident=None if is_over else evidence.incident.id,
        button=words.text("telegram.button"),
    )  # fmt: skip


def _title(words: MessageWords, site: Site, evidence: IncidentEvidence) -> str:
    """`Reminder: Critical: MRI (Magnet room): Helium is low (and 2 more)`."""
    what = incident_headline(words, site, evidence)
    if evidence.is_over:
        return words.text("title.over", headline=what)
    severity = words.text(f"severity.{evidence.notice.severity}")
    title = words.text("title.alert", severity=severity, headline=what)
    if evidence.notice.kind == "fired":
        return title
    return words.text(f"title.{evidence.notice.kind}", title=title)


def incident_headline(words: MessageWords, site: Site, evidence: IncidentEvidence) -> str:
    """The cause, and how many more it explains."""
    title, count = headline(words, site, evidence.cause), len(evidence.others)
    return words.text("title.and_more", title=title, count=count) if count else title


def _times(words: MessageWords, evidence: IncidentEvidence) -> Iterator[MessageLine]:
    yield MessageLine(TIMES, words.text("line.since", when=words.moment_there(evidence.began_at)))
    if evidence.is_over:
        ended_at = evidence.incident.ended_at
        end = evidence.notice.at if ended_at is None else ended_at
        span = words.span(max(end - evidence.began_at, 0))
        yield MessageLine(TIMES, words.text("line.over_after", span=span))


def _explained(words: MessageWords, site: Site, alerts: Sequence[Alert]) -> Iterator[MessageLine]:
    """A line each, of what still fires first."""
    ranked = sorted(alerts, key=lambda alert: alert.ended_at is not None)
    for alert in ranked[:MOST_LINES]:
        key = "line.explained" if alert.ended_at is None else "line.explained_over"
        yield MessageLine(EXPLAINED, words.text(key, headline=headline(words, site, alert)))
    if len(ranked) > MOST_LINES:
        count = len(ranked) - MOST_LINES
        yield MessageLine(EXPLAINED, words.text("line.explained_more", count=count))


def _links(
    words: MessageWords, site: Site, evidence: IncidentEvidence, link: str
) -> Iterator[MessageLine]:
    """To the page of the device, and to acknowledge."""
    address, device = site.file.http.public_url, evidence.cause.device
    if address is not None and device in site.devices:
        page = f"{address.rstrip('/')}/device?device={quote(device)}"
        yield MessageLine(PAGE, words.text("line.page", link=page))
    if link and not evidence.is_over:
        yield MessageLine(LINK, words.text("line.acknowledge", link=link))


def _number(words: MessageWords, evidence: IncidentEvidence, delivery: Delivery) -> str:
    kind = "incident" if evidence.others else "alert"
    number = evidence.incident.id if evidence.others else evidence.cause.id
    return words.text(f"line.{kind}", number=number, delivery=delivery.id)
