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

# What the agent would say right now by OID; None means that it is dead and says nothing.
Supplier = Callable[[], Mapping[str, SnmpRaw] | None]

Oid = tuple[int, ...]
NO_SUCH_NAME = 2  # SNMPv1's only answer to a question it cannot answer
OLDER_NAMES = {"Gauge32": "Gauge", "Counter32": "Counter"}  # what SNMPv1 calls them
LARGEST_ANSWER = 100  # rows of one GETBULK, so that a datagram holds it


class Agent(asyncio.DatagramProtocol):
    """Answers on one UDP socket; a wrong community is met with silence, as by a real agent."""

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
    """The reply to one request, or None for a wrong community or a request we do not know."""
    version = int(api.decodeMessageVersion(data))
    types = api.PROTOCOL_MODULES[version]
    message, _ = decoder.decode(data, asn1Spec=types.Message())
    if bytes(types.apiMessage.get_community(message)) != community:
        return None
    request = types.apiMessage.get_pdu(message)
    reply = types.apiMessage.get_response(message)
    if not _fill(_Tree(answers, types), types, request, types.apiMessage.get_pdu(reply)):
        return None
    return bytes(encoder.encode(reply))


class _Tree:
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
        place = bisect_right(self._order, oid)
        return self._order[place] if place < len(self._order) else None


def _fill(tree: _Tree, types: Any, request: Any, reply: Any) -> bool:
    """Puts the answers into `reply`; False if this kind of request is not answered."""
    asked = [tuple(name) for name, _ in types.apiPDU.get_varbinds(request)]
    if request.isSameTypeWith(types.GetRequestPDU()):
        found = [(oid, tree.get(oid)) for oid in asked]
    elif request.isSameTypeWith(types.GetNextRequestPDU()):
        found = [_next(tree, oid) for oid in asked]
    elif types is api.v2c and request.isSameTypeWith(types.GetBulkRequestPDU()):
        found = _bulk(tree, asked, int(request[1]), int(request[2]))
    else:
        return False
    is_get = request.isSameTypeWith(types.GetRequestPDU())
    _put(types, reply, asked, found, is_get=is_get)
    return True


def _next(tree: _Tree, oid: Oid) -> tuple[Oid, Any | None]:
    following = tree.following(oid)
    return (oid, None) if following is None else (following, tree.get(following))


def _bulk(
    tree: _Tree, asked: list[Oid], non_repeaters: int, repetitions: int
) -> list[tuple[Oid, Any | None]]:
    found = [_next(tree, oid) for oid in asked[:non_repeaters]]
    columns = asked[non_repeaters:]
    while columns and repetitions > 0 and len(found) + len(columns) <= LARGEST_ANSWER:
        row = [_next(tree, oid) for oid in columns]
        found += row
        columns = [oid for oid, _ in row]
        repetitions -= 1
        if all(value is None for _, value in row):
            break
    return found


def _put(
    types: Any, reply: Any, asked: list[Oid], found: list[tuple[Oid, Any | None]], *, is_get: bool
) -> None:
    missing = [i for i, (_, value) in enumerate(found, start=1) if value is None]
    if types is api.v1 and missing:
        types.apiPDU.set_varbinds(reply, [(oid, types.null) for oid in asked])
        types.apiPDU.set_error_status(reply, NO_SUCH_NAME)
        types.apiPDU.set_error_index(reply, missing[0])
        return
    # Not `value or null`: a zero counts as false.
    said = [(oid, types.null if value is None else value) for oid, value in found]
    types.apiPDU.set_varbinds(reply, said)
    for place in missing:
        if is_get:
            types.apiPDU.set_no_such_instance_error(reply, place)
        else:
            types.apiPDU.set_end_of_mib_error(reply, place)
