"""Talks to one agent: one request, one checked reply. get.py and walk.py use it."""

import asyncio
import errno
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, SupportsInt

from pysnmp.hlapi.v3arch.asyncio import (  # type: ignore[import-untyped]
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    bulk_cmd,
    get_cmd,
    next_cmd,
)
from pysnmp.proto import errind  # type: ignore[import-untyped]
from pysnmp.proto.error import StatusInformation  # type: ignore[import-untyped]

from collectors.snmp.credentials import Engine, Engines
from collectors.snmp.explain import TIMED_OUT, agent_name, explained, stumbled
from collectors.snmp.transport import ADDRESS, AgentTransport
from collectors.snmp.value import plain
from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource

Oid = tuple[int, ...]
Kind = Literal["get", "next", "bulk"]

_LINES = 4  # transport domains of one agent, taken in turn; pysnmp keeps each for life

# pysnmp's error indication, error-status, error-index and varbinds.
_Answer = tuple[object, SupportsInt, SupportsInt, Iterable[tuple[Any, object]]]


class Reply(NamedTuple):
    """What an agent said to one request; `culprit` counts from 1, and agents get it wrong."""

    status: int
    culprit: int
    pairs: list[tuple[Oid, object]]


class Session:
    """One agent's socket and credentials. Opens itself when asked, and again after `hang_up`."""

    def __init__(self, source: SnmpSource, engines: Engines) -> None:
        self.source = source
        self.response_ms: float | None = None  # of the first answer since `fresh`
        self._engines = engines
        self._engine: Engine | None = None
        self._lines: list[_Line] = []
        self._turn = 0
        self._objects: dict[Oid, ObjectType] = {}

    def fresh(self) -> None:
        """A new poll begins."""
        self.response_ms = None

    async def request(self, kind: Kind, oids: Sequence[Oid], repeat: int = 1) -> Reply:
        """Ask, and ask again after silence. SourceError if the agent does not answer."""
        for _ in range(self.source.retries):
            try:
                return await self._ask(kind, oids, repeat)
            except SourceError as error:
                if error.permanent:
                    raise
        return await self._ask(kind, oids, repeat)

    def hang_up(self) -> None:
        """Forget what may no longer hold: the host's address and, in SNMPv3, its engine id.

        pysnmp keeps an engine id for five minutes by transport domain and will not relearn it
        before, so an agent that was replaced needs another domain to be heard.
        """
        line = self._lines[self._turn] if self._turn < len(self._lines) else None
        if line is not None:
            line.transport.close()
            if line.transport.has_heard:
                self._turn = (self._turn + 1) % _LINES

    def close(self) -> None:
        """Give everything back. The tasks that use this session must have ended before."""
        for line in self._lines:
            line.transport.close()
        if self._engine is not None:
            self._engines.give_back(self._engine)
        self._engine = None
        self._lines.clear()
        self._turn = 0

    async def _ask(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> Reply:
        line = await self._opened()
        transport = line.transport
        loop = asyncio.get_running_loop()
        transport.expect()
        sent = loop.time()
        try:
            # pysnmp never ends a request whose reply made it stumble, so time is kept here too.
            async with asyncio.timeout(self._patience_s()):
                indication, reply = _read(await self._command(line.target, kind, oids, repeat))
        except TimeoutError:
            raise self._silence(transport) from None
        except StatusInformation as error:
            raise explained(error.get("errorIndication"), self.source) from None
        except Exception as error:  # noqa: BLE001  pysnmp has no one parent for what it raises
            raise stumbled(error, self.source) from None
        finally:
            transport.expect_nothing()
        if type(indication).__name__ == TIMED_OUT:
            raise self._silence(transport)
        if indication:
            raise explained(indication, self.source)
        if self.response_ms is None:
            self.response_ms = (loop.time() - sent) * 1000
        return reply

    def _patience_s(self) -> float:
        """Seconds for one request; SNMPv3 may first need two more to learn the agent's clock."""
        return self.source.timeout / 1000 * (3 if self.source.version == "3" else 1) + 0.5

    async def _opened(self) -> "_Line":
        if self._engine is None:
            self._engine = self._engines.take(self.source)
        if self._turn == len(self._lines):
            transport = AgentTransport()
            domain = self._engine.attach(transport)
            self._lines.append(_Line(transport, _Target(domain, self.source.timeout / 1000)))
        line = self._lines[self._turn]
        if not line.transport.is_open:
            try:
                await line.transport.open(self.source.host, self.source.port)
            except (OSError, UnicodeError) as error:  # UnicodeError: a name with an empty label
                why = getattr(error, "strerror", None) or "not a host's name"
                text = f"cannot find or reach the host {self.source.host!r}: {why}"
                raise SourceError(text) from None
        return line

    async def _command(
        self, target: UdpTransportTarget, kind: Kind, oids: Sequence[Oid], repeat: int
    ) -> _Answer:
        assert self._engine is not None  # _opened
        who = (self._engine.snmp, self._engine.auth, target, ContextData())
        if kind == "bulk":
            answer: _Answer = await bulk_cmd(*who, 0, repeat, *map(_object, oids), lookupMib=False)
        elif kind == "next":
            answer = await next_cmd(*who, *map(_object, oids), lookupMib=False)
        else:
            answer = await get_cmd(*who, *map(self._kept_object, oids), lookupMib=False)
        return answer

    def _kept_object(self, oid: Oid) -> ObjectType:
        # pysnmp's own objects are dear to make: kept ones halve the cost of a poll.
        if oid not in self._objects:
            self._objects[oid] = _object(oid)
        return self._objects[oid]

    def _silence(self, transport: AgentTransport) -> SourceError:
        if transport.trouble is None:
            return explained(errind.requestTimedOut, self.source)
        agent = agent_name(self.source)
        if transport.trouble.errno == errno.ECONNREFUSED:
            return SourceError(f"nothing listens on {agent} (agent off, or another port)")
        return SourceError(f"cannot reach {agent}: {transport.trouble.strerror}")


class _Line(NamedTuple):
    """A socket and the name pysnmp has for it."""

    transport: AgentTransport
    target: UdpTransportTarget


class _Target(UdpTransportTarget):  # type: ignore[misc]
    """Leads pysnmp to one AgentTransport. No retries here: Session does them, where it can stop."""

    def __init__(self, domain: Oid, timeout_s: float) -> None:
        self.TRANSPORT_DOMAIN = domain
        self.transport_address = ADDRESS
        super().__init__(timeout=timeout_s, retries=0)


def _read(answer: _Answer) -> tuple[object, Reply]:
    indication, status, culprit, varbinds = answer
    pairs = [(oid.asTuple(), plain(value)) for oid, value in varbinds]
    return indication, Reply(int(status), int(culprit), pairs)


def _object(oid: Oid) -> ObjectType:
    return ObjectType(ObjectIdentity(oid))
