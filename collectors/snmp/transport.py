"""One agent's UDP socket, as pysnmp wants to see it.

It hears every address, so that an answer from a wrong one can be named; only the agent's own are let
in. It is read whenever it has something, and once more before anybody calls the agent silent.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final

from pysnmp.carrier.asyncio.dgram.udp import (  # type: ignore[import-untyped]
    UdpAsyncioTransport,
)

# pysnmp is told this address for every agent: each has a transport domain of its own, and its
# transport knows where it leads, whether that is IPv4 or IPv6.
ADDRESS = ("0.0.0.0", 0)  # noqa: S104  a placeholder, nothing is bound to it

_RECEIVE_BUFFER = 4 * 1024 * 1024  # bytes; the default loses replies that come in a burst
_LARGEST_DATAGRAM = 65_536
# A request needs at most four replies (SNMPv3 discovery). More is babble, and decoding babble
# costs a millisecond each that other devices need.
_REPLIES_A_REQUEST = 20
_MOST_REASONS = 8  # an address can be forged
_MOST_AT_ONCE = 1000  # datagrams in one reading of the socket
# Linux's ip(7) and ipv6(7), which Python does not name: what ICMP says reaches an unconnected socket.
_RECEIVE_ERRORS: Final[dict[int, tuple[int, int]]] = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
_ERROR_QUEUE: Final[int | None] = getattr(socket, "MSG_ERRQUEUE", None)

Address = tuple[str, int]  # host and port


class AgentTransport(UdpAsyncioTransport):  # type: ignore[misc]
    """A socket that can be reopened while pysnmp keeps this object for life."""

    def __init__(self, answers_from: Collection[str] = ()) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.receive: Callable[[bytes], str] = self._hand_to_pysnmp  # why it refuses one, or ""
        self.network_error: OSError | None = None  # what the network said of the last request
        self.has_received = False  # anything of the agent since it was opened
        self.taken = 0  # datagrams of the agent, ever
        self.refused: Counter[str] = Counter()  # what came and was not read, by its reason
        self._answers_from = frozenset(answers_from)
        self._socket: socket.socket | None = None
        self._agent: Address | None = None
        self._replies_expected = 0

    async def open(self, host: str, port: int) -> None:
        """Resolve and open. OSError if the host cannot be found or reached."""
        self.has_received = False
        family, address = await self._resolved(host, port)
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        if _ERROR_QUEUE is not None and family in _RECEIVE_ERRORS:
            sock.setsockopt(*_RECEIVE_ERRORS[family], 1)
        self._socket, self._agent = sock, address
        self.loop.add_reader(sock, self.drain)

    @property
    def is_open(self) -> bool:
        """Can a request be sent?"""
        return self._socket is not None

    def close(self) -> None:
        """Close the socket; pysnmp keeps this object and `open` may follow."""
        if self._socket is not None:
            self.loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def close_transport(self) -> None:
        """Called by pysnmp when its engine ends."""
        self.close()

    def expect(self) -> None:
        """A request is about to be sent: let replies in."""
        self._replies_expected = _REPLIES_A_REQUEST
        self.network_error = None

    def expect_nothing(self) -> None:
        """The request is over: whatever still comes is dropped unread."""
        self._replies_expected = 0

    def send(self, message: bytes) -> None:
        """To the agent. Silent when closed; what the network says is in `network_error`."""
        if self._socket is None or self._agent is None:
            return
        try:
            self._socket.sendto(message, self._agent)
        except BlockingIOError:
            return  # as if it had been lost on the way
        except OSError as error:
            self.network_error = error

    def send_message(self, message: bytes, address: object) -> None:
        """Called by pysnmp."""
        self.send(message)

    def drain(self) -> None:
        """Handle all that has arrived."""
        for _ in range(_MOST_AT_ONCE):
            if self._socket is None:
                return
            try:
                datagram, address = self._socket.recvfrom(_LARGEST_DATAGRAM)
            except BlockingIOError:
                break
            except OSError as error:
                self.network_error = error
            else:
                self.datagram_received(datagram, address)
        self._empty_error_queue()

    def datagram_received(self, datagram: bytes, address: Address) -> None:
        """Let one in, or count why not. Whatever garbage makes pysnmp raise ends here."""
        if self._replies_expected <= 0:
            return
        if self._agent is not None and not self._is_agents(address):
            self._refuse(f"an answer came from {self._shown(address)}")
            return
        self._replies_expected -= 1
        self.has_received = True
        self.taken += 1
        if reason := self.receive(datagram):
            self._refuse(reason)

    def _refuse(self, reason: str) -> None:
        is_listed = reason in self.refused or len(self.refused) < _MOST_REASONS
        self.refused[reason if is_listed else "an answer came from yet other addresses"] += 1

    def _is_agents(self, address: Address) -> bool:
        return address[:2] == self._agent[:2] or address[0] in self._answers_from  # type: ignore[index]

    def _shown(self, address: Address) -> str:
        host, port = address[:2]
        is_other_port = self._agent is not None and host == self._agent[0]
        return f"port {port} of {host}" if is_other_port else host

    def _hand_to_pysnmp(self, datagram: bytes) -> str:
        if self._callback_function is None:
            return ""
        try:
            self._callback_function(self, ADDRESS, datagram)
        except Exception:  # noqa: BLE001  pysnmp and pyasn1 raise anything on foreign bytes
            return "an answer could not be decoded"
        return ""

    def _empty_error_queue(self) -> None:
        """A socket with an error in its queue would wake the loop for ever."""
        if self._socket is None or _ERROR_QUEUE is None:
            return
        with contextlib.suppress(OSError):
            for _ in range(_MOST_AT_ONCE):
                self._socket.recvmsg(1, 512, _ERROR_QUEUE)

    async def _resolved(self, host: str, port: int) -> tuple[int, Address]:
        """The first of a host's addresses to which a way leads."""
        found = await self.loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        failure: OSError = OSError("no address")
        for family, _, _, _, address in found:
            try:
                with socket.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.connect(address)
                return family, address
            except OSError as error:
                failure = error
        raise failure
