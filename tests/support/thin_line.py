"""A line as thin as a bad modem's, between two network namespaces of this machine; and a browser at its far end.

`python -m tests.support.thin_line ADDRESS PORT PATH WORDS` loads a page as a browser does, and prints what it
took as JSON: seconds until the words could be read and until the end, and how many bytes came.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER, CLIENT = "10.97.0.1", "10.97.0.2"
BITS_PER_S, LOSS = 9600, 0.05  # each way
DELAYS_S = (1.0, 0.0)  # from the server, to it: a second from asking to answer
MOST_WAITING_S = 20.0  # of packets before the line; what comes then is dropped
DEVICE = "thin"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI, _CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000  # Linux's


@dataclass
class ThinLine:
    """The names of the two namespaces."""

    here: str
    far: str

    def command(self, space: str, *words: str) -> list[str]:
        return ["ip", "netns", "exec", space, *words]


@contextmanager
def thin_line(seed: int = 1) -> Iterator[ThinLine]:
    """Two namespaces with the line between them; the test is skipped where it cannot be made.

    The line is two tun devices and a thread that carries packets: as netem does, but every kernel has them.
    """
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs server: network namespaces, as root, and iproute2")
    if not Path("/dev/net/tun").exists():
        pytest.skip("this kernel has no tun devices")  # and no package brings them
    line, end = ThinLine(f"sw-here-{os.getpid()}", f"sw-far-{os.getpid()}"), threading.Event()
    carrier = threading.Thread(target=_carry, args=(line, end, random.Random(seed)), daemon=True)
    try:
        try:
            for space, address in ((line.here, SERVER), (line.far, CLIENT)):
                _make(space, address)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this kernel makes no such line: {error.stderr}")
        carrier.start()
        yield line
    finally:
        end.set()
        if carrier.ident is not None:
            carrier.join(10)
        for space in (line.here, line.far):
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


def _make(space: str, address: str) -> None:
    for words in (
        f"netns add {space}",
        f"-n {space} link set lo up",
        f"-n {space} tuntap add dev {DEVICE} mode tun",
        f"-n {space} address add {address}/24 dev {DEVICE}",
        f"-n {space} link set {DEVICE} up",
    ):
        subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True, timeout=20)  # fmt: skip


def _device_in(space: str) -> int:
    """The tun device of a namespace; this thread stays in that namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/var/run/netns/{space}").open("rb") as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def _carry(line: ThinLine, end: threading.Event, chance: random.Random) -> None:
    """Each packet takes its time on the line, then the delay; some never arrive."""
    devices = [_device_in(line.here), _device_in(line.far)]
    free_at: list[float] = [0.0, 0.0]
    under_way: list[tuple[float, int, bytes]] = []
    while not end.is_set():
        for device in select.select(devices, [], [], 0.005)[0]:
            way, packet, now = devices.index(device), os.read(device, 65536), time.monotonic()
            begins = max(now, free_at[way])
            if begins - now > MOST_WAITING_S or packet[0] >> 4 != 4:
                continue  # what the kernel says by IPv6 comes at random times
            free_at[way] = begins + len(packet) * 8 / BITS_PER_S
            if chance.random() >= LOSS:
                heapq.heappush(under_way, (free_at[way] + DELAYS_S[way], 1 - way, packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, way, packet = heapq.heappop(under_way)
            os.write(devices[way], packet)
    for device in devices:
        os.close(device)


def load(address: str, port: int, path: str, words: bytes) -> dict[str, float]:
    """What it took."""
    began, first, count, text = time.monotonic(), 0.0, 0, b""
    lines = (f"GET {path} HTTP/1.1", f"Host: {address}:{port}", "Accept-Encoding: gzip",
             "Connection: close", "", "")  # fmt: skip
    with socket.create_connection((address, port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        unpack, head = zlib.decompressobj(wbits=31), b""
        while chunk := connection.recv(65536):
            count += len(chunk)
            if b"\r\n\r\n" not in head:
                head += chunk
                chunk = head.partition(b"\r\n\r\n")[2]
            text += unpack.decompress(chunk) if chunk else b""
            if not first and words in text:
                first = time.monotonic() - began
    status = int(head.split()[1])
    is_whole = text.endswith(b"</html>")
    return {"status": status, "first": first, "whole": time.monotonic() - began, "bytes": count,
            "is_whole": is_whole}  # fmt: skip


if __name__ == "__main__":
    host, number, where, wanted = sys.argv[1:]
    print(json.dumps(load(host, int(number), where, wanted.encode())))  # noqa: T201
