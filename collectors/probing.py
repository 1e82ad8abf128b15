"""What one source answers now, for who is just adding it: values, or why there are none. Nothing is stored.

Bounded in time and size, whatever the other side is: what is typed as an address may be anything.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from collectors.base import Now, Sink, Source
from core.readings import Batch, Event, Reading
from core.schema.site import Site

LIMIT_S = 25.0  # a poll with its repeats; ours
MOST = 500  # readings, and events


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What came of one source. `error` is empty if it answers whole."""

    is_up: bool = False
    response_ms: float | None = None
    readings: list[Reading] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    error: str = ""
    lines: list[str] = field(default_factory=list)  # the newest of a log, oldest first
    choices: list[str] = field(default_factory=list)  # other addresses that were heard meanwhile


async def probe_once(
    sources: Callable[[Site, Sink, Now], list[Source]], site: Site, now: Now
) -> ProbeAnswer:
    """One round of the one source that the site has."""
    sink = _ProbeSink()
    [source] = sources(site, sink, now)
    error = ""
    try:
        async with asyncio.timeout(LIMIT_S):
            await source.once()
    except TimeoutError:
        error = f"not done after {LIMIT_S:g} s"
    except _EnoughError:
        pass
    return answer_of(sink.batch, error or source.last_error)


def answer_of(batch: Batch, error: str = "") -> ProbeAnswer:
    """What a batch says of its source."""
    ups = [reading for reading in batch.readings if reading.metric == "up"]
    waits = [reading.value for reading in batch.readings if reading.metric == "response_ms"]
    return ProbeAnswer(
        is_up=any(reading.value for reading in ups),
        response_ms=waits[-1] if waits else None,
        readings=[r for r in batch.readings if r.metric not in ("up", "response_ms")][:MOST],
        events=batch.events[:MOST],
        error=error,
    )


class _EnoughError(Exception):
    """It has brought more than anybody reads."""


class _ProbeSink:
    """A sink that remembers nothing from before and stores nothing."""

    def __init__(self) -> None:
        self.batch = Batch()

    async def append(self, batch: Batch) -> None:
        self.batch.readings.extend(batch.readings)
        self.batch.events.extend(batch.events)
        if len(self.batch.readings) + len(self.batch.events) > 2 * MOST:
            raise _EnoughError

    def position(self, key: str) -> str | None:
        return None
