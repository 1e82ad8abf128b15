"""Ports of the loopback that are free, and that no other process of the same run is given.

A port of the system's own choosing (port 0) may be taken between the looking and the listening, by
another worker or by any connection that leaves this machine. These lie below those that a system
chooses from (Linux: from 32768), each worker has a stretch of its own, and none is given twice.
"""

import itertools
import os
import socket

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM

_FIRST, _STRETCH, _STRETCHES = 23_000, 1_000, 9


def _stretch() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % _STRETCHES * _STRETCH
    return range(first, first + _STRETCH)


# Two runs at once on one machine begin at different places.
_next = itertools.cycle(_stretch())
for _ in range(os.getpid() % _STRETCH):
    next(_next)


def free_port(kind: socket.SocketKind = TCP) -> int:
    """A port of 127.0.0.1 that nobody listens on, and that was not given for a long while."""
    return next(port for port in itertools.islice(_next, _STRETCH) if is_free(port, kind))


def is_free(port: int, kind: socket.SocketKind = TCP) -> bool:
    """Does nobody listen there?"""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
