"""A line that is cut, held, or fed with what is no DICOM: nothing hangs, nothing is left behind."""

import asyncio
import random
import socket
import struct
import time
from pathlib import Path

import pytest

from collectors.dicom.receiver import connection, pdu
from tests.collectors.dicom.receiver.listening import Listening, listening, send, wait_for
from tests.collectors.dicom.receiver.raw_line import (
    SUCCESS,
    connected,
    fragment,
    request,
    store_command,
    unit,
)
from tests.support.dicom_objects import CtEvent, ct_report, ct_slice, encoded

pytestmark = pytest.mark.servers


def _connected(receiver: Listening) -> socket.socket:
    return connected(receiver.port)


def _serves(receiver: Listening) -> bool:
    """It takes what comes after."""
    return send(receiver.port, ct_report([CtEvent("1.1")])) == [0]


def test_a_store_that_is_cut_in_the_middle_never_was(tmp_path: Path) -> None:
    whole = encoded(ct_slice())
    with listening(tmp_path) as receiver:
        for content in (b"", whole[:50], whole):
            with _connected(receiver) as line:
                line.sendall(store_command() + fragment(content, 0))  # not the last fragment
        assert _serves(receiver)
        assert receiver.series() == []
        wait_for(lambda: not receiver.source._connections)


def test_a_dataset_in_many_small_fragments_is_one(tmp_path: Path) -> None:
    whole = encoded(ct_slice())
    with listening(tmp_path) as receiver:
        with _connected(receiver) as line:
            line.sendall(store_command())
            for start in range(0, len(whole), 7):
                line.sendall(
                    fragment(whole[start : start + 7], 2 if start + 7 >= len(whole) else 0)
                )
            answer = line.recv(4096)
        assert answer[0] == pdu.DATA
        assert SUCCESS in answer
        assert len(receiver.series()) == 1


def test_who_says_nothing_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REQUEST_WITHIN_S", 0.3)
    monkeypatch.setattr(connection, "REST_WITHIN_S", 0.3)
    with listening(tmp_path) as receiver:
        silent = socket.create_connection(("127.0.0.1", receiver.port), timeout=60)
        amid = _connected(receiver)
        amid.sendall(store_command())
        for line in (silent, amid):
            assert line.recv(4096)[:1] == bytes((pdu.ABORT,))
            line.close()
        assert _serves(receiver)


@pytest.mark.parametrize(
    "content",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        unit(1, b"\0" * 10),
        struct.pack(">BBI", 4, 0, 0xFFFFFFF0),  # four gigabytes are announced
        struct.pack(">BBI", 1, 0, 0xFFFFFFF0),
        unit(5, bytes(4)),
        request() + fragment(b"\x08\x00", 0),  # a dataset without a command
        request() + unit(4, struct.pack(">IBB", 100, 1, 3)),  # a value behind its end
        request()
        + unit(4, struct.pack(">IBB", 4, 9, 3) + b"ab"),  # a context that was not accepted
        request() + unit(4, struct.pack(">IBB", 4, 1, 3) + b"ab"),  # no command
        request() + request(),
    ],
)
def test_what_makes_no_sense_ends_its_own_association_and_no_other(
    content: bytes, tmp_path: Path
) -> None:
    with listening(tmp_path) as receiver:
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as line:
            line.sendall(content)
            while line.recv(65536):
                pass  # until it is closed
        assert _serves(receiver)


def test_random_bytes_end_nothing_but_themselves(tmp_path: Path) -> None:
    seed = random.Random(16)
    whole = request() + store_command() + fragment(encoded(ct_slice()), 2) + unit(5, bytes(4))
    with listening(tmp_path) as receiver:
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(seed.randrange(1, 6)):
                data[seed.randrange(len(data))] = seed.randrange(256)
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as line:
                line.sendall(data[: seed.randrange(10, len(data))])
        assert _serves(receiver)
        wait_for(lambda: not receiver.source._connections)


def test_pixels_are_dropped_as_they_arrive(tmp_path: Path) -> None:
    """A dataset of 200 MB is answered as fast as it comes, and never held."""
    header = encoded(ct_slice())
    with listening(tmp_path) as receiver:
        with _connected(receiver) as line:
            before = _resident_mb()
            pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 200 << 20)
            line.sendall(store_command() + fragment(header + pixels, 0))
            filler = fragment(b"\0" * 100_000, 0)
            for _ in range(2000):
                line.sendall(filler)
            grown = _resident_mb() - before
            line.sendall(fragment(b"\0\0", 2))
            assert line.recv(4096)[0] == pdu.DATA
        assert grown < 40
        assert len(receiver.series()) == 1


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 >> 20


def test_a_stop_does_not_wait_for_who_is_connected(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        lines = [_connected(receiver) for _ in range(20)]
        began = time.monotonic()
    assert time.monotonic() - began < 4  # what `scanward run` waits
    for line in lines:
        line.close()


def test_one_more_than_can_be_served_is_told_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.dicom.receiver.source.MOST_ASSOCIATIONS", 2)
    with listening(tmp_path) as receiver:
        first, second = _connected(receiver), _connected(receiver)
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as line:
            answer = line.recv(4096)
            assert answer == pdu.associate_reject(pdu.TOO_MANY)
        first.close()
        second.close()
        wait_for(lambda: not receiver.source._connections)
        assert _serves(receiver)


def test_a_port_that_is_in_use_is_named_and_tried_again(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        other = type(receiver.source)(receiver.site, receiver.sink, lambda: receiver.now)
        assert "receiver SCANWARD at 127.0.0.1" in other.name

        async def attempt() -> None:
            running = asyncio.create_task(other.run())
            while not other.last_error:
                await asyncio.sleep(0.02)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        asyncio.run(attempt())
        assert "cannot listen at 127.0.0.1" in other.last_error
