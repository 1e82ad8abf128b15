"""A file that grows at its top: every record once, oldest first."""

import random
from pathlib import Path

import pytest

from collectors.logfile.reverse_follow import TopFollower
from tests.collectors.logfile.cast import BLOCK_BEGIN, Reader, line, text


def reader_of(log: Path, *, encoding: str = "utf-8", begin: str | None = None) -> Reader:
    return Reader(log, TopFollower(log, encoding, begin))


def on_top(log: Path, new: str, encoding: str = "utf-8") -> None:
    log.write_bytes((new + log.read_text(encoding)).encode(encoding))


def test_new_records_at_the_top_come_oldest_first(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    log.write_text(text(2, 1))
    reader = reader_of(log)
    assert reader.look() == [line(1), line(2)]
    on_top(log, text(4, 3))
    assert reader.look() == [line(3), line(4)]
    assert reader.look() == []


def test_a_repeated_record_counts_again(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    log.write_text(text(1, 1))
    reader = reader_of(log)
    reader.look()
    on_top(log, text(1, 1))
    assert reader.look() == [line(1), line(1)]


def test_the_daily_file_is_begun_anew_and_the_old_one_finished(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    log.write_text(text(2, 1))
    reader = reader_of(log)
    reader.look()
    on_top(log, text(3))
    log.rename(tmp_path / "yesterday.txt")
    log.write_text(text(5, 4))
    reader.look()
    reader.look()
    assert reader.lines == [line(number) for number in range(1, 6)]


def test_a_file_whose_old_end_is_cut_off_is_still_recognised(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    log.write_text(text(*range(100, 0, -1)))
    reader = reader_of(log)
    reader.look()
    log.write_text(text(*range(103, 30, -1)))
    assert reader.look() == [line(101), line(102), line(103)]


def test_a_half_written_file_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    log.write_text(text(*range(100, 0, -1)))
    reader = reader_of(log)
    reader.look()
    log.write_text(text(102, 101)[:50])
    assert reader.look() == []
    log.write_text(text(*range(102, 0, -1)))
    assert reader.look() == [line(101), line(102)]


def test_blocks_keep_their_own_order_and_the_head_of_the_file_is_no_record(tmp_path: Path) -> None:
    log = tmp_path / "today.txt"
    blocks = "Source: B\r\nText:\r\ntwo\r\nSource: A\r\nText: one\r\n"
    log.write_bytes(("List of events\r\n" + blocks).encode("utf-16"))
    reader = reader_of(log, encoding="utf-16", begin=BLOCK_BEGIN)
    assert reader.look() == ["Source: A", "Text: one", "Source: B", "Text:", "two"]


@pytest.mark.parametrize("seed", range(3))
def test_a_large_file_comes_in_parts_and_a_kill_between_them_changes_nothing(
    tmp_path: Path, seed: int
) -> None:
    # given a file of several chunks, to which the device adds while we read
    chance = random.Random(seed)
    log = tmp_path / "today.txt"
    newest = 20_000
    log.write_text(text(*range(newest, 0, -1)))
    saved: str | None = None
    lines: list[str] = []
    # when each look is made by a new process, and some die before they have saved
    for _ in range(60):
        look = TopFollower(log, "utf-8", None).read_new(saved)
        if chance.random() < 0.3:
            continue
        lines += look.lines
        saved = look.position or saved
        if chance.random() < 0.3 and newest < 20_005:
            newest += 1
            on_top(log, text(newest))
    # then
    assert lines == [line(number) for number in range(1, newest + 1)]
