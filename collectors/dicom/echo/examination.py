"""One echo of each node, for the doctor. Who takes a connection and is silent is also tried as a web server."""

from collections.abc import Sequence

from collectors.base import Now
from collectors.dicom.echo.node import EchoNode, nodes
from collectors.dicom.echo.source import AT_ONCE
from collectors.polling.examination import examine_peers
from collectors.polling.loop import PollAnswer
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Site


async def examine(site: Site, now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of each node."""
    return await examine_peers(nodes(site, examined=True), now(), AT_ONCE, _judge)


def _judge(findings: Findings, node: EchoNode, answer: PollAnswer) -> None:
    if answer.error is not None:
        findings.warn(str(answer.error))
    else:
        findings.ok(f"answers {node.peer.calling} in {answer.response_ms or 0:.0f} ms")
