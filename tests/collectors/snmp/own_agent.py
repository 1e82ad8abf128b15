"""An agent of our own on a loopback port: honest about a small MIB, or as evil as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.collectors.snmp.ber import (
    BULK,
    END_OF_MIB,
    GET,
    NO_SUCH_OBJECT,
    Oid,
    Pair,
    Request,
    read_request,
    response,
)

Mib = dict[Oid, bytes]  # OID -> encoded value
Behaviour = Callable[[Request], list[bytes]]  # the datagrams that answer a request


def honest(mib: Mib) -> Behaviour:
    """Answers v1 and v2c as the standards want."""

    def answer(request: Request) -> list[bytes]:
        pairs = right_pairs(mib, request)
        if request.version == 0:
            for at, (_, value) in enumerate(pairs, 1):
                if value in (NO_SUCH_OBJECT, END_OF_MIB):
                    nothing = [(oid, b"\x05\x00") for oid in request.oids]
                    return [response(request, nothing, status=2, index=at)]
        return [response(request, pairs)]

    return answer


def right_pairs(mib: Mib, request: Request) -> list[Pair]:
    """The true answer."""
    if request.kind == GET:
        return [(oid, mib.get(oid, NO_SUCH_OBJECT)) for oid in request.oids]
    pairs: list[Pair] = []
    heads = list(request.oids)
    for _ in range(request.repeat if request.kind == BULK else 1):
        row = [_after(mib, head) for head in heads]
        heads = [oid for oid, _ in row]
        pairs += row
    return pairs


def _after(mib: Mib, head: Oid) -> Pair:
    following = min((oid for oid in mib if oid > head), default=None)
    return (head, END_OF_MIB) if following is None else (following, mib[following])


class _Responder(asyncio.DatagramProtocol):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.requests: list[Request] = []
        self.last_asker: tuple[str | Any, int] = ("", 0)
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        request = read_request(data)
        self.requests.append(request)
        self.last_asker = addr
        for datagram in self.behaviour(request):
            self.transport.sendto(datagram, addr)


class OwnAgent:
    """A running agent; `behaviour` may be changed at any time."""

    def __init__(self, responder: _Responder) -> None:
        self._responder = responder

    @property
    def port(self) -> int:
        return int(self._responder.transport.get_extra_info("sockname")[1])

    @property
    def requests(self) -> list[Request]:
        return self._responder.requests

    @property
    def last_asker(self) -> tuple[str | Any, int]:
        return self._responder.last_asker

    def send(self, datagram: bytes, to: tuple[str | Any, int]) -> None:
        self._responder.transport.sendto(datagram, to)

    def behave(self, behaviour: Behaviour) -> None:
        self._responder.behaviour = behaviour


@asynccontextmanager
async def own_agent(behaviour: Behaviour, host: str = "127.0.0.1") -> AsyncIterator[OwnAgent]:
    """An agent on a free loopback port."""
    loop = asyncio.get_running_loop()
    _, responder = await loop.create_datagram_endpoint(
        lambda: _Responder(behaviour), local_addr=(host, 0)
    )
    try:
        yield OwnAgent(responder)
    finally:
        responder.transport.close()
        await asyncio.sleep(0)
