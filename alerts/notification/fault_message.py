"""What a message says of faults that were reported at the machines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.orm import Session

from alerts.channels import Notification
from alerts.channels.base import LONGEST_TEXT
from alerts.notification.alert_lines import TIMES
from alerts.notification.incident_message import EXPLAINED, MOST_LINES, NUMBER, PAGE
from alerts.notification.language import MessageWords
from alerts.notification.message import ESSENTIAL, MessageLine, fitted, place
from core.schema.site import Site
from core.vocabulary.downtime import DowntimeExtent
from storage.records import Delivery, FaultReport, WorkOrder
from storage.records import fault_reports as report_rows
from storage.records.fault_reports import FaultNotice


@dataclass(frozen=True, slots=True)
class FaultEvidence:
    """A notice of reported faults, the first report of each order, and which devices cannot be used."""

    notice: FaultNotice
    reported: Sequence[tuple[FaultReport, WorkOrder]]  # at least one
    extents: Mapping[int, DowntimeExtent]  # by order

    @property
    def worst(self) -> tuple[FaultReport, WorkOrder]:
        """The first of those whose device is worst off."""
        ranks = {"hard": 0, "partial": 1}
        return min(self.reported, key=lambda pair: ranks.get(self.extents.get(pair[1].id, ""), 2))

    @property
    def ended_at(self) -> int | None:
        """When the last of the orders was done, UTC ms; None while any is not."""
        ends = [order.done_at for _, order in self.reported]
        done = [end for end in ends if end is not None]
        return max(done) if len(done) == len(ends) else None


def fault_evidence(db: Session, notice: FaultNotice) -> FaultEvidence:
    """All that a notice of reported faults is written from."""
    reported = report_rows.reports_of_notice(db, notice.id)
    return FaultEvidence(
        notice, reported, report_rows.extents_of(db, [order.id for _, order in reported])
    )


def fault_headline(words: MessageWords, site: Site, evidence: FaultEvidence) -> str:
    """Where and what of the worst, and how many more there are."""
    title, count = _headline(words, site, evidence.worst[1]), len(evidence.reported) - 1
    return words.text("title.and_more", title=title, count=count) if count else title


def compose_fault_notice(
    site: Site,
    delivery: Delivery,
    evidence: FaultEvidence,
    words: MessageWords,
    longest: int = LONGEST_TEXT,
) -> Notification:
    """Where and what, by whom, whether the device can be used, and what else, in so many signs."""
    severity, headline = evidence.notice.severity, fault_headline(words, site, evidence)
    name = words.text(f"severity.{severity}")
    title = words.text("title.alert", severity=name, headline=headline)
    lines = list(_lines(words, site, delivery, evidence))
    return Notification(delivery.id, severity, False, *fitted(title, lines, longest))


def _lines(
    words: MessageWords, site: Site, delivery: Delivery, evidence: FaultEvidence
) -> Iterator[MessageLine]:
    report, order = evidence.worst
    extent = evidence.extents.get(order.id, "usable")
    yield MessageLine(ESSENTIAL, words.text(f"line.{extent}"))
    yield MessageLine(TIMES, words.text("line.reported", when=words.moment_there(report.at)))
    who = ", ".join(text for text in (report.name, report.phone) if text)
    if who:
        yield MessageLine(TIMES, words.text("line.reported_by", who=words.name(who)))
    others = [other for _, other in evidence.reported if other is not order]
    for other in others[:MOST_LINES]:
        what = _headline(words, site, other)
        yield MessageLine(EXPLAINED, words.text("line.explained", headline=what))
    if len(others) > MOST_LINES:
        count = len(others) - MOST_LINES
        yield MessageLine(EXPLAINED, words.text("line.explained_more", count=count))
    if site.file.http.public_url is not None:
        page = f"{site.file.http.public_url.rstrip('/')}/order?order={quote(str(order.id))}"
        yield MessageLine(PAGE, words.text("line.page", link=page))
    yield MessageLine(NUMBER, words.text("line.order", number=order.id, delivery=delivery.id))


def _headline(words: MessageWords, site: Site, order: WorkOrder) -> str:
    device = place(words, site, order.device)
    return words.text("headline.device", device=device, title=words.name(order.title))
