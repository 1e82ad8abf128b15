"""One question to each peer, for the doctor: so many at once as the collector itself would ask."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from collectors.polling.loop import PollAnswer, PolledPeer
from core.errors import SourceError
from core.finding import Finding, Findings

Peer = TypeVar("Peer", bound=PolledPeer)


async def examine_peers(
    peers: Iterable[Peer],
    at: int,
    at_once: int,
    judge: Callable[[Findings, Peer, PollAnswer], None],
) -> list[Finding]:
    """A finding of each: why it does not answer, or what `judge` says of its answer."""
    gate = asyncio.Semaphore(at_once)

    async def examine(peer: Peer) -> Findings:
        findings = Findings(peer.name)
        async with gate:
            try:
                answer = await peer.poll(at)
            except SourceError as error:
                findings.fail(str(error))
                return findings
        judge(findings, peer, answer)
        return findings

    answers = await asyncio.gather(*(examine(peer) for peer in peers))
    return [finding for findings in answers for finding in findings]
