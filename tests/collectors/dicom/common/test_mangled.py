"""Answers of a real node with bytes changed on the way: always an end, always a word, never a lost thread."""

import random
import socket
import threading
import time
from contextlib import suppress

import pytest

from core.errors import SourceError
from tests.collectors.dicom.common.cast import peer, verified
from tests.support.cpu_clock import own_time
from tests.support.dicom_peers import own_node
from tests.support.evil_peer import evil_peer

pytestmark = pytest.mark.servers

SEEDS = 40


def mangled(answer: bytes, chance: random.Random) -> bytes:
    """The answer with a few of its bytes changed, dropped or doubled."""
    changed = bytearray(answer)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place]
            case 2:
                changed[place:place] = bytes([chance.randrange(256)])
            case _:
                del changed[place:]
        if not changed:
            return b""
    return bytes(changed)


def test_whatever_is_changed_on_the_way_there_is_an_end_and_a_word() -> None:
    chance = random.Random(16)
    before = threading.active_count()
    texts: list[str] = []

    def relay(line: socket.socket) -> None:
        which = chance.randrange(3)  # of the node's answers: acceptance, echo, release
        with socket.create_connection(("127.0.0.1", port), timeout=20) as real, suppress(OSError):
            for number in range(3):
                real.sendall(line.recv(65536))
                answer = real.recv(65536)
                line.sendall(mangled(answer, chance) if number == which and answer else answer)

    with own_node() as port, evil_peer(relay) as between:
        for _ in range(SEEDS):
            began = own_time()
            try:
                assert verified(peer(between, timeout_s=0.4)) > 0
            except SourceError as error:
                texts.append(str(error))
            assert own_time() - began < 8
    deadline = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
    assert len(texts) > SEEDS / 4
    assert all("127.0.0.1:" in text for text in texts)
