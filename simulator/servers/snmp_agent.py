"""A small SNMP agent, versions 1 and 2c: GET, GETNEXT, GETBULK. pysnmp's message types do the BER."""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, cast

from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]
from pysnmp.proto import api  # type: ignore[import-untyped]
from pysnmp.proto.error import ProtocolError  # type: ignore[import-untyped]

from simulator.wire.snmp import SnmpRaw

log = logging.getLogger(__name__)

# The agent's objects right now, by instance OID; None: the device is dead and does not answer.
Supplier = Callable[[], Mapping[str, SnmpRaw] | None]

Oid = tuple[int, ...]
NO_SUCH_NAME = 2  # SNMPv1's error for any object it does not have
OLDER_NAMES = {"Gauge32": "Gauge", "Counter32": "Counter"}  # names of SNMPv1
LARGEST_ANSWER = 100  # rows of one GETBULK, so that a datagram holds it


class Agent(asyncio.DatagramProtocol):
    """Answers on one UDP socket, and not at all for a wrong community, as a real agent."""

    def __init__(self, supply: Supplier, community: str) -> None:
        self._supply = supply
        self._community = community.encode()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Before Python 3.12 asyncio's own UDP transport does not say that it is a DatagramTransport.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        answers = self._supply()
        if answers is None or self._transport is None:
            return
        try:
            reply = respond(data, answers, self._community)
        except (PyAsn1Error, ProtocolError, KeyError) as error:
            log.debug("a request that cannot be read: %r", str(error))
            return
        if reply:
            self._transport.sendto(reply, addr)


async def start_agent(
    host: str, port: int, community: str, supply: Supplier
) -> asyncio.DatagramTransport:
    """An agent that listens until its transport is closed."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Agent(supply, community), local_addr=(host, port)
    )
    return transport


def respond(data: bytes, answers: Mapping[str, SnmpRaw], community: bytes) -> bytes | None:
    """The encoded reply to one request; None for a wrong community or an unknown kind of request."""
    version = int(api.decodeMessageVersion(data))
    types = api.PROTOCOL_MODULES[version]
    message, _ = decoder.decode(data, asn1Spec=types.Message())
    if bytes(types.apiMessage.get_community(message)) != community:
        return None
    request = types.apiMessage.get_pdu(message)
    reply = types.apiMessage.get_response(message)
    if not _fill(_ObjectTree(answers, types), types, request, types.apiMessage.get_pdu(reply)):
        return None
    return bytes(encoder.encode(reply))


class _ObjectTree:
    """The agent's objects in order, as values of one protocol version."""

    def __init__(self, answers: Mapping[str, SnmpRaw], types: Any) -> None:
        self._types = types
        self._names = OLDER_NAMES if types is api.v1 else {}
        self._raw = {
            tuple(map(int, oid.split("."))): raw
            for oid, raw in answers.items()
            if types is not api.v1 or raw.kind != "Counter64"  # version 1 has none
        }
        self._order = sorted(self._raw)

    def get(self, oid: Oid) -> Any | None:
        raw = self._raw.get(oid)
        if raw is None:
            return None
        return getattr(self._types, self._names.get(raw.kind, raw.kind))(raw.value)

    def following(self, oid: Oid) -> Oid | None:
        index = bisect_right(self._order, oid)
        return self._order[index] if index < len(self._order) else None


def _fill(tree: _ObjectTree, types: Any, request: Any, reply: Any) -> bool:
    """Put the varbinds into `reply`; False if this kind of request is not answered."""
    requested = [tuple(name) for name, _ in types.apiPDU.get_varbinds(request)]
    if request.isSameTypeWith(types.GetRequestPDU()):
        varbinds = [(oid, tree.get(oid)) for oid in requested]
    elif request.isSameTypeWith(types.GetNextRequestPDU()):
        varbinds = [_next(tree, oid) for oid in requested]
    elif types is api.v2c and request.isSameTypeWith(types.GetBulkRequestPDU()):
        varbinds = _bulk(tree, requested, int(request[1]), int(request[2]))
    else:
        return False
    is_get = request.isSameTypeWith(types.GetRequestPDU())
    _put(types, reply, requested, varbinds, is_get=is_get)
    return True


def _next(tree: _ObjectTree, oid: Oid) -> tuple[Oid, Any | None]:
    following = tree.following(oid)
    return (oid, None) if following is None else (following, tree.get(following))


def _bulk(
    tree: _ObjectTree, requested: list[Oid], non_repeaters: int, repetitions: int
) -> list[tuple[Oid, Any | None]]:
    varbinds = [_next(tree, oid) for oid in requested[:non_repeaters]]
    columns = requested[non_repeaters:]
    while columns and repetitions > 0 and len(varbinds) + len(columns) <= LARGEST_ANSWER:
        row = [_next(tree, oid) for oid in columns]
        varbinds += row
        columns = [oid for oid, _ in row]
        repetitions -= 1
        if all(value is None for _, value in row):
            break
    return varbinds


def _put(
    types: Any,
    reply: Any,
    requested: list[Oid],
    varbinds: list[tuple[Oid, Any | None]],
    *,
    is_get: bool,
) -> None:
    missing = [i for i, (_, value) in enumerate(varbinds, start=1) if value is None]
    if types is api.v1 and missing:
        types.apiPDU.set_varbinds(reply, [(oid, types.null) for oid in requested])
        types.apiPDU.set_error_status(reply, NO_SUCH_NAME)
        types.apiPDU.set_error_index(reply, missing[0])
        return
    # Not `value or null`: a zero counts as false.
    filled = [(oid, types.null if value is None else value) for oid, value in varbinds]
    types.apiPDU.set_varbinds(reply, filled)
    for index in missing:
        if is_get:
            types.apiPDU.set_no_such_instance_error(reply, index)
        else:
            types.apiPDU.set_end_of_mib_error(reply, index)
