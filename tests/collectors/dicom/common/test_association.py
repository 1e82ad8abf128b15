"""Associations with real peers, and with peers that are none: always an end, always a word."""

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_ECHO

from collectors.dicom.common.association import VERIFICATION, associated
from collectors.dicom.common.failures import DeclinedError
from collectors.dicom.common.line import Line
from collectors.polling.load import OverloadedError
from core.errors import SourceError
from tests.collectors.dicom.common.cast import peer, verified, why_not, why_not_evil
from tests.support.cpu_clock import own_time
from tests.support.dicom_peers import (
    Orthanc,
    Setting,
    Storescp,
    orthanc_server,
    own_node,
    storescp_server,
)
from tests.support.evil_peer import Behaviour, answering, closing, evil_peer, rejecting, silent
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

STUDY_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
ACCEPTED = 0x02


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    """Each test ends with the threads and sockets that it began with."""
    before = threading.active_count()
    yield
    deadline = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_real_peers_answer(orthanc: Orthanc, storescp: Storescp) -> None:
    with own_node() as port:
        for node in (
            peer(orthanc.port, orthanc.ae_title),
            peer(storescp.port, storescp.ae_title),
            peer(port),
        ):
            assert 0 < verified(node) < 60_000


def test_twenty_associations_at_once_are_twenty_answers(orthanc: Orthanc) -> None:
    answers: list[float] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(verified(peer(orthanc.port, timeout_s=60.0)))
        )
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert len(answers) == 20


def test_orthanc_names_a_wrong_called_and_a_wrong_calling_title(tmp_path: Path) -> None:
    strict: dict[str, Setting] = {
        "DicomCheckCalledAet": True,
        "DicomAlwaysAllowEcho": False,
        "DicomModalities": {"us": ["SCANWARD", "127.0.0.1", 104]},
    }
    with orthanc_server(tmp_path, settings=strict) as server:
        assert verified(peer(server.port, "ORTHANC")) > 0
        called = why_not(peer(server.port, "ORTHANK"))
        calling = why_not(peer(server.port, "ORTHANC", calling="STRANGER"))
    assert "does not know the AE title 'ORTHANK' as its own" in str(called)
    assert called.permanent
    # Orthanc lets a stranger in, and aborts at his first question.
    assert "aborted it when it was used: most often 'STRANGER' is not registered" in str(calling)


def test_storescp_that_refuses_gives_no_reason_and_is_quoted_so(tmp_path: Path) -> None:
    with storescp_server(tmp_path, "--refuse") as server:
        error = why_not(peer(server.port, "STORESCP"))
    assert "refuses the association and gives no reason" in str(error)
    assert error.permanent


def test_a_node_that_checks_titles_says_which_is_wrong() -> None:
    def strict(entity: Any) -> None:
        entity.require_called_aet = True
        entity.require_calling_aet = ["SCANWARD"]

    with own_node(change=strict) as port:
        assert verified(peer(port)) > 0
        assert "'NOD' as its own" in str(why_not(peer(port, "NOD")))
        assert "does not let the AE title 'ELSE' in" in str(why_not(peer(port, calling="ELSE")))


def test_a_node_without_verification_answers_and_declines() -> None:
    def other(entity: Any) -> None:
        entity.supported_contexts = []
        entity.add_supported_context(STUDY_FIND)

    with own_node(change=other) as port:
        error = why_not(peer(port))
    assert isinstance(error, DeclinedError)
    assert "takes the association, but does not offer verification (C-ECHO)" in str(error)


def test_a_node_that_is_too_busy_is_no_case_for_a_person() -> None:
    error = why_not_evil(rejecting(2, 3, 2))
    assert isinstance(error, DeclinedError)
    assert not error.permanent
    assert "has as many associations as it may" in str(error)


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (silent, "takes the connection and gives no answer in time"),
        (answering(HTTP), "is a web server, not DICOM"),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), "is an SSH server, not DICOM"),
        (answering(bytes(range(256)) * 8), "speaking, but no DICOM"),
        (answering(b"\x02\x00\xff\xff\xff\xff" + bytes(100)), "speaks, but no DICOM"),
        (answering(b"\x02\x00\x00\x00\x01\x00" + bytes(20)), "fell silent in the middle"),
        (answering(b"\x02\x00\x00\x00\x00\x50" + bytes(80)), ""),
        (answering(b"\x06\x00\x00\x00\x00\x04" + bytes(4)), ""),
        (answering(b"\x04\x00\x00\x00\x00\x04" + bytes(4)), ""),
        (answering(b"\x03\x00\x00\x00\x00\x04\x00\x09\x09\x09"), "source 9, reason 9"),
        (answering(b"\x07\x00\x00\x00\x00\x04\x00\x00\x02\x06"), "parameter of a wrong value"),
        (closing(), "closes the connection without a word"),
        (closing(b"\x02\x00\x00\x00"), "closed the connection in the middle"),
        (closing(b"\x02\x00\x00\x00\x01\x00" + bytes(9)), "closed the connection in the middle"),
    ],
)
def test_whatever_a_peer_does_there_is_an_end_and_a_word(behave: Behaviour, words: str) -> None:
    assert words in str(why_not_evil(behave))


def test_a_peer_that_drips_does_not_hold_us_for_longer_than_our_time_out() -> None:
    def drip(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"\x02\x00\x00\x00\x01\x00")
        for _ in range(256):
            line.sendall(b"\x00")
            time.sleep(0.1)

    assert "fell silent in the middle of an answer" in str(why_not_evil(drip))


def test_a_peer_that_takes_the_association_and_then_says_nothing() -> None:
    with own_node() as port:
        accepted = recorded_acceptance(port)
    error = why_not_evil(answering(accepted))
    assert "gave no answer in time, though it took the association" in str(error)
    error = why_not_evil(closing(accepted))
    assert "closed the connection in the middle" in str(error)
    error = why_not_evil(answering(accepted, b"\x07\x00\x00\x00\x00\x04\x00\x00\x00\x00"))
    assert "took the association and aborted it when it was used" in str(error)


def recorded_acceptance(port: int) -> bytes:
    """What pynetdicom answers to our request, for peers that say it and then something else."""
    recorded: list[bytes] = []

    def relay(line: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as real:
            real.sendall(line.recv(65536))
            recorded.append(real.recv(65536))

    with evil_peer(relay) as between:
        why_not(peer(between, timeout_s=5.0))
    assert recorded[0][0] == ACCEPTED
    return recorded[0]


def test_a_closed_port_and_an_unknown_host() -> None:
    assert "nothing listens on 127.0.0.1:" in str(why_not(peer(free_port())))
    error = why_not(peer(104, host="ct.invalid"))
    assert "the name of the host 'ct.invalid' is not known" in str(error)


def test_an_association_is_cut_from_another_thread_at_once() -> None:
    line = Line()
    with evil_peer(silent) as port:
        cutter = threading.Timer(0.3, line.cut)
        cutter.start()
        began = own_time()
        with (
            pytest.raises(SourceError, match="given up"),
            associated(peer(port, timeout_s=60.0), [VERIFICATION], line),
        ):
            pass
        assert own_time() - began < 10
        cutter.join()


@contextmanager
def many_files(count: int) -> Iterator[None]:
    """So many open files that the next has a number which select() does not know."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 200:
        pytest.skip("this user may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, hard))
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(count)]
    try:
        yield
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_collector_with_a_thousand_sockets_still_hears_its_peers(storescp: Storescp) -> None:
    with many_files(1100):
        assert verified(peer(storescp.port)) > 0


def test_without_a_file_left_the_peer_is_not_accused(storescp: Storescp) -> None:
    verified(peer(storescp.port))  # all that is imported late is there
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    files = list[int]()
    try:
        with pytest.raises(OSError, match="Too many"):  # noqa: PT012  until there is none left
            while True:
                files.append(os.open("/dev/null", os.O_RDONLY))
        error = why_not(peer(storescp.port))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for file in files:
            os.close(file)
    assert isinstance(error, OverloadedError)


class LoopCount(threading.Event):
    """Set, and counts how often the thread of an association came by."""

    def __init__(self) -> None:
        super().__init__()
        self.set()
        self.loops = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.loops += 1
        return super().wait(timeout)


def test_the_thread_of_an_association_takes_no_answer_from_who_waits_for_it() -> None:
    """On a busy machine the thread may still be on its way when the answer is there already."""
    with own_node() as port, associated(peer(port), [VERIFICATION]) as opened:
        association = opened._association
        checkpoint = LoopCount()
        association._reactor_checkpoint = checkpoint
        association.dimse.msg_queue.put((1, C_ECHO()))
        deadline = time.monotonic() + 60
        while checkpoint.loops < 4 and time.monotonic() < deadline:
            time.sleep(0.001)
        assert checkpoint.loops >= 4
        assert association.dimse.get_msg(block=True)[0] == 1
        assert opened.verify() > 0


def test_a_question_and_its_matches(tmp_path: Path) -> None:
    from pynetdicom import evt

    def answer(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        for number in range(3):
            match = Dataset()
            match.StudyInstanceUID = f"1.2.{number}"
            yield 0xFF00, match
        if event.identifier.get("StudyDate"):
            yield 0xA700, None

    def finding(entity: Any) -> None:
        entity.add_supported_context(STUDY_FIND)

    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.StudyDate = ""
    with own_node([(evt.EVT_C_FIND, answer)], change=finding) as port:
        with associated(peer(port), [STUDY_FIND]) as association:
            assert len(list(association.find(query, STUDY_FIND))) == 3
        query.StudyDate = "20261128"
        with (
            pytest.raises(DeclinedError, match="no room or time for the question"),
            associated(peer(port), [STUDY_FIND]) as association,
        ):
            list(association.find(query, STUDY_FIND))
        with (
            pytest.raises(DeclinedError, match="does not offer"),
            associated(peer(port), [VERIFICATION]) as association,
        ):
            list(association.find(query, STUDY_FIND))
