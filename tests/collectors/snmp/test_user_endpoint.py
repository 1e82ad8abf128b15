"""SNMPv3: only what is signed by our user's agent, of now, and to this question is believed."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.ber import UndecodableError
from collectors.snmp.endpoint import Reply
from collectors.snmp.explain import report_error
from collectors.snmp.lane import AgentPeer, Exchange, Lane, RefusedReplyError
from collectors.snmp.user_endpoint import UserEndpoint
from collectors.snmp.usm import EngineTime, UsmUser
from core.errors import SourceError
from tests.collectors.snmp.ber import Pair, integer, tlv
from tests.collectors.snmp.cast import snmp
from tests.collectors.snmp.v3_agent import V3Agent
from tests.support.examples import examples

FLOW = (1, 3, 6, 1, 4, 1, 99999, 1, 0)
SARA = UsmUser(b"sara", "sha", b"auth-password", "aes", b"privacy-password")
SOURCE = snmp(161, version="3", user={"name": "sara", "auth_password": "env:AUTH"})
ALL: list[Pair] = [(FLOW, integer(120))]
TRUTH = [(FLOW, 120)]

Behaviour = Callable[[V3Agent, bytes], list[bytes]]


def honest(agent: V3Agent, datagram: bytes) -> list[bytes]:
    if agent.asked(datagram) is None:
        return [agent.report(datagram)]
    return [agent.response(datagram, ALL)]


class DirectLane:
    """A lane without sockets: what is sent is answered at once."""

    def __init__(self, agent: V3Agent, behaviour: Behaviour) -> None:
        self.agent, self.behaviour = agent, behaviour
        self.sent: list[bytes] = []
        self._last_id = 2**30

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def ask(
        self,
        asked: AgentPeer,
        _number: int,
        datagram: bytes,
        read: Callable[[bytes], Any],
        _s: float,
    ) -> Exchange:
        self.sent.append(datagram)
        for answer in self.behaviour(self.agent, datagram):
            try:
                return Exchange(read(answer), 0.001, 0.0, is_lossy=False)
            except UndecodableError:
                asked.refuse("undecodable")
            except RefusedReplyError as error:
                asked.refuse(str(error))
        return Exchange(None, 0.3, 0.0, is_lossy=False)


class Conversation:
    """Our side and the agent's; `now` is the loop's clock."""

    def __init__(self, behaviour: Behaviour = honest, user: UsmUser = SARA) -> None:
        self.lane = DirectLane(V3Agent(user), behaviour)
        self.now = 0.0
        self.agent = AgentPeer(2, ("192.0.2.7", 161))
        self._endpoint = UserEndpoint(
            cast(Lane, self.lane),
            self.agent,
            user,
            lambda: self.now,
            lambda oid: report_error(SOURCE, oid),
        )

    def ask(self) -> object:
        """The values, or None after silence."""
        reply = asyncio.run(self._endpoint.ask("get", [FLOW], 1, 0.3)).reply
        return reply.pairs if isinstance(reply, Reply) else reply

    @property
    def refused(self) -> Counter[str]:
        return self.agent.refused


@pytest.mark.parametrize("auth", ["md5", "sha", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("privacy", ["des", "aes", "aes192", "aes256"])
def test_the_engine_id_is_asked_once_and_then_only_what_is_to_be_known(
    auth: str, privacy: str
) -> None:
    talk = Conversation(user=replace(SARA, auth=auth, privacy=privacy))

    assert [talk.ask(), talk.ask(), talk.ask()] == [TRUTH] * 3
    assert len(talk.lane.sent) == 4
    assert not any(b"\x01\x86\x8d\x1f" in datagram for datagram in talk.lane.sent), "encrypted"


def test_a_user_without_passwords_is_asked_openly() -> None:
    talk = Conversation(user=UsmUser(b"sara", "sha", b"", "aes", b""))

    assert talk.ask() == TRUTH


def test_an_agent_that_was_restarted_is_asked_again_with_its_new_clock() -> None:
    talk = Conversation()
    talk.ask()
    talk.lane.agent.moment = EngineTime(8, 3)

    assert talk.ask() == TRUTH
    assert len(talk.lane.sent) == 2 + 2


def test_a_clock_that_drifts_is_followed() -> None:
    talk = Conversation()
    for hour in range(24):
        talk.now = hour * 3600.0
        talk.lane.agent.moment = EngineTime(7, 1000 + int(hour * 3600 * 1.03))
        assert talk.ask() == TRUTH


def test_an_agent_that_was_replaced_is_learned_anew() -> None:
    talk = Conversation()
    talk.ask()
    talk.lane.agent = V3Agent(SARA, b"\x80\x00\x1f\x88\x04other", EngineTime(1, 5))

    assert talk.ask() == TRUTH


def test_an_agent_whose_clock_never_fits_is_named() -> None:
    def never_of_now(agent: V3Agent, datagram: bytes) -> list[bytes]:
        agent.moment = EngineTime(agent.moment.boots + 1, 0)
        return [agent.report(datagram)]

    with pytest.raises(SourceError, match="does not hold still"):
        Conversation(never_of_now).ask()


def test_an_old_answer_that_is_sent_again_is_not_believed() -> None:
    talk = Conversation()
    talk.ask()
    old: list[bytes] = []

    def kept(agent: V3Agent, datagram: bytes) -> list[bytes]:
        old.append(agent.response(datagram, ALL))
        return old[:1]

    talk.lane.behaviour = kept
    assert talk.ask() == TRUTH
    talk.lane.behaviour = lambda *_: old[:1]

    assert talk.ask() is None
    assert talk.refused == {"an answer was to another question": 1}
    talk.now, talk.lane.agent.moment = 400.0, EngineTime(7, 1400)
    talk.lane.behaviour = honest
    talk.ask()
    talk.lane.behaviour = lambda *_: old[:1]
    assert talk.ask() is None
    assert talk.refused["an answer was of an older time than the SNMPv3 agent's"] == 1


@pytest.mark.parametrize(
    ("answering", "words"),
    [
        (replace(SARA, auth_password=b"", privacy_password=b""), "was not signed"),
        (replace(SARA, privacy_password=b""), "was not encrypted"),
        (replace(SARA, auth_password=b"another-password"), "another auth password"),
        (replace(SARA, name=b"karim"), "another SNMPv3 engine or user"),
    ],
)
def test_an_answer_with_less_than_we_asked_for_is_not_believed(
    answering: UsmUser, words: str
) -> None:
    talk = Conversation()
    talk.ask()

    def weaker(agent: V3Agent, datagram: bytes) -> list[bytes]:
        asked = agent.asked(datagram)
        assert asked is not None
        liar = V3Agent(answering, agent.engine_id, agent.moment)
        return [liar.answered(datagram, asked, [(FLOW, integer(77))])]

    talk.lane.behaviour = weaker

    assert talk.ask() is None
    assert [words in reason for reason in talk.refused] == [True]


def test_a_report_of_another_time_that_is_not_signed_moves_no_clock() -> None:
    talk = Conversation()
    talk.ask()

    def forged(agent: V3Agent, datagram: bytes) -> list[bytes]:
        nobody = UsmUser(b"", "md5", b"", "des", b"")
        liar = V3Agent(nobody, agent.engine_id, EngineTime(99, 9))
        return [liar.report(datagram)]

    talk.lane.behaviour = forged
    with pytest.raises(SourceError, match="does not hold still"):
        talk.ask()
    talk.lane.behaviour = honest

    assert talk.ask() == TRUTH
    assert len(talk.lane.sent) == 4


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (tlv(0x41, b"\xff\xff\xff\xf0"), 4294967280),
        (tlv(0x41, b"\x00\xff\xff\xff\xf0"), 4294967280),
        (tlv(0x42, b"\x80"), 128),
        (tlv(0x43, b"\x90\x00\x00\x00"), 0x90000000),
        (tlv(0x46, b"\xff" * 8), 2**64 - 1),
        (integer(-7), -7),
        (tlv(0x41, b"\x01" * 12), "unreadable 41 010101010101010101010101"),
    ],
)
def test_numbers_are_read_as_leniently_as_in_v2c(encoded: bytes, expected: object) -> None:
    talk = Conversation(
        lambda agent, datagram: (
            [agent.response(datagram, [(FLOW, encoded)])]
            if agent.asked(datagram)
            else [agent.report(datagram)]
        )
    )

    assert talk.ask() == [(FLOW, expected)]


@examples(200)
@given(seed=st.integers(0, 2**32))
def test_no_octet_of_an_answer_can_be_changed(seed: int) -> None:
    dice = random.Random(seed)

    def changed(agent: V3Agent, datagram: bytes) -> list[bytes]:
        octets = bytearray(honest(agent, datagram)[0])
        for _ in range(dice.randrange(1, 3)):
            octets[dice.randrange(len(octets))] ^= dice.randrange(1, 256)
        return [bytes(octets)]

    talk = Conversation()
    talk.ask()
    for _ in range(10):
        talk.lane.behaviour = changed
        try:
            answer = talk.ask()
        except SourceError:
            answer = None  # a report that says so: it was never more than a hint
        assert answer in (None, TRUTH)
        talk.lane.behaviour = honest
        assert talk.ask() == TRUTH, "and the conversation goes on"
