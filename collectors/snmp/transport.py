"""One unconnected UDP socket for all agents of a family of addresses.

It hears every address, so that an answer from a wrong one can be named. It is read to its end whenever it
has something, and once more before anybody calls an agent silent.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable
from typing import Final

_RECEIVE_BUFFER = 4 * 1024 * 1024  # bytes; the default loses replies that come in a burst
_LARGEST_DATAGRAM = 65_536
_MOST_AT_ONCE = 1000  # datagrams in one reading of the socket
# Linux's ip(7) and ipv6(7), which Python does not name: what ICMP says reaches an unconnected socket.
_RECEIVE_ERRORS: Final[dict[int, tuple[int, int]]] = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
_ERROR_QUEUE: Final[int | None] = getattr(socket, "MSG_ERRQUEUE", None)
# Linux's socket(7), too: a buffer beyond what users may have, and SO_MEMINFO, whose ninth number
# counts the datagrams for which the buffer had no room.
_FORCED_BUFFER, _MEMORY, _DROPS_AT = 33, 55, 8

Address = tuple[str, int]  # host and port


class SharedSocket:
    """A socket, and what it hands on: each datagram, and each error that the network sends back, with its address."""

    def __init__(
        self,
        family: int,
        receive: Callable[[bytes, Address], None],
        failed: Callable[[OSError, Address], None],
    ) -> None:
        """Made inside the running event loop. OSError if there is none to be had."""
        self._receive, self._failed = receive, failed
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        with contextlib.suppress(OSError):  # not everybody may, and not every system knows it
            self._socket.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _RECEIVE_BUFFER)
        if _ERROR_QUEUE is not None and family in _RECEIVE_ERRORS:
            self._socket.setsockopt(*_RECEIVE_ERRORS[family], 1)
        self._drops = self._dropped()
        self._loop.add_reader(self._socket, self.drain)

    def close(self) -> None:
        """Hear nothing more."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """To an agent. A full buffer is as if it had been lost on the way."""
        for _ in range(_MOST_AT_ONCE):
            try:
                self._socket.sendto(datagram, address)
            except BlockingIOError:
                return
            except OSError as error:
                # The kernel may hand us here what it has to say of another agent.
                if not self._read_errors():
                    self._failed(error, address)
                    return
            else:
                return

    def drain(self) -> None:
        """Handle all that has arrived."""
        for _ in range(_MOST_AT_ONCE):
            try:
                datagram, address = self._socket.recvfrom(_LARGEST_DATAGRAM)
            except BlockingIOError:
                break
            except OSError:
                continue  # it stands in the queue of errors
            self._receive(datagram, address[:2])
        self._read_errors()

    def drain_all(self) -> bool:
        """Handle all that has arrived; True if since the last time some had no room in our own buffer."""
        self.drain()
        before, self._drops = self._drops, self._dropped()
        return self._drops != before

    def _dropped(self) -> int:
        try:
            memory = self._socket.getsockopt(socket.SOL_SOCKET, _MEMORY, 4 * (_DROPS_AT + 1))
        except OSError:
            return 0
        return int(struct.unpack_from("I", memory, 4 * _DROPS_AT)[0]) if len(memory) > 32 else 0

    def _read_errors(self) -> int:
        """How many errors the network had sent back. One left in its queue would wake the loop for ever."""
        count = 0
        if _ERROR_QUEUE is None:
            return count
        with contextlib.suppress(OSError):
            while count < _MOST_AT_ONCE:
                _, about, _, address = self._socket.recvmsg(1, 512, _ERROR_QUEUE)
                count += 1
                for _, _, content in about:
                    (number,) = struct.unpack_from("I", content)
                    self._failed(OSError(number, os.strerror(number)), address[:2])
        return count
