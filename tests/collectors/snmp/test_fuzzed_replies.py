"""61,600 spoiled replies through the function that the socket calls with each datagram.

With the 3,000 examples of test_parse.py they are more than the 34,000 asked of SNMP.
"""

import asyncio
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.credentials import attached
from collectors.snmp.lane import AgentPeer, Exchange, Lane
from collectors.snmp.session import Session
from collectors.snmp.transport import Address
from collectors.snmp.usm import UsmUser
from core.errors import SourceError
from tests.collectors.snmp.ber import Oid, Request, integer, octets, read_request, response, tlv
from tests.collectors.snmp.cast import snmp
from tests.collectors.snmp.own_agent import own_agent
from tests.collectors.snmp.spoiling import spoiled
from tests.collectors.snmp.v3_agent import V3Agent
from tests.support.examples import examples

FLOW: Oid = (1, 3, 6, 1, 4, 1, 99999, 1, 0)
SEEDS = 60
REPLIES_A_SEED = 500  # 60 x 500 = 30,000 for each of two readers
ANSWERED_SEEDS = 40
ANSWERS_A_SEED = 40

SOUND = [
    response(Request(1, b"public", 0xA0, 77, 0, [FLOW]), [(FLOW, value)])
    for value in (
        *(integer(5), octets(b"5.5"), tlv(0x41, b"\x01"), tlv(0x46, b"\x01"), tlv(0x80, b"")),
        tlv(0x44, b"\x9f\x78\x04\x41\xac\x00\x00"),
    )
]


READERS = ({"version": "2c"}, {"version": "3", "user": {"name": "sara"}})
WHERE: Address = ("192.0.2.7", 161)


class NoSocket:
    """A socket that hands over what a test has in mind for each request."""

    receive: Callable[[bytes, Address], None]
    sent = b""

    def __init__(
        self, _family: int, receive: Callable[[bytes, Address], None], _failed: object
    ) -> None:
        NoSocket.receive = receive

    def send(self, datagram: bytes, _address: Address) -> None:
        NoSocket.sent = datagram

    def drain_all(self) -> bool:
        return False

    def close(self) -> None: ...


@pytest.mark.parametrize("settings", READERS, ids=lambda settings: str(settings["version"]))
@examples(SEEDS)
@given(seed=st.integers(0, 2**32))
def test_no_garbage_gets_out_of_the_datagram_path(seed: int, settings: dict[str, Any]) -> None:
    dice = random.Random(seed)
    agent = V3Agent(UsmUser(b"sara", "sha", b"", "aes", b""))

    def sound() -> bytes:
        if settings["version"] != "3":
            whole = dice.choice(SOUND)
            return whole.replace(b"\x02\x01\x4d", b"\x02\x04" + NoSocket.sent[17:21])
        if agent.asked(NoSocket.sent) is None:
            return agent.report(NoSocket.sent)
        return agent.response(NoSocket.sent, [(FLOW, integer(5))])

    async def play() -> None:
        lane = Lane()
        peer = AgentPeer(socket.AF_INET, WHERE)
        lane.join(peer)
        endpoint = attached(snmp(161, **settings), lane, peer)
        asking: asyncio.Task[Exchange] | None = None
        for _ in range(REPLIES_A_SEED):
            if asking is None or asking.done():
                if asking is not None and not isinstance(asking.exception(), SourceError):
                    asking.result()
                asking = asyncio.create_task(endpoint.ask("get", [FLOW], 1, 60.0))
            await asyncio.sleep(0)
            NoSocket.receive(spoiled(sound(), dice), WHERE)
        assert asking is not None
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        lane.leave(peer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collectors.snmp.lane.SharedSocket", NoSocket)
        patch.setattr("collectors.snmp.lane._REPLIES_A_REQUEST", 10**9)
        asyncio.run(play())


@pytest.mark.servers
@examples(ANSWERED_SEEDS)
@given(st.integers(0, 2**32))
def test_a_spoiled_answer_to_a_real_request_is_a_value_or_an_error(seed: int) -> None:
    dice = random.Random(seed)

    def answer(request: Request) -> list[bytes]:
        sound = response(request, [(oid, integer(5)) for oid in request.oids])
        # The sound one follows, so that what is dropped as garbage does not cost a timeout.
        return [spoiled(sound, dice), sound]

    async def play() -> None:
        async with own_agent(answer) as agent:
            session = Session(snmp(agent.port, timeout="200ms"), Lane())
            for _ in range(ANSWERS_A_SEED):
                try:
                    await session.request("get", [FLOW])
                except SourceError:
                    continue
            session.close()
            await asyncio.sleep(0)

    asyncio.run(play())


def test_the_fuzzed_requests_are_what_we_think() -> None:
    assert read_request(SOUND[0]).oids == [FLOW]
