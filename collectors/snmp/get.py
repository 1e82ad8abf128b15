"""Gets scalars in chunks, smaller ones after silence, and without the OIDs that an agent refuses."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from collectors.snmp.ber import Kind, Oid
from collectors.snmp.endpoint import Reply
from collectors.snmp.explain import NO_SUCH_NAME, TOO_BIG, SilenceError, status_name
from collectors.snmp.limits import RequestLimits
from collectors.snmp.value import END
from core.errors import SourceError

_MOST_OIDS = 65_536  # as text, and back: each poll needs the same ones
MOST_SILENCES = 3  # in a row; the second and third are single OIDs, so the agent is silent itself


class Requester(Protocol):
    """What sends requests to an agent: a Session."""

    limits: RequestLimits
    silences: int  # requests in a row that brought nothing

    async def request(self, kind: Kind, oids: Sequence[Oid], repeat: int = 1) -> Reply:
        """One checked reply. SourceError if none comes, SilenceError if a smaller one may."""


class IncompleteError(SourceError):
    """The agent lives, but some of what it was asked for is missing; the rest was kept."""


async def get(
    agent: Requester, oids: Iterable[Oid], answers: dict[str, object], absent: set[Oid]
) -> None:
    """Put into `answers` what the agent says, even if it then fails with a SourceError.

    SNMPv1 refuses a whole request for one OID it lacks; such OIDs join `absent` and are not asked.
    """
    round_ = _GetRound(agent, answers, absent)
    await round_.run([oid for oid in oids if oid not in absent] if absent else list(oids))
    if round_.trouble is not None:
        raise round_.trouble


async def prove_alive(agent: Requester, kind: Kind, oids: Sequence[Oid]) -> None:
    """After silence: SilenceError unless the agent answers for the first or the last OID alone."""
    try:
        await agent.request(kind, oids[:1])
    except SilenceError:
        if len(oids) == 1 or agent.silences >= MOST_SILENCES:
            raise
        await agent.request(kind, oids[-1:])


class _GetRound:
    """One GET of many OIDs."""

    def __init__(self, agent: Requester, answers: dict[str, object], absent: set[Oid]) -> None:
        self.trouble: IncompleteError | None = None  # the first that was met
        self._agent = agent
        self._limits = agent.limits
        self._answers = answers
        self._absent = absent
        self._named: list[Oid] = []  # by an agent as absent, among others
        self._suspects: list[Oid] = []  # single OIDs that brought silence
        self._chunks: list[list[Oid]] = []

    async def run(self, oids: list[Oid]) -> None:
        """Ask until everything is answered, refused or given up."""
        mute = self._limits.mute
        if mute:
            for oid in (oid for oid in oids if oid in mute):
                self._note(f"no answer for {dotted(oid)}")
            oids = [oid for oid in oids if oid not in mute]
        self._put_back(oids)
        width = self._limits.width
        while self._chunks:
            chunk = self._chunks.pop(0)
            try:
                reply = await self._agent.request("get", chunk)
            except SilenceError as silence:
                await self._after_silence(chunk, silence)
            else:
                self._confirm_suspects(width)
                self._take(chunk, reply)
            if not self._chunks and len(self._named) > 1:
                self._ask_named_alone()
        if self._suspects:
            self._note(f"no answer for {', '.join(map(dotted, self._suspects))}")

    def _ask_named_alone(self) -> None:
        """Some agents always name the first OID, whichever they lack: alone, each speaks for itself."""
        self._absent.difference_update(self._named)
        self._chunks = [[oid] for oid in self._named]
        self._named.clear()

    async def _after_silence(self, chunk: list[Oid], silence: SilenceError) -> None:
        """Halve what an agent is asked if it answers single OIDs; SilenceError if it does not."""
        if self._agent.silences >= MOST_SILENCES:
            raise silence
        if len(chunk) == 1:
            self._suspects += chunk
            return
        await prove_alive(self._agent, "get", chunk)
        self._limits.narrow(len(chunk))
        self._put_back(chunk)

    def _confirm_suspects(self, width: int) -> None:
        """The agent lives: what brought silence alone is not asked again for a while."""
        if self._suspects:
            self._note(f"no answer for {', '.join(map(dotted, self._suspects))}")
            self._limits.mute.update(self._suspects)
            self._limits.width = width  # it was not the number of OIDs
            self._suspects.clear()

    def _take(self, chunk: list[Oid], reply: Reply) -> None:
        """Use what was asked for, and ask the rest again."""
        if reply.status:
            self._note_refusal(chunk, reply)
            self._chunks = [*self._retry_chunks(chunk, reply), *self._chunks]
            return
        pairs = reply.pairs
        is_whole = [oid for oid, _ in pairs] == chunk
        if not is_whole:
            pairs = [(oid, value) for oid, value in reversed(pairs) if oid in chunk]
        for oid, value in pairs:
            self._answers[dotted(oid)] = None if value is END else value
        if is_whole:
            return
        answered = {oid for oid, _ in pairs}
        rest = [oid for oid in chunk if oid not in answered]
        if rest and len(chunk) == 1:
            self._note("the agent answered other OIDs than it was asked for")
        elif rest:
            self._limits.width = len(answered) or (len(chunk) + 1) // 2
            self._put_back(rest)

    def _put_back(self, oids: list[Oid]) -> None:
        """Ask these first, as many at a time as the agent takes."""
        rest = [oid for chunk in self._chunks for oid in chunk]
        self._chunks = self._limits.chunks([*oids, *rest])

    def _note(self, text: str) -> None:
        self.trouble = self.trouble or IncompleteError(text)

    def _note_refusal(self, chunk: list[Oid], reply: Reply) -> None:
        """Nothing if an OID is only absent, or the request was too large and can be made smaller."""
        is_too_big = reply.status == TOO_BIG and len(chunk) > 1
        if reply.status != NO_SUCH_NAME and not is_too_big:
            named = 1 <= reply.error_index <= len(chunk)
            which = dotted(chunk[reply.error_index - 1]) if named else "its values"
            self._note(f"the agent says {status_name(reply.status)} for {which}")

    def _retry_chunks(self, chunk: list[Oid], reply: Reply) -> list[list[Oid]]:
        """What to request after an error: the rest without the failing OID; halves if none is named."""
        if reply.status == TOO_BIG or not 1 <= reply.error_index <= len(chunk):
            failing = chunk[0] if len(chunk) == 1 else None
        else:
            failing = chunk[reply.error_index - 1]
        if failing is None:
            if reply.status == TOO_BIG:
                self._limits.narrow(len(chunk))
            middle = len(chunk) // 2
            return [chunk[:middle], chunk[middle:]]
        if reply.status == NO_SUCH_NAME:
            self._absent.add(failing)
            if len(chunk) > 1:
                self._named.append(failing)
        rest = [oid for oid in chunk if oid != failing]
        return [rest] if rest else []


@lru_cache(_MOST_OIDS)
def dotted(oid: Oid) -> str:
    """`1.3.6.1` of (1, 3, 6, 1)."""
    return ".".join(map(str, oid))


@lru_cache(_MOST_OIDS)
def undotted(text: str) -> Oid:
    """(1, 3, 6, 1) of `1.3.6.1`."""
    return tuple(map(int, text.split(".")))
