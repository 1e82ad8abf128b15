"""Every device is asked once, side by side. Nothing that it answers is stored."""

import asyncio
from collections.abc import Sequence

from app.clock import now
from collectors.load import load_collector
from core.finding import Finding
from core.readings import Event, Reading
from core.schema.site import Site
from core.schema.sources.registry import kinds_of, unnamed_kinds


async def check_sources(site: Site, stored: Sequence[Reading | Event]) -> list[Finding]:
    """One poll of each agent, one look at each log, a short while at the broker, and what plugs tell.

    `stored` is the newest of every series, and what was reported of sources, newest first: who sleeps for
    minutes was perhaps heard before.
    """
    kinds = (*kinds_of(site.source_entries), *unnamed_kinds())
    checks = [load_collector(kind).examine(site, now, stored) for kind in kinds]
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]
