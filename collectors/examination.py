"""One round of each source of a kind, for the doctor. Nothing that it brings is stored."""

import asyncio
from collections.abc import Callable, Sequence

from collectors.base import Now, Sink, Source
from core.finding import Finding, Findings
from core.readings import Batch, Event, Reading
from core.schema.site import Site


async def examine_once(
    sources: Callable[[Site, Sink, Now], list[Source]],
    site: Site,
    now: Now,
    _stored: Sequence[Reading | Event],
) -> list[Finding]:
    """A finding of each source, all asked side by side."""
    rounds = [_examine(source) for source in sources(site, _FirstBatch(), now)]
    return [finding for findings in await asyncio.gather(*rounds) for finding in findings]


class _RoundEndedError(Exception):
    """A source has brought its first batch, and that is enough."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        super().__init__()


class _FirstBatch:
    """A sink that ends its source's round with what it brought."""

    async def append(self, batch: Batch) -> None:
        raise _RoundEndedError(batch)

    def position(self, key: str) -> str | None:
        return None


async def _examine(source: Source) -> list[Finding]:
    findings = Findings(source.name)
    batch = Batch()
    try:
        await source.once()
    except _RoundEndedError as ended:
        batch = ended.batch
    doubts = [event.text for event in batch.events if event.quality == "bad"]
    readings = [
        reading for reading in batch.readings if reading.metric not in ("up", "response_ms")
    ]
    is_up = any(reading.metric == "up" and reading.value for reading in batch.readings)
    text = f"{len(readings)} readings, {len(batch.events)} events"
    if not is_up:
        findings.fail(source.last_error or "does not answer")
    elif source.last_error:
        findings.warn(f"answers only in part ({text}): {source.last_error}")
    elif doubts:
        examples = "; ".join(doubts[:3])
        findings.warn(f"answers ({text}), not all to be believed: {examples}; look at the profile")
    elif not (readings or batch.events or batch.positions):
        findings.warn(
            f"answers ({text}), but with nothing that its profile knows: look at the profile"
        )
    else:
        findings.ok(f"answers: {text}")
    return findings
