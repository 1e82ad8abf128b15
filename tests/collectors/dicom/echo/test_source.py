"""Whether DICOM nodes answer, as the store is told: real peers, dead ones, many at once, a busy machine."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from collectors.dicom.echo.source import AT_ONCE
from tests.collectors.dicom.echo.cast import MemorySink, loops, node, often, once, run_until
from tests.support.cpu_clock import own_time
from tests.support.dicom_peers import Orthanc, Storescp, own_node
from tests.support.evil_peer import answering, evil_peer, rejecting, silent
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[4]


def test_a_node_that_answers_is_up_and_how_fast(orthanc: Orthanc, storescp: Storescp) -> None:
    sink = once(pacs=node(orthanc.port, "ORTHANC"), ws=node(storescp.port, "STORESCP"))
    for name in ("pacs", "ws"):
        (response_ms,) = sink.series(name, "response_ms")
        assert sink.series(name) == [1.0]
        assert 0 < response_ms < 60_000
    assert {reading.component for reading in sink.readings} == {"dicom"}


def test_two_nodes_of_one_device_have_components_of_their_own(storescp: Storescp) -> None:
    sink = once(ct=node(storescp.port, "STORESCP", component="mpps"))
    assert {reading.component for reading in sink.readings} == {"mpps-dicom"}


@pytest.mark.parametrize(("title", "is_up"), [("NODE", 1.0), ("WRONG", 0.0)])
def test_a_wrong_title_is_no_answer_and_a_person_must_act(
    title: str, is_up: float, caplog: pytest.LogCaptureFixture
) -> None:
    def strict(entity: object) -> None:
        entity.require_called_aet = True  # type: ignore[attr-defined]

    with own_node(change=strict) as port:
        sink = once(ct=node(port, title))
    assert sink.series("ct") == [is_up]
    assert len(sink.series("ct", "response_ms")) == is_up
    assert ("this needs a person" in caplog.text) == (not is_up)


def test_a_node_that_is_too_busy_has_answered(caplog: pytest.LogCaptureFixture) -> None:
    with evil_peer(rejecting(2, 3, 2)) as port:
        sink = once(ct=node(port))
    assert sink.series("ct") == [1.0]
    assert "answers only in part: 127.0.0.1:" in caplog.text
    assert "has as many associations as it may" in caplog.text


def test_nothing_of_pynetdicom_s_own_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with evil_peer(answering(b"\x02\x00\x00\x00\x00\x50" + bytes(80))) as port:
        once(ct=node(port, timeout="500ms"), us=node(free_port()))
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"collectors", "asyncio"}


def test_a_killed_node_is_lost_once_and_back_once(
    storescp: Storescp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sink = MemorySink()

    async def play() -> None:
        running = loops(sink, ct=often(node(storescp.port, "STORESCP"), 200))
        task = asyncio.create_task(run_until(lambda: sink.series("ct")[-1:] == [0.0], running))
        while 1.0 not in sink.series("ct"):
            await asyncio.sleep(0.01)
        storescp.kill()
        await task
        count = len(sink.readings)
        task = asyncio.create_task(
            run_until(lambda: 1.0 in sink.series("ct")[count - 2 :][-1:], running)
        )
        while sink.series("ct")[-2:] != [0.0, 0.0]:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(storescp.start)
        await task

    asyncio.run(play())
    messages = [record.getMessage() for record in caplog.records]
    assert len([text for text in messages if "unreachable: nothing listens on" in text]) == 1
    assert len([text for text in messages if " back after " in text]) == 1


class Crowd:
    """A peer that takes connections, and counts how many stand at once."""

    def __init__(self) -> None:
        self.standing = self.most = self.all = 0
        self._lock = threading.Lock()

    def behave(self, line: socket.socket) -> None:
        with self._lock:
            self.all += 1
            self.standing += 1
            self.most = max(self.most, self.standing)
        silent(line)
        with self._lock:
            self.standing -= 1


def test_so_many_associations_are_open_at_once_and_no_more() -> None:
    crowd, sink = Crowd(), MemorySink()
    with evil_peer(crowd.behave) as port:
        names = {f"us-{n}": node(port, timeout="500ms") for n in range(3 * AT_ONCE)}
        asyncio.run(
            run_until(lambda: len(sink.readings) >= 3 * AT_ONCE, loops(sink, **names), within_s=90)
        )
    assert AT_ONCE / 2 <= crowd.most <= AT_ONCE + 2  # a line that we closed is seen a little later
    assert {reading.value for reading in sink.readings} == {0.0}


def test_forty_dead_nodes_do_not_delay_a_living_one(storescp: Storescp) -> None:
    sink = MemorySink()
    with evil_peer(silent) as port:
        dead = {f"us-{n}": often(node(port, timeout="1s"), 500) for n in range(40)}
        living = {"ct": often(node(storescp.port, "STORESCP"), 500)}
        running = loops(sink, **dead, **living)
        asyncio.run(run_until(lambda: len(sink.series("ct")) >= 8, running, within_s=90))
    assert set(sink.series("ct")) == {1.0}


def test_a_collector_that_is_held_up_accuses_nobody(caplog: pytest.LogCaptureFixture) -> None:
    sink = MemorySink()
    is_on = True

    async def hold_up() -> None:
        while is_on:
            threading.Event().wait(0.8)
            await asyncio.sleep(0.02)

    async def play(port: int) -> None:
        nonlocal is_on
        holding = asyncio.create_task(hold_up())
        running = loops(sink, ct=often(node(port, timeout="600ms"), 100))
        task = asyncio.create_task(run_until(lambda: bool(sink.readings), running))
        while "overloaded" not in caplog.text:
            await asyncio.sleep(0.01)
        assert sink.readings == []
        is_on = False
        await asyncio.gather(holding, task)

    with evil_peer(silent) as port:
        asyncio.run(play(port))
    assert sink.series("ct") == [0.0]


def test_twenty_nodes_at_once_of_one_orthanc(orthanc: Orthanc) -> None:
    names = {f"ws-{n}": node(orthanc.port, "ORTHANC", timeout="30s") for n in range(20)}
    sink = once(**names)
    assert all(sink.series(name) == [1.0] for name in names)


def test_a_cancelled_loop_leaves_no_connection_behind() -> None:
    crowd, sink = Crowd(), MemorySink()
    with evil_peer(crowd.behave) as port:
        running = loops(sink, ct=node(port, timeout="60s"))
        began = own_time()
        asyncio.run(run_until(lambda: crowd.standing == 1, running))
        assert own_time() - began < 10
        deadline = time.monotonic() + 20
        while crowd.standing and time.monotonic() < deadline:
            time.sleep(0.01)
        assert crowd.standing == 0


@pytest.mark.parametrize("behave", [silent, answering(b"\x02\x00\x00\x00\x01\x00")])
def test_a_term_signal_ends_the_collector_though_its_peers_hang(
    tmp_path: Path, behave: object
) -> None:
    crowd = Crowd()

    def counted(line: socket.socket) -> None:
        crowd.all += 1
        behave(line)  # type: ignore[operator]

    with evil_peer(counted) as port:
        nodes = "\n".join(
            f"  - {{id: us-{n}, name: US, profile: base, sources: [{{kind: dicom, host: 127.0.0.1,"
            f" port: {port}, ae_title: US{n}, timeout: 60s}}]}}"
            for n in range(10)
        )
        path = tmp_path / "site.yaml"
        path.write_text(
            f"id: small\nname: Small\nzone: Asia/Kabul\nstorage: {{folder: {tmp_path}/var}}\n"
            f"devices:\n{nodes}\n"
        )
        command = [sys.executable, "-m", "app", "collect", "--site", str(path)]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE) as process:
            try:
                deadline = time.monotonic() + 60
                while crowd.all < 10 and time.monotonic() < deadline:
                    time.sleep(0.02)
                assert crowd.all >= 10
                sent_at = time.monotonic()
                process.send_signal(signal.SIGTERM)
                _, errors = process.communicate(timeout=30)
                ended_at = time.monotonic()
            finally:
                process.kill()
    assert process.returncode == 0, errors.decode()
    assert ended_at - sent_at < 4.0
    assert b"Traceback" not in errors
