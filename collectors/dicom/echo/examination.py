"""One echo of each node, for the doctor. Who takes a connection and is silent is also tried as a web server."""

import asyncio
from collections.abc import Sequence

from collectors.base import Now
from collectors.dicom.echo.node import Node, nodes
from collectors.dicom.echo.source import AT_ONCE
from core.errors import SourceError
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Site


async def examine(site: Site, now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of each node."""
    gate = asyncio.Semaphore(AT_ONCE)
    checks = [_check(node, now(), gate) for node in nodes(site, examined=True)]
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]


async def _check(node: Node, at: int, gate: asyncio.Semaphore) -> Findings:
    findings = Findings(node.name)
    async with gate:
        try:
            answer = await node.poll(at)
        except SourceError as error:
            findings.fail(str(error))
            return findings
    if answer.error is not None:
        findings.warn(str(answer.error))
    else:
        findings.ok(f"answers {node.peer.calling} in {answer.response_ms or 0:.0f} ms")
    return findings
