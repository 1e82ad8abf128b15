"""One peer, asked again and again: what of it is stored and logged, whatever it does."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

import pytest

from collectors.polling.load import CollectorLoad, OverloadedError
from collectors.polling.loop import PollAnswer, PollLoop
from core.errors import SourceError
from core.readings import Batch, Reading
from core.schema.profile import Profile
from core.schema.site import Device

T0 = 1_790_000_000_000
DEVICE = Device("ct-1", "CT-1", "", "", "test", Profile(), (), ())
PARTIAL = PollAnswer(is_up=True, error=SourceError("half of it"))
UP = PollAnswer(is_up=True, response_ms=4.2)


class Peer:
    """Answers what it is given, one after the other; the last for ever."""

    name = "ct-1 toy"

    def __init__(self, *answers: PollAnswer | Exception, every_s: float = 0.01) -> None:
        self._answers = list(answers)
        self.every_s = every_s
        self.timeout_s = 0.2
        self.polls: list[float] = []

    async def poll(self, at: int) -> PollAnswer:
        self.polls.append(asyncio.get_running_loop().time())
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Sink:
    def __init__(self) -> None:
        self.readings: list[Reading] = []

    async def append(self, batch: Batch) -> None:
        self.readings += batch.readings

    def position(self, key: str) -> str | None:
        return None

    def ups(self) -> list[float]:
        return [reading.value for reading in self.readings if reading.metric == "up"]


class Run(NamedTuple):
    sink: Sink
    loop: PollLoop


def run(peer: Peer, until: Callable[[Sink], bool]) -> Run:
    sink = Sink()
    loop = PollLoop(DEVICE, "toy", peer, sink, lambda: T0, CollectorLoad())

    async def play() -> None:
        task = asyncio.create_task(loop.run())
        async with asyncio.timeout(60):
            while not until(sink):
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(play())
    return Run(sink, loop)


def test_it_is_lost_once_and_back_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    silence = SourceError("no answer")
    ended = run(Peer(UP, silence, silence, UP), lambda sink: len(sink.ups()) >= 5)
    assert ended.sink.ups()[:4] == [1.0, 0.0, 0.0, 1.0]
    assert ended.sink.readings[1] == Reading("ct-1", "response_ms", 4.2, T0, "toy")
    assert [record.getMessage()[:26] for record in caplog.records] == [
        "ct-1 toy unreachable: no a",
        "ct-1 toy back after 0 s",
    ]


def test_it_is_said_again_when_a_person_must_act(caplog: pytest.LogCaptureFixture) -> None:
    answers = SourceError("no answer"), SourceError("wrong title", permanent=True)
    run(Peer(*answers), lambda sink: len(sink.ups()) >= 4)
    assert [record.getMessage() for record in caplog.records] == [
        "ct-1 toy unreachable: no answer",
        "ct-1 toy unreachable: wrong title; this needs a person",
    ]


def test_a_part_is_told_of_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ended = run(Peer(PARTIAL, PARTIAL, UP), lambda sink: len(sink.ups()) >= 4)
    assert set(ended.sink.ups()) == {1.0}
    assert [record.getMessage() for record in caplog.records] == [
        "ct-1 toy answers only in part: half of it",
        "ct-1 toy answers in full again",
    ]


def test_a_fault_of_our_own_ends_no_watch(caplog: pytest.LogCaptureFixture) -> None:
    ended = run(Peer(KeyError("x"), UP), lambda sink: bool(sink.ups()))
    assert ended.sink.ups()[0] == 1.0
    assert "a fault of Scanward itself" in caplog.text


def test_what_this_machine_lacks_says_nothing_of_the_peer(caplog: pytest.LogCaptureFixture) -> None:
    ended = run(Peer(OverloadedError("no file left"), UP), lambda sink: bool(sink.readings))
    assert ended.sink.ups()[0] == 1.0
    assert "overloaded: no file left" in caplog.text
    assert "ct-1 toy unreachable" not in caplog.text


def test_who_is_silent_while_we_are_late_is_not_judged(caplog: pytest.LogCaptureFixture) -> None:
    class Slow(Peer):
        async def poll(self, at: int) -> PollAnswer:
            if not self.polls:
                asyncio.get_running_loop().call_later(0.05, threading.Event().wait, 0.5)
                await asyncio.sleep(0.1)
            return await super().poll(at)

    ended = run(Slow(SourceError("no answer"), UP), lambda sink: bool(sink.readings))
    assert ended.sink.ups()[0] == 1.0
    assert "overloaded: this machine is too busy to listen to ct-1 toy" in caplog.text


def test_what_only_a_person_can_mend_is_judged_however_late_we_are() -> None:
    class Slow(Peer):
        async def poll(self, at: int) -> PollAnswer:
            asyncio.get_running_loop().call_later(0.0, threading.Event().wait, 0.5)
            await asyncio.sleep(0.1)
            return await super().poll(at)

    wrong = SourceError("wrong title", permanent=True)
    assert run(Slow(wrong), lambda sink: bool(sink.ups())).sink.ups()[0] == 0.0


def test_who_does_not_answer_is_left_alone_longer_each_time() -> None:
    peer = Peer(SourceError("no answer"), every_s=0.05)
    run(peer, lambda sink: len(sink.ups()) >= 6)
    pauses = [later - sooner for sooner, later in zip(peer.polls, peer.polls[1:], strict=False)]
    assert pauses[4] > pauses[1]
    assert pauses[4] >= 0.05 * 2**4 * 0.8 * 0.9  # doubled four times, with its jitter


def test_one_poll_leaves_what_was_wrong_to_be_read() -> None:
    sink = Sink()
    loop = PollLoop(
        DEVICE, "toy", Peer(SourceError("no answer")), sink, lambda: T0, CollectorLoad()
    )
    asyncio.run(loop.once())
    assert (loop.last_error, loop.name, sink.ups()) == ("no answer", "ct-1 toy", [0.0])
