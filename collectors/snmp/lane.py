"""The way of all requests: out through one socket, and each answer back to the question it belongs to.

An answer is known by the number it repeats (request-id, msgID) and must come from an address of its
agent. What is refused is counted by its reason at the agent that was waited for at that address.
"""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.snmp.ber import FIRST_ID, LAST_ID, UndecodableError, message_id
from collectors.snmp.explain import FOREIGN
from collectors.snmp.listening import TICK_S, ListeningClock
from collectors.snmp.transport import Address, SharedSocket

# A request needs one reply. More is babble, which is dropped unread.
_REPLIES_A_REQUEST = 20
_RECENT_REQUESTS = 100_000  # of all agents; an answer to one of these is late, to any other foreign
_MOST_REASONS = 8  # an address can be forged


_SocketKey = tuple[int, int, bool]


class RefusedReplyError(Exception):
    """A reply that is not the answer; the text says why."""


@dataclass(eq=False, slots=True)
class AgentPeer:
    """Where an agent is, and what happened on the way to it."""

    family: int
    address: Address
    answers_from: Collection[str] = ()
    refused: Counter[str] = field(
        default_factory=Counter
    )  # what came and was not read, by its reason
    network_error: OSError | None = None  # what the network said of the last request
    babbles: bool = False  # it sends so much that others would go under beside it
    lot: int = 0  # those of one lot share a socket

    @property
    def key(self) -> "_SocketKey":
        """Of the socket through which it is asked."""
        return self.family, self.lot, self.babbles

    def refuse(self, reason: str) -> None:
        """Count what came and was not read."""
        is_listed = reason in self.refused or len(self.refused) < _MOST_REASONS
        self.refused[reason if is_listed else f"{FOREIGN}yet other addresses"] += 1


class Exchange(NamedTuple):
    """What became of a request: its reply, None after silence; and of our time, in seconds."""

    reply: object
    listened_s: float
    late_s: float
    is_lossy: bool  # datagrams had no room in our own buffer meanwhile: silence proves nothing


class _Pending:
    """A request under way."""

    __slots__ = ("agent", "future", "is_lossy", "key", "patience_s", "read")

    def __init__(
        self, agent: AgentPeer, read: Callable[[bytes], object], future: "asyncio.Future[object]"
    ) -> None:
        self.agent, self.read, self.future = agent, read, future
        self.key = agent.key  # of the socket on which it is waited for
        self.patience_s = 0.0  # until this moment of the clock of listening
        self.is_lossy = False


@dataclass(slots=True)
class _Place:
    """An address at which somebody is waited for, and how many datagrams from there are still read."""

    waiting: list[_Pending] = field(default_factory=list)
    budget: int = 0


class Lane:
    """All requests under way. A socket is opened for its first agent and closed with its last."""

    def __init__(self) -> None:
        self._agents: set[AgentPeer] = set()
        self._sockets: dict[_SocketKey, SharedSocket] = {}
        self._waiting: dict[int, _Pending] = {}
        self._places: dict[Address, _Place] = {}
        self._last_id = random.randrange(FIRST_ID, LAST_ID // 2)  # noqa: S311  keeps no secret
        self._clock = ListeningClock(0.0)
        self._tick: asyncio.TimerHandle | None = None

    def next_id(self) -> int:
        """A number for a request."""
        self._last_id = self._last_id + 1 if self._last_id < LAST_ID else FIRST_ID
        return self._last_id

    def join(self, agent: AgentPeer) -> None:
        """It is going to be asked."""
        self._agents.add(agent)

    def leave(self, agent: AgentPeer) -> None:
        """It is asked no more. Whoever is asked again belongs to a new lot: firewalls remember ways that lead nowhere."""
        self._agents.discard(agent)
        used = {other.key for other in self._agents}
        used |= {waiting.key for waiting in self._waiting.values()}
        for key in self._sockets.keys() - used:
            self._sockets.pop(key).close()
        if self._tick is not None and not self._waiting:
            self._tick.cancel()
            self._tick = None

    def _socket(self, agent: AgentPeer) -> SharedSocket:
        """That of an agent. OSError if there is none to be had."""
        opened = self._sockets.get(agent.key)
        if opened is None:
            opened = SharedSocket(agent.family, self._received, self._failed)
            self._sockets[agent.key] = opened
        return opened

    async def ask(
        self,
        agent: AgentPeer,
        number: int,
        datagram: bytes,
        read: Callable[[bytes], object],
        timeout_s: float,
    ) -> Exchange:
        """Send a request and wait for what `read` makes of its answer, for so long of listening.

        `read` raises RefusedReplyError or UndecodableError for what is not the answer.
        """
        opened = self._socket(agent)
        loop = asyncio.get_running_loop()
        waiting = _Pending(agent, read, loop.create_future())
        self._add(number, waiting, loop)
        listened_s, late_s = self._clock.listened_s(loop.time()), self._clock.late_s
        waiting.patience_s = listened_s + timeout_s
        agent.network_error = None
        try:
            opened.send(datagram, agent.address)
            reply = await waiting.future
        finally:
            self._remove(number, waiting)
        return Exchange(
            reply,
            self._clock.listened_s(loop.time()) - listened_s,
            self._clock.late_s - late_s,
            waiting.is_lossy,
        )

    def _add(self, number: int, waiting: _Pending, loop: asyncio.AbstractEventLoop) -> None:
        self._waiting[number] = waiting
        place = self._places.setdefault(waiting.agent.address, _Place())
        place.waiting.append(waiting)
        place.budget += _REPLIES_A_REQUEST
        if self._tick is None:
            self._clock.begin(loop.time())
            self._tick = loop.call_later(TICK_S, self._listen, loop)

    def _remove(self, number: int, waiting: _Pending) -> None:
        del self._waiting[number]
        place = self._places[waiting.agent.address]
        place.waiting.remove(waiting)
        place.budget = min(place.budget, _REPLIES_A_REQUEST * len(place.waiting))
        if not place.waiting:
            del self._places[waiting.agent.address]

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read what there is, and give up those whose patience is at its end."""
        self._tick = loop.call_later(TICK_S, self._listen, loop) if self._waiting else None
        lossy = [key for key, opened in list(self._sockets.items()) if opened.drain_all()]
        now = loop.time()
        self._clock.has_read(now)
        listened_s = self._clock.listened_s(now)
        for waiting in self._waiting.values():
            waiting.is_lossy |= waiting.key in lossy
            if waiting.patience_s <= listened_s and not waiting.future.done():
                waiting.future.set_result(None)

    def _received(self, datagram: bytes, address: Address) -> None:
        """Hand it to the request that it answers, or count why not."""
        place = self._places.get(address)
        if place is not None:
            place.budget -= 1
            if place.budget < 0:
                for waiting in place.waiting:
                    waiting.agent.babbles = True
                return
        number = message_id(datagram)
        pending = self._waiting.get(number) if number is not None else None
        if pending is not None:
            self._judge(pending, datagram, address)
        elif place is not None:
            reason = "an answer could not be decoded" if number is None else self._age(number)
            for waiting in place.waiting:
                waiting.agent.refuse(reason)

    def _judge(self, pending: _Pending, datagram: bytes, address: Address) -> None:
        """Believe it if it comes from the agent that was asked, and is what it should be."""
        agent = pending.agent
        host, port = address
        if address != agent.address and host not in agent.answers_from:
            is_other_port = host == agent.address[0]
            agent.refuse(FOREIGN + (f"port {port} of {host}" if is_other_port else host))
        elif not pending.future.done():  # a second answer to the same question tells nothing new
            try:
                pending.future.set_result(pending.read(datagram))
            except UndecodableError:
                agent.refuse("an answer could not be decoded")
            except RefusedReplyError as error:
                agent.refuse(str(error))

    def _age(self, number: int) -> str:
        is_late = 0 < self._last_id - number < _RECENT_REQUESTS
        return "an answer came too late" if is_late else "an answer was to another question"

    def _failed(self, error: OSError, address: Address) -> None:
        place = self._places.get(address)
        for waiting in place.waiting if place is not None else ():
            waiting.agent.network_error = error


async def resolved(host: str, port: int) -> tuple[int, Address]:
    """The first of a host's addresses to which a way leads. OSError if there is none."""
    known = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    failure: OSError = OSError("no address")
    for family, _, _, _, address in known:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect(address)
            return family, (str(address[0]), int(address[1]))
        except OSError as error:
            failure = error
    raise failure
