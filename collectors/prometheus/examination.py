"""One look at each page, for the doctor: what it gave, and which of its names nobody looks for."""

import asyncio
from collections.abc import Sequence

from collectors.base import Now
from collectors.prometheus.source import AT_ONCE, PolledPage, pages
from core.errors import SourceError
from core.finding import Finding, Findings
from core.readings import Batch, Event, Reading
from core.schema.site import Site

_MOST_NAMES = 5


async def examine(site: Site, now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of each page."""
    gate = asyncio.Semaphore(AT_ONCE)
    checks = [_check(page, now(), gate) for page in pages(site, _NoStore())]
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]


class _NoStore:
    async def append(self, batch: Batch) -> None:
        """Nothing is stored."""

    def position(self, key: str) -> str | None:
        return None


async def _check(page: PolledPage, at: int, gate: asyncio.Semaphore) -> Findings:
    findings = Findings(page.name)
    async with gate:
        try:
            answer = await page.poll(at)
        except SourceError as error:
            findings.fail(str(error))
            return findings
    text = f"{len(answer.batch.readings)} readings{_unmatched(page)}"
    doubts = [event.text for event in answer.batch.events if event.quality == "bad"]
    if answer.error is not None:
        findings.warn(f"answers only in part ({text}): {answer.error}")
    elif doubts:
        findings.warn(f"answers ({text}), not all to be believed: {'; '.join(doubts[:3])}")
    else:
        findings.ok(f"answers: {text}")
    return findings


def _unmatched(page: PolledPage) -> str:
    names = [name[:60] for name, _ in page.unmatched.most_common()]
    if not names:
        return ""
    more = ", ..." if len(names) > _MOST_NAMES else ""
    return f", {len(names)} names that nobody looks for: {', '.join(names[:_MOST_NAMES])}{more}"
