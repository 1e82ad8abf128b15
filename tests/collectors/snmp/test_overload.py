"""A collector that is held up accuses nobody: agents answer from another process, and the test itself
holds up the loop, for as long as it says."""

import asyncio
import errno
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from collectors.polling.load import CollectorLoad
from collectors.snmp.ber import request_message
from collectors.snmp.lane import AgentPeer, Exchange, Lane
from collectors.snmp.transport import Address, SharedSocket
from core.schema.site import Device
from tests.collectors.snmp.ber import integer
from tests.collectors.snmp.cast import UPTIME, MemorySink, device, loops, run_until, snmp
from tests.collectors.snmp.own_agent import honest, own_agent

pytestmark = pytest.mark.servers

AGENTS, DEAD = 1000, 50
TIMEOUT_S = 0.4


@contextmanager
def fleet() -> Iterator[int]:
    """The port of a process that answers for all agents."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.support.agent_fleet"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes everything and answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield int(deaf.getsockname()[1])


class HeldUp:
    """Blocks the loop for longer than any time-out, again and again, with short breaths between."""

    def __init__(self, block_s: float, breath_s: float) -> None:
        self._block_s = block_s
        self._breath_s = breath_s
        self.is_on = True

    async def run(self) -> None:
        while self.is_on:
            threading.Event().wait(self._block_s)
            await asyncio.sleep(self._breath_s)


def ups(sink: MemorySink) -> dict[str, set[float]]:
    """Device -> every `up` that it was given."""
    seen: dict[str, set[float]] = {}
    for reading in sink.readings:
        if reading.metric == "up":
            seen.setdefault(reading.device, set()).add(reading.value)
    return seen


def living(port: int, count: int, **settings: Any) -> list[Device]:
    given = {"every": "10s", "timeout": f"{TIMEOUT_S * 1000:.0f}ms", "retries": 0, **settings}
    return [device(snmp(port, **given), name=f"alive-{n}") for n in range(count)]


def test_a_thousand_agents_that_answer_are_never_called_dead_by_a_loop_that_is_held_up() -> None:
    sink = MemorySink()
    held_up = HeldUp(block_s=1.5 * TIMEOUT_S, breath_s=0.05)

    async def play(port: int) -> None:
        holding = asyncio.create_task(held_up.run())
        running = loops(sink, *living(port, AGENTS))
        await run_until(lambda: len(ups(sink)) == AGENTS, running, within_s=100)
        held_up.is_on = False
        await holding

    with fleet() as port:
        asyncio.run(play(port))

    assert set().union(*ups(sink).values()) == {1.0}


def test_nobody_is_judged_while_overloaded_and_everybody_afterwards(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    sink = MemorySink()
    held_up = HeldUp(block_s=3 * TIMEOUT_S, breath_s=0.02)

    async def play(port: int, deaf: int) -> None:
        dead = [
            device(snmp(deaf, every="1s", timeout="400ms"), name=f"dead-{n}") for n in range(DEAD)
        ]
        running = loops(sink, *living(port, 20, every="1s"), *dead)
        tasks = [asyncio.create_task(source.run()) for source in running]
        holding = asyncio.create_task(held_up.run())
        while not ("overloaded" in caplog.text and len(ups(sink)) >= 20):
            await asyncio.sleep(0.01)
        assert not any(name.startswith("dead") for name in ups(sink))
        held_up.is_on = False
        await holding
        async with asyncio.timeout(60):
            while len(ups(sink)) < 20 + DEAD:
                await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    with fleet() as port, silent_port() as deaf:
        asyncio.run(play(port, deaf))

    seen = ups(sink)
    assert all(seen[f"alive-{n}"] == {1.0} for n in range(20))
    assert all(seen[f"dead-{n}"] == {0.0} for n in range(DEAD))
    overloads = [r for r in caplog.records if r.getMessage().startswith("overloaded")]
    assert len(overloads) == 1


def test_five_hundred_dead_ones_do_not_make_fifty_living_ones_look_dead() -> None:
    sink = MemorySink()

    async def play(port: int, deaf: int) -> None:
        dead = [
            device(snmp(deaf, every="10s", timeout="400ms"), name=f"dead-{n}") for n in range(500)
        ]
        running = loops(sink, *dead, *living(port, 50, every="2s"))
        await run_until(lambda: len(ups(sink)) == 550, running, within_s=100)

    with fleet() as port, silent_port() as deaf:
        asyncio.run(play(port, deaf))

    seen = ups(sink)
    assert {name for name, values in seen.items() if 0.0 in values} == {
        f"dead-{n}" for n in range(500)
    }
    assert all(seen[f"dead-{n}"] == {0.0} for n in range(500))


def test_the_end_of_an_overload_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    load = CollectorLoad()

    for time in (10.0, 20.0, 50.0):
        load.note_overload("late", time)
        load.note_round(time + 1)
    load.note_round(200.0)
    load.note_round(300.0)

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "which lasted 40 s" in caplog.text


def test_who_falls_silent_in_its_poll_gives_its_place_among_the_living_up() -> None:
    async def play() -> list[str]:
        load, order = CollectorLoad(at_once=1), list[str]()

        async def living() -> None:
            async with load.lane(is_lost=False):
                order.append("living")

        async with load.lane(is_lost=False) as seat:
            waiting = asyncio.create_task(living())
            await asyncio.sleep(0)
            assert order == []
            await seat.step_aside()
            await waiting
            order.append("dead")
        async with load.lane(is_lost=True), load.lane(is_lost=False):
            order.append("both are free again")
        return order

    assert asyncio.run(play()) == ["living", "dead", "both are free again"]


def test_who_is_cancelled_on_its_way_to_the_lost_leaves_no_place_taken() -> None:
    async def play() -> None:
        load = CollectorLoad(at_once=1)

        async def falls_silent() -> None:
            async with load.lane(is_lost=False) as seat:
                await seat.step_aside()

        async with load.lane(is_lost=True):
            task = asyncio.create_task(falls_silent())
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(5), load.lane(is_lost=True), load.lane(is_lost=False):
            pass

    asyncio.run(play())


def test_polls_in_flight_are_bounded() -> None:
    asked: list[int] = []

    async def play() -> None:
        async with own_agent(lambda _: []) as agent:
            running = loops(MemorySink(), *living(agent.port, 100, every="1s", timeout="30s"))
            since: float | None = None

            def is_settled() -> bool:
                nonlocal since
                time = asyncio.get_running_loop().time()
                if len(agent.requests) < 64:
                    return False
                since = since or time
                return time - since > 1.5  # every loop has begun by then

            await run_until(is_settled, running)
            asked.append(len(agent.requests))

    asyncio.run(play())

    assert asked == [64]


class Letterbox:
    """A socket with one letter, which is there from some moment on and seen only by who looks."""

    def __init__(
        self, _family: int, receive: Callable[[bytes, Address], None], _failed: object
    ) -> None:
        self._receive = receive
        self._number = b""
        self.is_there = True
        self.is_lossy = False

    def send(self, datagram: bytes, _address: Address) -> None:
        self._number = datagram

    def drain_all(self) -> bool:
        if self.is_there:
            self._receive(self._number, WHERE)
        return self.is_lossy

    def close(self) -> None: ...


WHERE: Address = ("192.0.2.7", 161)


def exchange_with(
    lane: Lane, timeout_s: float, *preparations: Callable[[asyncio.AbstractEventLoop], object]
) -> Exchange:
    """What a lane exchange of an agent at this address."""

    async def play() -> Exchange:
        for prepare in preparations:
            prepare(asyncio.get_running_loop())
        number = lane.next_id()
        before, behind = request_message(1, b"public", "get", ((1, 3),), 0)
        datagram = before + number.to_bytes(4, "big") + behind
        agent = AgentPeer(socket.AF_INET, WHERE)
        lane.join(agent)
        exchange = await lane.ask(agent, number, datagram, lambda _: "here", timeout_s)
        lane.leave(agent)
        return exchange

    return asyncio.run(play())


def letterbox_of(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> Letterbox:
    """The socket of a lane."""
    boxes: list[Letterbox] = []

    def opened(*given: Any) -> Letterbox:
        boxes.append(Letterbox(*given))
        return boxes[-1]

    monkeypatch.setattr("collectors.snmp.lane.SharedSocket", opened)
    lane._socket(AgentPeer(socket.AF_INET, WHERE))
    return boxes[0]


def test_an_answer_that_lies_in_the_socket_is_read_before_the_agent_is_called_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lane = Lane()
    letterbox_of(lane, monkeypatch)

    assert exchange_with(lane, 0.001).reply == "here"


def test_time_in_which_we_could_not_hear_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane()
    letterbox = letterbox_of(lane, monkeypatch)
    letterbox.is_there = False

    exchange = exchange_with(
        lane,
        0.3,
        lambda loop: loop.call_later(0.01, threading.Event().wait, 0.6),
        lambda loop: loop.call_later(0.7, setattr, letterbox, "is_there", True),
    )

    assert exchange.reply == "here", "0.3 s of listening are more than 0.3 s of a clock here"
    assert exchange.late_s > 0.4
    assert exchange.listened_s < 0.4


def test_silence_while_our_own_buffer_had_no_room_is_doubtful(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lane = Lane()
    letterbox = letterbox_of(lane, monkeypatch)
    letterbox.is_there, letterbox.is_lossy = False, True

    assert exchange_with(lane, 0.001).is_lossy


def test_what_had_no_room_in_the_buffer_is_noticed() -> None:
    async def play() -> tuple[bool, bool]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
            ours = SharedSocket(socket.AF_INET, lambda *_: None, lambda *_: None)
            ours._socket.bind(("127.0.0.1", 0))
            ours._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            flood.sendto(b"1", ours._socket.getsockname())
            has_dropped = [ours.drain_all()]
            for _ in range(100):
                flood.sendto(bytes(1000), ours._socket.getsockname())
            has_dropped.append(ours.drain_all())
            ours.close()
        return has_dropped[0], has_dropped[1]

    assert asyncio.run(play()) == (False, sys.platform == "linux")


def test_without_a_file_for_a_socket_nobody_is_accused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sink = MemorySink()

    def no_socket(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    async def play() -> None:
        async with own_agent(honest({tuple(map(int, UPTIME.split("."))): integer(1)})) as agent:
            (loop,) = loops(sink, device(snmp(agent.port)))
            with monkeypatch.context() as patch:
                patch.setattr("collectors.snmp.transport.socket.socket", no_socket)
                await loop.once()

    asyncio.run(play())

    assert sink.series("up") == []
    assert "Too many open files" in caplog.text
