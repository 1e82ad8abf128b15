"""A process that hangs is noticed: by the file it no longer touches, in the log and on the page."""

import logging
import os
from pathlib import Path

import pytest

from app.services.liveness import TOUCH_EVERY, Liveness, StandstillWatch
from core.time.clock import MINUTE, SECOND
from storage.files.alive import STANDSTILL, touched_at


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "alert.alive"


def mark(path: Path, second: int) -> None:
    """Touched at so many seconds of the wall clock."""
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (second, second))


def test_while_every_part_moves_the_file_is_touched(path: Path, clock: Clock) -> None:
    liveness = Liveness(path, ("judging", "sending"), clock)
    liveness.note("judging")
    first = touched_at(path)
    assert first is not None
    mark(path, 1)
    liveness.note("sending")
    assert touched_at(path) == 1 * SECOND, "not at each step"
    clock.now += TOUCH_EVERY
    liveness.note("sending")
    assert (touched_at(path) or 0) >= first


@pytest.mark.parametrize(("hangs", "moves"), [("judging", "sending"), ("sending", "judging")])
def test_one_part_that_hangs_is_enough(hangs: str, moves: str, path: Path, clock: Clock) -> None:
    liveness = Liveness(path, ("judging", "sending"), clock)
    liveness.note(moves)
    mark(path, 1)
    clock.now += STANDSTILL + 1
    liveness.note(moves)
    assert touched_at(path) == 1 * SECOND
    assert liveness.standing_still() == [hangs]
    liveness.note(hangs)
    assert liveness.standing_still() == []
    assert touched_at(path) != 1 * SECOND


def test_many_messages_in_a_row_are_no_standstill(path: Path, clock: Clock) -> None:
    liveness = Liveness(path, ("sending",), clock)
    now = liveness.noting("sending", lambda: 7)
    for _ in range(10):
        clock.now += 2 * MINUTE
        assert now() == 7
        assert liveness.standing_still() == []


def test_a_disk_that_refuses_stops_no_judging(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    Liveness(tmp_path / "file" / "alert.alive", ("judging",), clock).note("judging")


def levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records]


def test_another_process_says_so_once_reminds_and_says_when_it_goes_on(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    watch = StandstillWatch(path, clock)
    for second in range(300):
        if second < 100:
            mark(path, second)
        clock.now = second * SECOND
        watch.look()
    assert levels(caplog) == [logging.CRITICAL]
    assert "for 3 min" in caplog.messages[0]
    clock.now += 10 * MINUTE
    watch.look()
    assert levels(caplog) == [logging.CRITICAL] * 2
    mark(path, 1000)
    watch.look()
    watch.look()
    assert levels(caplog) == [logging.CRITICAL] * 2 + [logging.INFO]


def test_a_process_that_never_came_is_missed_too_but_not_at_once(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    mark(path, 1)  # of before the computer was switched off
    watch = StandstillWatch(path, clock)
    watch.look()
    clock.now += STANDSTILL
    watch.look()
    assert caplog.records == []
    clock.now += 1
    watch.look()
    assert levels(caplog) == [logging.CRITICAL]


def test_a_clock_that_is_set_is_no_standstill(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    watch = StandstillWatch(path, clock)
    for step, wall in enumerate((1_000, 2_000_000_000, 1_010, 5)):
        clock.now = step * 100 * SECOND
        mark(path, wall)
        watch.look()
    assert caplog.records == []
