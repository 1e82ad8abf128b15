"""One agent's session: a request, and its checked reply. get.py and walk.py use it."""

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

from collectors.snmp.credentials import EnginePool, PooledEngine
from collectors.snmp.explain import TIMED_OUT, agent_name, exception_error, indication_error
from collectors.snmp.transport import ADDRESS, AgentTransport
from collectors.snmp.value import plain
from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource

Oid = tuple[int, ...]
Kind = Literal["get", "next", "bulk"]

_ENDPOINTS = 4  # transport domains of one agent, taken in turn; pysnmp keeps each for life

# pysnmp's error indication, error-status, error-index and varbinds.
_Answer = tuple[object, SupportsInt, SupportsInt, Iterable[tuple[Any, object]]]


class Reply(NamedTuple):
    """An agent's reply to one request; `error_index` counts from 1, and agents get it wrong."""

    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


class Session:
    """One agent's socket and credentials. Opens itself for the first request, and again after `reset_transport`."""

    def __init__(self, source: SnmpSource, engines: EnginePool) -> None:
        self.source = source
        self.response_ms: float | None = None  # of the first reply since `start_poll`
        self._engines = engines
        self._engine: PooledEngine | None = None
        self._endpoints: list[_Endpoint] = []
        self._current = 0
        self._objects: dict[Oid, ObjectType] = {}

    def start_poll(self) -> None:
        """Measure `response_ms` anew."""
        self.response_ms = None

    async def request(self, kind: Kind, oids: Sequence[Oid], repeat: int = 1) -> Reply:
        """One checked reply, retried after silence. SourceError if the agent does not answer."""
        for _ in range(self.source.retries):
            try:
                return await self._request_once(kind, oids, repeat)
            except SourceError as error:
                if error.permanent:
                    raise
        return await self._request_once(kind, oids, repeat)

    def reset_transport(self) -> None:
        """Forget what may no longer hold: the host's address and, in SNMPv3, its engine id.

        pysnmp keeps an engine id for five minutes by transport domain and will not relearn it
        before, so an agent that was replaced needs another domain to be heard.
        """
        endpoint = self._endpoints[self._current] if self._current < len(self._endpoints) else None
        if endpoint is not None:
            endpoint.transport.close()
            if endpoint.transport.has_received:
                self._current = (self._current + 1) % _ENDPOINTS

    def close(self) -> None:
        """Release everything. The tasks that use this session must have ended before."""
        for endpoint in self._endpoints:
            endpoint.transport.close()
        if self._engine is not None:
            self._engines.release(self._engine)
        self._engine = None
        self._endpoints.clear()
        self._current = 0

    async def _request_once(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> Reply:
        endpoint = await self._open_endpoint()
        transport = endpoint.transport
        loop = asyncio.get_running_loop()
        transport.expect()
        sent_at = loop.time()
        try:
            # pysnmp never ends a request whose reply made it stumble, so time is kept here too.
            async with asyncio.timeout(self._deadline_s()):
                indication, reply = _reply_of(
                    await self._command(endpoint.target, kind, oids, repeat)
                )
        except TimeoutError:
            raise self._no_answer(transport) from None
        except StatusInformation as error:
            raise indication_error(error.get("errorIndication"), self.source) from None
        except Exception as error:  # noqa: BLE001  pysnmp has no one parent for what it raises
            raise exception_error(error, self.source) from None
        finally:
            transport.expect_nothing()
        if type(indication).__name__ == TIMED_OUT:
            raise self._no_answer(transport)
        if indication:
            raise indication_error(indication, self.source)
        if self.response_ms is None:
            self.response_ms = (loop.time() - sent_at) * 1000
        return reply

    def _deadline_s(self) -> float:
        """Seconds for one request; SNMPv3 may first need two more to learn the agent's clock."""
        return self.source.timeout / 1000 * (3 if self.source.version == "3" else 1) + 0.5

    async def _open_endpoint(self) -> "_Endpoint":
        if self._engine is None:
            self._engine = self._engines.acquire(self.source)
        if self._current == len(self._endpoints):
            transport = AgentTransport()
            domain = self._engine.attach(transport)
            self._endpoints.append(
                _Endpoint(transport, _Target(domain, self.source.timeout / 1000))
            )
        endpoint = self._endpoints[self._current]
        if not endpoint.transport.is_open:
            try:
                await endpoint.transport.open(self.source.host, self.source.port)
            except (OSError, UnicodeError) as error:  # UnicodeError: a name with an empty label
                why = getattr(error, "strerror", None) or "not a host's name"
                text = f"cannot find or reach the host {self.source.host!r}: {why}"
                raise SourceError(text) from None
        return endpoint

    async def _command(
        self, target: UdpTransportTarget, kind: Kind, oids: Sequence[Oid], repeat: int
    ) -> _Answer:
        assert self._engine is not None  # _opened
        route = (self._engine.snmp, self._engine.auth, target, ContextData())
        if kind == "bulk":
            answer: _Answer = await bulk_cmd(
                *route, 0, repeat, *map(_object, oids), lookupMib=False
            )
        elif kind == "next":
            answer = await next_cmd(*route, *map(_object, oids), lookupMib=False)
        else:
            answer = await get_cmd(*route, *map(self._cached_object, oids), lookupMib=False)
        return answer

    def _cached_object(self, oid: Oid) -> ObjectType:
        # pysnmp's own objects are slow to make: cached ones halve the cost of a poll.
        if oid not in self._objects:
            self._objects[oid] = _object(oid)
        return self._objects[oid]

    def _no_answer(self, transport: AgentTransport) -> SourceError:
        if transport.network_error is None:
            return indication_error(errind.requestTimedOut, self.source)
        agent = agent_name(self.source)
        if transport.network_error.errno == errno.ECONNREFUSED:
            return SourceError(f"nothing listens on {agent} (agent off, or another port)")
        return SourceError(f"cannot reach {agent}: {transport.network_error.strerror}")


class _Endpoint(NamedTuple):
    """A socket, and the target by which pysnmp reaches it."""

    transport: AgentTransport
    target: UdpTransportTarget


class _Target(UdpTransportTarget):  # type: ignore[misc]
    """Leads pysnmp to one AgentTransport. No retries here: Session does them, where it can stop."""

    def __init__(self, domain: Oid, timeout_s: float) -> None:
        self.TRANSPORT_DOMAIN = domain
        self.transport_address = ADDRESS
        super().__init__(timeout=timeout_s, retries=0)


def _reply_of(answer: _Answer) -> tuple[object, Reply]:
    indication, status, error_index, varbinds = answer
    pairs = [(oid.asTuple(), plain(value)) for oid, value in varbinds]
    return indication, Reply(int(status), int(error_index), pairs)


def _object(oid: Oid) -> ObjectType:
    return ObjectType(ObjectIdentity(oid))
