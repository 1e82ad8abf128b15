"""The whole source: what is stored, what is said of the file, and what a kill does."""

import asyncio
import contextlib
import logging
import threading
from pathlib import Path

import pytest

from collectors.logfile.source import FileSource
from core.errors import StoreError
from core.time.clock import MINUTE
from tests.collectors.logfile.cast import scanner, text
from tests.collectors.logfile.sink import MemorySink
from tests.collectors.mqtt.cast import KABUL, T0
from tests.support.cpu_clock import own_time


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = T0

    def __call__(self) -> int:
        return self.at


def source_of(path: Path, sink: MemorySink, clock: Clock, **settings: object) -> FileSource:
    device, source = scanner(path, **settings)
    return FileSource(device, source, KABUL, sink, clock)


def shots(sink: MemorySink) -> list[int]:
    return [int(event.text) for event in sink.events if event.kind == "shot"]


def test_readings_and_events_are_stored_with_the_place_in_the_file(tmp_path: Path) -> None:
    log, sink = tmp_path / "shots.log", MemorySink()
    log.write_text(text(1, 2))
    asyncio.run(source_of(log, sink, Clock()).once())
    assert sink.values("shots") == [1, 2]
    assert sink.values("up") == [1]
    assert list(sink.positions) == [f"logfile:ct-1:{log}"]
    assert "shot" not in sink.positions[f"logfile:ct-1:{log}"]


@pytest.mark.parametrize("form", ["shots", "newest"])
def test_a_kill_after_a_failed_append_neither_repeats_nor_skips(tmp_path: Path, form: str) -> None:
    # given
    log, sink = tmp_path / "shots.log", MemorySink()
    log.write_text("")
    # when
    for number in range(1, 30):
        older = log.read_text()
        log.write_text(older + text(number) if form == "shots" else text(number) + older)
        sink.failures = number % 3
        with contextlib.suppress(StoreError):
            asyncio.run(source_of(log, sink, Clock(), format=form).once())
    sink.failures = 0
    asyncio.run(source_of(log, sink, Clock(), format=form).once())
    # then
    assert shots(sink) == list(range(1, 30))


def test_a_large_file_is_stored_in_parts(tmp_path: Path) -> None:
    log, sink = tmp_path / "shots.log", MemorySink()
    log.write_text(text(*range(15_000)))
    asyncio.run(source_of(log, sink, Clock()).once())
    assert shots(sink) == list(range(15_000))
    assert sink.appends >= 2


def test_an_absent_file_is_said_once_and_its_return_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log, sink, clock = tmp_path / "shots.log", MemorySink(), Clock()
    source = source_of(log, sink, clock)
    with caplog.at_level(logging.INFO):
        asyncio.run(source.once())
        log.write_text(text(1))
        clock.at += 1000
        asyncio.run(source.once())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "check `path`" in caplog.text
    assert sink.values("up") == [0, 1]


def test_an_unknown_encoding_says_what_to_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1))
    asyncio.run(source_of(log, MemorySink(), Clock(), encoding="utf8-ish").once())
    assert "write utf-8, cp1252 or utf-16" in caplog.text


def test_up_is_written_once_a_minute_while_nothing_changes(tmp_path: Path) -> None:
    log, sink, clock = tmp_path / "shots.log", MemorySink(), Clock()
    log.write_text(text(1))
    source = source_of(log, sink, clock)
    for _ in range(13):
        asyncio.run(source.once())
        clock.at += 10_000
    assert sink.values("up") == [1, 1, 1]


def test_a_log_that_should_not_be_quiet_is_down_when_it_is(tmp_path: Path) -> None:
    log, sink, clock = tmp_path / "shots.log", MemorySink(), Clock()
    log.write_text(text(1))
    source = source_of(log, sink, clock, silent_after="10m")
    asyncio.run(source.once())
    clock.at += 11 * MINUTE
    asyncio.run(source.once())
    with log.open("a") as file:
        file.write(text(2))
    clock.at += 1000
    asyncio.run(source.once())
    assert sink.values("up") == [1, 0, 1]


def test_a_hung_share_delays_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a share that does not answer
    monkeypatch.setattr("collectors.logfile.source._HUNG_AFTER", 0.1)
    release = threading.Event()
    sink, good_sink = MemorySink(), MemorySink()
    hung = source_of(tmp_path / "hung.log", sink, Clock())
    monkeypatch.setattr(hung._follower, "read_new", lambda _saved: release.wait(20))
    log = tmp_path / "shots.log"
    log.write_text(text(1))

    # when
    async def scenario() -> float:
        began = own_time()
        await asyncio.gather(hung.once(), source_of(log, good_sink, Clock()).once())
        return own_time() - began

    took = asyncio.run(scenario())
    release.set()

    # then
    assert sink.values("up") == [0]
    assert shots(good_sink) == [1]
    assert took < 5


def test_a_running_source_follows_until_it_is_cancelled(tmp_path: Path) -> None:
    log, sink = tmp_path / "shots.log", MemorySink()
    log.write_text("")

    async def scenario() -> None:
        task = asyncio.create_task(source_of(log, sink, Clock()).run())
        for number in range(5):
            await asyncio.sleep(0.1)
            with log.open("a") as file:
                file.write(text(number))
        async with asyncio.timeout(60):
            while len(shots(sink)) < 5:
                await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert shots(sink) == list(range(5))
