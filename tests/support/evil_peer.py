"""A TCP server whose every connection does what a test says: silence, garbage, half a message, a slow drip."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.support.ports import free_port

Behaviour = Callable[[socket.socket], None]


@contextmanager
def evil_peer(behave: Behaviour, port: int | None = None) -> Iterator[int]:
    """Its port. Every connection has a thread of its own, and is closed when `behave` returns."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port or free_port()))
    listener.listen(64)
    lines: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(line: socket.socket) -> None:
        with line, suppress(OSError):
            behave(line)

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                lines.append(line)
                threads.append(threading.Thread(target=serve, args=(line,), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(10)
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def silent(line: socket.socket) -> None:
    """Takes everything, says nothing, until the other side goes."""
    while line.recv(65536):
        pass


def answering(*parts: bytes) -> Behaviour:
    """Waits for a question, sends these bytes, and listens on."""

    def behave(line: socket.socket) -> None:
        line.recv(65536)
        for part in parts:
            line.sendall(part)
        silent(line)

    return behave


def closing(*parts: bytes) -> Behaviour:
    """Waits for a question, sends these bytes, and closes."""

    def behave(line: socket.socket) -> None:
        line.recv(65536)
        for part in parts:
            line.sendall(part)

    return behave


def rejecting(result: int, source: int, reason: int) -> Behaviour:
    """A-ASSOCIATE-RJ with these three numbers."""
    return closing(bytes([3, 0, 0, 0, 0, 4, 0, result, source, reason]))
