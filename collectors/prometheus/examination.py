"""One look at each page, for the doctor: what it gave, and which of its names nobody looks for."""

from collections.abc import Sequence

from collectors.base import Now
from collectors.polling.examination import examine_peers
from collectors.polling.loop import PollAnswer
from collectors.prometheus.source import AT_ONCE, PolledPage, pages
from core.finding import Finding, Findings
from core.readings import Batch, Event, Reading
from core.schema.site import Site

_MOST_NAMES = 5


async def examine(site: Site, now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of each page."""
    return await examine_peers(pages(site, _NoStore()), now(), AT_ONCE, _judge)


class _NoStore:
    async def append(self, batch: Batch) -> None:
        """Nothing is stored."""

    def position(self, key: str) -> str | None:
        return None


def _judge(findings: Findings, page: PolledPage, answer: PollAnswer) -> None:
    text = f"{len(answer.batch.readings)} readings{_unmatched(page)}"
    doubts = [event.text for event in answer.batch.events if event.quality == "bad"]
    if answer.error is not None:
        findings.warn(f"answers only in part ({text}): {answer.error}")
    elif doubts:
        findings.warn(f"answers ({text}), not all to be believed: {'; '.join(doubts[:3])}")
    else:
        findings.ok(f"answers: {text}")


def _unmatched(page: PolledPage) -> str:
    names = [name[:60] for name, _ in page.unmatched.most_common()]
    if not names:
        return ""
    more = ", ..." if len(names) > _MOST_NAMES else ""
    return f", {len(names)} names that nobody looks for: {', '.join(names[:_MOST_NAMES])}{more}"
