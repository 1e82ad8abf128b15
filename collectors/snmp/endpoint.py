"""How requests of v1 and v2c are asked of an agent, and how their answers are checked."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from collectors.snmp.ber import Kind, Oid, read_response, request_message
from collectors.snmp.lane import AgentPeer, Exchange, Lane, RefusedReplyError


class Reply(NamedTuple):
    """An agent's reply to one request; `error_index` counts from 1, and agents get it wrong."""

    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


class Endpoint(Protocol):
    """One agent, asked with credentials."""

    agent: AgentPeer

    def start_poll(self) -> None:
        """What was asked before is over: a late answer to it is late."""

    async def ask(self, kind: Kind, oids: Sequence[Oid], repeat: int, timeout_s: float) -> Exchange:
        """Send a request and listen for its Reply for so long. SourceError if the agent refuses us."""


class CommunityEndpoint:
    """SNMP v1 and v2c. A request that is sent again keeps its id: an answer to the first is as good."""

    def __init__(self, lane: Lane, agent: AgentPeer, version: int, community: bytes) -> None:
        self.agent = agent
        self._lane = lane
        self._version = version
        self._community = community
        self._number = 0
        self._unanswered: object = None  # the last question, until it is answered

    def start_poll(self) -> None:
        """What was asked before is over: a late answer to it is late."""
        self._unanswered = None
        self.agent.refused.clear()

    async def ask(self, kind: Kind, oids: Sequence[Oid], repeat: int, timeout_s: float) -> Exchange:
        """Send a request and listen for its Reply for so long."""
        question = (kind, tuple(oids), repeat)
        if question != self._unanswered:
            self._number = self._lane.next_id()
        self._unanswered = question
        before, behind = request_message(self._version, self._community, *question)
        datagram = before + self._number.to_bytes(4, "big") + behind
        exchange = await self._lane.ask(self.agent, self._number, datagram, self._read, timeout_s)
        if exchange.reply is not None:
            self._unanswered = None
        return exchange

    def _read(self, datagram: bytes) -> Reply:
        message = read_response(datagram)
        if message.version != self._version:
            raise RefusedReplyError("an answer was of another SNMP version")
        if message.community != self._community:
            raise RefusedReplyError("an answer named another community")
        return Reply(message.status, message.error_index, message.pairs)
