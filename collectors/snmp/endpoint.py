"""How requests of each SNMP version leave through an agent's socket, and how their answers return."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, SupportsInt

from pysnmp.hlapi.v3arch.asyncio import (  # type: ignore[import-untyped]
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    bulk_cmd,
    get_cmd,
    next_cmd,
)

from collectors.snmp.ber import Kind, Oid, UndecodableError, read_response, request_datagram
from collectors.snmp.transport import ADDRESS, AgentTransport
from collectors.snmp.value import plain

_RECENT_REQUESTS = 1000  # an answer to one of these is late, to any other foreign

# pysnmp's error indication, error-status, error-index and varbinds.
_Answer = tuple[object, SupportsInt, SupportsInt, Iterable[tuple[Any, object]]]


class Reply(NamedTuple):
    """An agent's reply to one request; `error_index` counts from 1, and agents get it wrong."""

    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


# What is wrong, as pysnmp indicates it, and the reply.
Outcome = tuple[object, Reply]


class Endpoint(Protocol):
    """One socket of one agent, with credentials."""

    transport: AgentTransport

    def start_poll(self) -> None:
        """What was asked before is over: a late answer to it is late."""

    def call(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> "asyncio.Future[Outcome]":
        """Send a request; done when its reply has come."""


class CommunityEndpoint:
    """SNMP v1 and v2c. A request that is sent again keeps its id: an answer to the first is as good."""

    def __init__(self, transport: AgentTransport, version: int, community: bytes) -> None:
        self.transport = transport
        self._version = version
        self._community = community
        self._request_id = random.randrange(1, 2**30)  # noqa: S311  keeps no secret
        self._question: object = None
        self._pending: asyncio.Future[Outcome] | None = None
        transport.receive = self._received

    def start_poll(self) -> None:
        """What was asked before is over: a late answer to it is late."""
        self._question = None
        self.transport.refused.clear()

    def call(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> "asyncio.Future[Outcome]":
        """Send a request; done when its reply has come."""
        question = (kind, tuple(oids), repeat)
        is_unanswered = self._pending is not None and self._pending.cancelled()
        if not (is_unanswered and question == self._question):
            self._request_id = self._request_id % (2**31 - 1) + 1
        self._question = question
        self._pending = asyncio.get_running_loop().create_future()
        self.transport.send(
            request_datagram(self._version, self._community, kind, self._request_id, oids, repeat)
        )
        return self._pending

    def _received(self, datagram: bytes) -> str:
        try:
            message = read_response(datagram)
        except UndecodableError:
            return "an answer could not be decoded"
        if message.version != self._version:
            return "an answer was of another SNMP version"
        if message.community != self._community:
            return "an answer named another community"
        if message.request_id != self._request_id:
            age = self._request_id - message.request_id
            is_late = 0 < age < _RECENT_REQUESTS
            return "an answer came too late" if is_late else "an answer was to another question"
        if self._pending is not None and not self._pending.done():
            reply = Reply(message.status, message.error_index, message.pairs)
            self._pending.set_result((None, reply))
        return ""  # a second answer to the same question tells nothing new


class UserEndpoint:
    """SNMPv3, by pysnmp."""

    def __init__(
        self, transport: AgentTransport, domain: Oid, snmp: SnmpEngine, auth: object
    ) -> None:
        self.transport = transport
        self._target = _Target(domain)
        self._snmp = snmp
        self._auth = auth
        self._objects: dict[Oid, ObjectType] = {}

    def start_poll(self) -> None:
        """pysnmp keeps no question."""
        self.transport.refused.clear()

    def call(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> "asyncio.Future[Outcome]":
        """Send a request; done when its reply has come."""
        return asyncio.ensure_future(self._command(kind, oids, repeat))

    async def _command(self, kind: Kind, oids: Sequence[Oid], repeat: int) -> Outcome:
        route = (self._snmp, self._auth, self._target, ContextData())
        if kind == "bulk":
            answer: _Answer = await bulk_cmd(
                *route, 0, repeat, *map(_object, oids), lookupMib=False
            )
        elif kind == "next":
            answer = await next_cmd(*route, *map(_object, oids), lookupMib=False)
        else:
            answer = await get_cmd(*route, *map(self._cached_object, oids), lookupMib=False)
        indication, status, error_index, varbinds = answer
        pairs = [(oid.asTuple(), plain(value)) for oid, value in varbinds]
        return indication, Reply(int(status), int(error_index), pairs)

    def _cached_object(self, oid: Oid) -> ObjectType:
        # pysnmp's own objects are slow to make: cached ones halve the cost of a poll.
        if oid not in self._objects:
            self._objects[oid] = _object(oid)
        return self._objects[oid]


class _Target(UdpTransportTarget):  # type: ignore[misc]
    """Leads pysnmp to one AgentTransport. Session keeps the time and repeats, as it can stop."""

    _PATIENCE_S = 60.0

    def __init__(self, domain: Oid) -> None:
        self.TRANSPORT_DOMAIN = domain
        self.transport_address = ADDRESS
        super().__init__(timeout=self._PATIENCE_S, retries=0)


def _object(oid: Oid) -> ObjectType:
    return ObjectType(ObjectIdentity(oid))
