"""SNMPv3: learns an agent's engine id and clock, and believes only what is signed and of now (RFC 3414, 3.2)."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial

from collectors.snmp.ber import REPORT, AgentPdu, Kind, Oid, request_pdu
from collectors.snmp.endpoint import Reply
from collectors.snmp.explain import NOT_IN_TIME_WINDOW, UNKNOWN_ENGINE_ID
from collectors.snmp.lane import AgentPeer, Exchange, Lane, RefusedReplyError
from collectors.snmp.usm import EngineTime, UsmUser, keys
from collectors.snmp.v3_message import (
    ENCRYPTED,
    SIGNED,
    SecuredMessage,
    is_signed_rightly,
    probe,
    read_body,
    read_secured,
    secured,
)
from core.errors import SourceError

_ROUNDS = 4  # of one request: engine id, clock, the question; and once more for an agent that was just restarted
_WINDOW_S = 150  # RFC 3414, 2.2.3
_LAST_BOOT = 2**31 - 1  # RFC 3414, 2.2.2: such a clock proves nothing
_LONGEST_ENGINE_ID = 32  # octets


class _Report:
    """An agent tells why it does not answer; `is_signed` if that is proven."""

    __slots__ = ("is_signed", "message", "oid")

    def __init__(self, oid: Oid, message: SecuredMessage, *, is_signed: bool) -> None:
        self.oid, self.message, self.is_signed = oid, message, is_signed


class _AgentClock:
    """An agent's clock as it was last proven, or, until then, as it was told to us."""

    def __init__(self, moment: EngineTime, now: float, *, is_proven: bool) -> None:
        self.is_proven = is_proven
        self._latest, self._at = moment, now

    def moment(self, now: float) -> EngineTime:
        """What it shows now."""
        return EngineTime(self._latest.boots, self._latest.seconds + int(now - self._at))

    def is_timely(self, moment: EngineTime, now: float) -> bool:
        """Is a signed message of this moment of now? Its clock is ours from here on, if it is later."""
        if moment.boots >= _LAST_BOOT:
            return False
        if not self.is_proven or moment > self._latest:
            self.is_proven, self._latest, self._at = True, moment, now
        ours = self.moment(now)
        return moment.boots == ours.boots and moment.seconds + _WINDOW_S >= ours.seconds


class UserEndpoint:
    """SNMPv3 with one user at one agent."""

    def __init__(
        self,
        lane: Lane,
        agent: AgentPeer,
        user: UsmUser,
        now: Callable[[], float],
        refusal: Callable[[Oid], SourceError],
    ) -> None:
        self.agent = agent
        self._lane, self._user, self._now, self._refusal = lane, user, now, refusal
        self._engine_id = b""
        self._clock = _AgentClock(EngineTime(0, 0), 0.0, is_proven=False)
        self._salt = secrets.randbits(62)

    def start_poll(self) -> None:
        """Each request has a number of its own."""
        self.agent.refused.clear()

    async def ask(self, kind: Kind, oids: Sequence[Oid], repeat: int, timeout_s: float) -> Exchange:
        """Send a request and listen for its Reply, for so long at each step. SourceError if the agent refuses us."""
        listened_s = late_s = 0.0
        is_lossy = False
        oid: Oid = NOT_IN_TIME_WINDOW
        for _ in range(_ROUNDS):
            exchange = await self._ask_once((kind, tuple(oids), repeat), timeout_s)
            listened_s, late_s = listened_s + exchange.listened_s, late_s + exchange.late_s
            is_lossy |= exchange.is_lossy
            if not isinstance(exchange.reply, _Report):
                return Exchange(exchange.reply, listened_s, late_s, is_lossy)
            oid = exchange.reply.oid
            self._learn(exchange.reply)
        raise self._refusal(oid)

    async def _ask_once(
        self, question: tuple[Kind, tuple[Oid, ...], int], timeout_s: float
    ) -> Exchange:
        number = self._lane.next_id()
        before, behind = request_pdu(*question) if self._engine_id else request_pdu("get", (), 0)
        pdu = before + number.to_bytes(4, "big") + behind
        if self._engine_id:
            self._salt += 1
            datagram = secured(
                number,
                self._engine_id,
                self._clock.moment(self._now()),
                self._user,
                keys(self._user, self._engine_id),
                self._salt,
                pdu,
            )
        else:
            datagram = probe(number, pdu)
        return await self._lane.ask(
            self.agent, number, datagram, partial(self._read, number), timeout_s
        )

    def _learn(self, report: _Report) -> None:
        """Take over what it says of the agent's engine and clock. SourceError if it says that we are refused."""
        message = report.message
        is_new_engine = message.engine_id != self._engine_id
        if not self._engine_id or (report.oid == UNKNOWN_ENGINE_ID and is_new_engine):
            self._engine_id = message.engine_id
            self._clock = _AgentClock(message.moment, self._now(), is_proven=False)
        elif not (report.oid == NOT_IN_TIME_WINDOW and report.is_signed):
            raise self._refusal(report.oid)

    def _read(self, number: int, datagram: bytes) -> Reply | _Report:
        message = read_secured(datagram)
        is_signed = bool(message.flags & SIGNED)
        if is_signed:
            self._prove(datagram, message)
        elif message.flags & ENCRYPTED:
            raise RefusedReplyError("an answer was encrypted and not signed")
        pdu = read_body(datagram, message, self._user, keys(self._user, message.engine_id))
        if pdu.tag == REPORT:
            return self._report(pdu, message, is_signed=is_signed)
        if message.engine_id != self._engine_id or message.user_name != self._user.name:
            raise RefusedReplyError("an answer was of another SNMPv3 engine or user")
        if bool(self._user.auth_password) > is_signed:
            raise RefusedReplyError("an answer was not signed")
        if bool(self._user.privacy_password) > bool(message.flags & ENCRYPTED):
            raise RefusedReplyError("an answer was not encrypted")
        if pdu.request_id != number:
            raise RefusedReplyError("an answer was to another question")
        return Reply(pdu.status, pdu.error_index, pdu.pairs)

    def _prove(self, datagram: bytes, message: SecuredMessage) -> None:
        """RefusedReplyError unless it was signed by our user's password, at this agent, now."""
        if message.engine_id != self._engine_id or message.user_name != self._user.name:
            raise RefusedReplyError("an answer was of another SNMPv3 engine or user")
        user = self._user
        if not user.auth_password or not is_signed_rightly(
            datagram, message, user, keys(user, self._engine_id)
        ):
            raise RefusedReplyError("an answer was signed with another auth password")
        if not self._clock.is_timely(message.moment, self._now()):
            raise RefusedReplyError("an answer was of an older time than the SNMPv3 agent's")

    def _report(self, pdu: AgentPdu, message: SecuredMessage, *, is_signed: bool) -> _Report:
        if not pdu.pairs or not 0 < len(message.engine_id) <= _LONGEST_ENGINE_ID:
            raise RefusedReplyError("an answer could not be decoded")
        return _Report(pdu.pairs[0][0], message, is_signed=is_signed)
