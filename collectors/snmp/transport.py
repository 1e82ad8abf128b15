"""One agent's UDP socket, as pysnmp wants to see it.

The socket is connected, so the kernel drops what comes from any other address or port; pysnmp
itself would take it.
"""

import asyncio
import socket

from pysnmp.carrier.asyncio.dgram.udp import (  # type: ignore[import-untyped]
    UdpAsyncioTransport,
)

# pysnmp is told this address for every agent: each has a transport domain of its own, and the
# connected socket knows where it leads, whether that is IPv4 or IPv6.
ADDRESS = ("0.0.0.0", 0)  # noqa: S104  a placeholder, nothing is bound to it

_RECEIVE_BUFFER = 4 * 1024 * 1024  # bytes; the default loses replies that come in a burst
# A request needs at most four replies (SNMPv3 discovery). More is babble, and decoding babble
# costs a millisecond each that other devices need.
_REPLIES_A_REQUEST = 20


class AgentTransport(UdpAsyncioTransport):  # type: ignore[misc]
    """A connected socket that can be reopened while pysnmp keeps this object for life."""

    transport: asyncio.DatagramTransport | None  # None while closed

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.network_error: OSError | None = None  # what the network said of the last request
        self.has_received = False  # anything at all since it was opened
        self._replies_expected = 0

    async def open(self, host: str, port: int) -> None:
        """Resolve and connect. OSError if the host cannot be found or reached."""
        self.has_received = False
        endpoint, _ = await self.loop.create_datagram_endpoint(
            lambda: self, remote_addr=(host, port)
        )
        sock = endpoint.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)

    @property
    def is_open(self) -> bool:
        """Can a request be sent?"""
        return self.transport is not None

    def close(self) -> None:
        """Close the socket; pysnmp keeps this object and `open` may follow."""
        if self.transport is not None:
            self.transport.close()
            self.transport = None

    def expect(self) -> None:
        """A request is about to be sent: let replies in."""
        self._replies_expected = _REPLIES_A_REQUEST
        self.network_error = None

    def expect_nothing(self) -> None:
        """The request is over: whatever still comes is dropped unread."""
        self._replies_expected = 0

    def send_message(self, message: bytes, address: object) -> None:
        """Called by pysnmp. Silent when closed: its timer would die of an exception."""
        if self.transport is not None:
            self.transport.sendto(message)

    def datagram_received(self, datagram: bytes, address: object) -> None:
        """Called by asyncio. Whatever garbage makes pysnmp raise ends here; the request goes on."""
        if self._replies_expected <= 0 or self._callback_function is None:
            return
        self._replies_expected -= 1
        self.has_received = True
        try:
            self._callback_function(self, ADDRESS, datagram)
        except Exception:  # noqa: BLE001  pysnmp and pyasn1 raise anything on foreign bytes
            return

    def error_received(self, error: Exception) -> None:
        """Called by asyncio, as when ICMP says that the port is closed."""
        if isinstance(error, OSError):
            self.network_error = error
