"""Gets scalars in chunks, and without the OIDs that an agent answers with an error."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from collectors.snmp.explain import NO_SUCH_NAME, TOO_BIG, status_name
from collectors.snmp.session import Kind, Oid, Reply
from collectors.snmp.value import END
from core.errors import SourceError

CHUNK = 20  # OIDs in one request; a reply then fits one unbroken packet


class Requester(Protocol):
    """What sends requests to an agent: a Session."""

    async def request(self, kind: Kind, oids: Sequence[Oid], repeat: int = 1) -> Reply:
        """One checked reply. SourceError if none comes."""


class IncompleteError(SourceError):
    """The agent lives, but some of what it was asked for is missing; the rest was kept."""


async def get(
    agent: Requester, oids: Iterable[Oid], answers: dict[str, object], absent: set[Oid]
) -> None:
    """Put into `answers` what the agent says, even if it then fails with a SourceError.

    SNMPv1 refuses a whole request for one OID it lacks; such OIDs join `absent` and are not asked.
    """
    incomplete: IncompleteError | None = None
    chunks = list(in_chunks([oid for oid in oids if oid not in absent]))
    while chunks:
        chunk = chunks.pop(0)
        reply = await agent.request("get", chunk)
        if reply.status:
            incomplete = incomplete or _refusal(chunk, reply)
            chunks = [*_retry_chunks(chunk, reply, absent), *chunks]
        elif [oid for oid, _ in reply.pairs] != chunk:
            incomplete = IncompleteError("the agent answered other OIDs than it was asked for")
        else:
            answers |= {dotted(oid): _or_gap(value) for oid, value in reply.pairs}
    if incomplete is not None:
        raise incomplete


def _retry_chunks(chunk: list[Oid], reply: Reply, absent: set[Oid]) -> list[list[Oid]]:
    """What to request after an error: the rest without the failing OID; halves if none is named."""
    if reply.status == TOO_BIG or not 1 <= reply.error_index <= len(chunk):
        failing = chunk[0] if len(chunk) == 1 else None
    else:
        failing = chunk[reply.error_index - 1]
    if failing is None:
        middle = len(chunk) // 2
        return [chunk[:middle], chunk[middle:]]
    if reply.status == NO_SUCH_NAME:
        absent.add(failing)
    rest = [oid for oid in chunk if oid != failing]
    return [rest] if rest else []


def _refusal(chunk: list[Oid], reply: Reply) -> IncompleteError | None:
    """The error to report; None if an OID is only absent, or the request was too large."""
    if reply.status in (NO_SUCH_NAME, TOO_BIG):
        return None
    named = 1 <= reply.error_index <= len(chunk)
    which = dotted(chunk[reply.error_index - 1]) if named else "its values"
    return IncompleteError(f"the agent says {status_name(reply.status)} for {which}")


def in_chunks(oids: Sequence[Oid]) -> Iterator[list[Oid]]:
    """The OIDs, as many at a time as one request takes."""
    for start in range(0, len(oids), CHUNK):
        yield list(oids[start : start + CHUNK])


def dotted(oid: Oid) -> str:
    """`1.3.6.1` of (1, 3, 6, 1)."""
    return ".".join(map(str, oid))


def undotted(text: str) -> Oid:
    """(1, 3, 6, 1) of `1.3.6.1`."""
    return tuple(map(int, text.split(".")))


def _or_gap(value: object) -> object:
    return None if value is END else value
