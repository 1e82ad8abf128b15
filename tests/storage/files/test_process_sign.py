"""Whether a process is there, by the kernel's word, and whether its work moves, by its own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.files.alive import STANDSTILL
from storage.files.process_sign import DETECT, ProcessSign, other_parts, process_status

T0 = 1_795_000_000_000


class Clock:
    """Wall clock and the one that nobody sets, moved together."""

    at = T0

    def now(self) -> int:
        return self.at

    def seconds(self) -> float:
        return self.at / SECOND


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign(tmp_path: Path, clock: Clock) -> Iterator[ProcessSign]:
    parts = {"judging": STANDSTILL, DETECT: STANDSTILL}
    with ProcessSign(tmp_path, "alert", clock.now, parts, clock.seconds) as sign:
        yield sign


def test_a_process_says_who_it_is_and_that_its_work_moves(
    tmp_path: Path, clock: Clock, sign: ProcessSign
) -> None:
    clock.at += 20 * SECOND
    sign.note("judging")
    status = process_status(tmp_path, "alert", clock.at + 5 * SECOND)
    assert (status.state, status.moved_at, status.waiting) == ("runs", clock.at, "")
    assert status.note is not None
    assert (status.note.began_at, status.note.at) == (T0, clock.at)
    assert status.note.version
    assert (status.note.memory_bytes or 0) > 1_000_000
    assert status.note.cpu_share is not None


def test_it_is_written_every_ten_seconds_and_at_once_when_it_cannot_get_on(
    tmp_path: Path, clock: Clock, sign: ProcessSign
) -> None:
    clock.at += 5 * SECOND
    sign.note("judging")
    assert process_status(tmp_path, "alert", clock.at).moved_at == T0

    def refuse() -> None:
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        sign.noting(refuse, "judging")()
    waiting = process_status(tmp_path, "alert", clock.at)
    assert (waiting.state, waiting.waiting) == ("runs", "the disk is full")
    sign.note("judging")
    again = process_status(tmp_path, "alert", clock.at)
    assert again.waiting == ""
    assert again.note is not None
    assert [failure.text for failure in again.note.failures] == ["the disk is full"]


def test_a_part_that_stands_still_is_noticed_while_the_process_is_there(
    tmp_path: Path, clock: Clock, sign: ProcessSign
) -> None:
    clock.at += STANDSTILL + SECOND
    sign.note("judging")
    status = process_status(tmp_path, "alert", clock.at)
    assert status.state == "runs"
    [detect] = other_parts(status, clock.at)
    assert (detect.name, detect.state, detect.moved_at) == (DETECT, "stands_still", T0)
    assert process_status(tmp_path, "alert", clock.at + HOUR).state == "stands_still"


def test_a_process_that_ended_leaves_its_last_sign_and_the_lock_to_the_next(
    tmp_path: Path, clock: Clock, sign: ProcessSign
) -> None:
    second = ProcessSign(tmp_path, "alert", clock.now, {"judging": STANDSTILL}, clock.seconds)
    sign.close()
    ended = process_status(tmp_path, "alert", T0 + DAY)
    assert (ended.state, ended.moved_at) == ("ended", T0)
    assert [part.state for part in other_parts(ended, T0 + DAY)] == ["ended"]
    clock.at += MINUTE
    second.note("judging")  # it waited beside the first, and now is the one
    assert process_status(tmp_path, "alert", clock.at).state == "runs"
    second.close()


def test_what_ended_a_process_is_its_last_word(tmp_path: Path, clock: Clock) -> None:
    with (
        pytest.raises(ValueError, match="no such thing"),
        ProcessSign(tmp_path, "mail", clock.now, clock=clock.seconds),
    ):
        raise ValueError("no such thing")
    status = process_status(tmp_path, "mail", T0)
    assert status.state == "ended"
    assert status.note is not None
    assert status.note.failures[-1].text == "ValueError: no such thing"


def half(path: Path) -> None:
    path.write_text(path.read_text()[:40])


def of_another_version(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mood": "good"}))


def enormous(path: Path) -> None:
    path.write_text("[" * 100_000)


@pytest.mark.parametrize("damage", [half, of_another_version, enormous, Path.unlink])
def test_a_note_that_cannot_be_read_is_never_well(
    tmp_path: Path, clock: Clock, sign: ProcessSign, damage: Callable[[Path], None]
) -> None:
    damage(tmp_path / "alert.json")
    assert process_status(tmp_path, "alert", clock.at).state == "unclear"


def test_a_note_of_a_time_to_come_is_unclear(tmp_path: Path, sign: ProcessSign) -> None:
    assert process_status(tmp_path, "alert", T0 - DAY).state == "unclear"


def test_who_never_ran_was_never_there(tmp_path: Path) -> None:
    assert process_status(tmp_path, "forward", T0).state == "never"
    assert process_status(tmp_path / "no such folder", "forward", T0).state == "never"


def test_a_disk_that_refuses_the_note_stops_nobody(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "processes").write_text("a file in the way")
    sign = ProcessSign(tmp_path / "processes", "collect", clock.now, clock=clock.seconds)
    clock.at += MINUTE
    sign.note()
    sign.close()
    assert process_status(tmp_path / "processes", "collect", clock.at).state == "unclear"
