"""61,600 spoiled replies through the function that the socket calls with each datagram.

With the 3,000 examples of test_parse.py they are more than the 34,000 asked of SNMP.
"""

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.credentials import EnginePool
from collectors.snmp.session import Session
from collectors.snmp.transport import AgentTransport
from core.errors import SourceError
from tests.collectors.snmp.ber import Oid, Request, integer, octets, read_request, response, tlv
from tests.collectors.snmp.cast import snmp
from tests.collectors.snmp.own_agent import own_agent
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


def spoiled(datagram: bytes, dice: random.Random) -> bytes:
    """Bits flipped, cut off, stuffed, repeated, or nothing but noise."""
    octets_of = bytearray(datagram)
    match dice.randrange(6):
        case 0:
            return bytes(octets_of[: dice.randrange(len(octets_of))])
        case 1:
            at = dice.randrange(len(octets_of))
            octets_of[at:at] = dice.randbytes(dice.randrange(1, 9))
        case 2:
            return dice.randbytes(dice.randrange(80))
        case 3:
            at = dice.randrange(len(octets_of))
            octets_of[at : at + dice.randrange(1, 5)] = b""
        case _:
            for _ in range(dice.randrange(1, 4)):
                octets_of[dice.randrange(len(octets_of))] = dice.randrange(256)
    return bytes(octets_of)


READERS = ({"version": "2c"}, {"version": "3", "user": {"name": "sara"}})  # ours and pysnmp's


@pytest.mark.parametrize("settings", READERS, ids=lambda settings: str(settings["version"]))
@examples(SEEDS)
@given(seed=st.integers(0, 2**32))
def test_no_garbage_gets_out_of_the_datagram_path(seed: int, settings: dict[str, Any]) -> None:
    dice = random.Random(seed)

    async def play() -> None:
        engines = EnginePool()
        engine = engines.acquire(snmp(161, **settings))
        transport = AgentTransport()
        engine.attach(transport)
        for _ in range(REPLIES_A_SEED):
            transport.expect()
            transport.datagram_received(spoiled(dice.choice(SOUND), dice), ("192.0.2.7", 161))
        engines.release(engine)
        await asyncio.sleep(0)

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
            session = Session(snmp(agent.port, timeout="200ms"), EnginePool())
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
