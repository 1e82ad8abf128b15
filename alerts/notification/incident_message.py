"""What a notice of an incident says: the cause first, then what it explains."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.channels import Notification
from alerts.notification.message import headline, local_time, measured
from core.schema.site import Site
from core.text import times
from core.vocabulary.alerts import NoticeKind
from storage.records import Alert, Delivery, Verdict
from storage.records.incidents import Incident, Notice

MOST_LINES = 20  # of what a cause explains; the rest is counted

_PREFIXES: Mapping[NoticeKind, str] = {
    "worse": "Worse: ",
    "still_wrong": "Still wrong: ",
    "update": "Update: ",
    "reminder": "Reminder: ",
    "escalation": "Nobody has acknowledged: ",
}


@dataclass(frozen=True, slots=True)
class IncidentEvidence:
    """All that a notice of an incident is written from."""

    notice: Notice
    incident: Incident
    alerts: Sequence[Alert]  # in the order in which they fired; at least one
    value: float | None = None  # of the cause, when it fired or ended
    verdict: Verdict | None = None  # that made the cause

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


def compose_notice(
    site: Site, delivery: Delivery, evidence: IncidentEvidence, link: str = ""
) -> Notification:
    """Where and what, since when, how long it was, what else; `link` leads to acknowledging it."""
    notice, cause, others = evidence.notice, evidence.cause, evidence.others
    is_over = notice.kind == "over"
    word = "Over" if is_over else notice.severity.capitalize()
    more = f" (and {len(others)} more)" if others else ""
    title = f"{_PREFIXES.get(notice.kind, '')}{word}: {headline(site, cause)}{more}"
    lines = [f"Since {local_time(evidence.began_at, site.zone)}"]
    if is_over:
        lines.append(f"Over after {_duration(evidence, notice.at)}")
    lines += measured(site, cause, evidence.value, evidence.verdict)
    lines += _explained(site, others)
    if link and not is_over:
        lines.append(f"Acknowledge: {link}")
    about = f"Incident {evidence.incident.id}" if others else f"Alert {cause.id}"
    lines.append(f"{about}, delivery {delivery.id}")
    return Notification(
        delivery.id, notice.severity, is_over, title, "\n".join(lines),
        incident=None if is_over else evidence.incident.id,
    )  # fmt: skip


def _duration(evidence: IncidentEvidence, until: int) -> str:
    ended_at = evidence.incident.ended_at
    end = until if ended_at is None else ended_at
    return times.duration(max(end - evidence.began_at, 0))


def _explained(site: Site, alerts: Sequence[Alert]) -> Iterator[str]:
    """A line each, of what still fires first."""
    ranked = sorted(alerts, key=lambda alert: alert.ended_at is not None)
    for alert in ranked[:MOST_LINES]:
        fate = "" if alert.ended_at is None else " (over)"
        yield f"- {headline(site, alert)}{fate}"
    if len(ranked) > MOST_LINES:
        yield f"- and {len(ranked) - MOST_LINES} more"
