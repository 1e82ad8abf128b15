"""A file that grows at its end: every line once, whatever is done to the file."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.logfile.follow import EndFollower
from collectors.logfile.rotation import LogFiles, LogPart
from tests.collectors.logfile.cast import BLOCK_BEGIN, Reader, line, text


def test_a_growing_file_gives_each_line_once(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    assert reader.look() == [line(1), line(2)]
    with log.open("a") as file:
        file.write(text(3))
    assert reader.look() == [line(3)]
    assert reader.look() == []


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1) + "2026-03-01 00:0")
    reader = Reader(log)
    assert reader.look() == [line(1)]
    assert reader.look() == []
    with log.open("a") as file:
        file.write("0:02 shot 2\r\n")
    assert reader.look() == [line(2)]


def test_a_renamed_file_is_finished_before_the_new_one_is_begun(tmp_path: Path) -> None:
    # given
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    reader.look()
    # when it grows, is renamed, and the new file is already longer
    with log.open("a") as file:
        file.write(text(3) + "2026-03-01 00:00:04 shot 4")
    log.rename(tmp_path / "shots.log.1")
    log.write_text(text(5, 6, 7, 8, 9))
    reader.look()
    reader.look()
    # then
    assert reader.lines == [line(number) for number in range(1, 10)]


def test_a_process_that_slept_through_three_rotations_misses_nothing(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1))
    reader = Reader(log)
    reader.look()
    for number in (2, 4, 6):
        with log.open("a") as file:
            file.write(text(number, number + 1))
        for part in (2, 1):
            if (tmp_path / f"shots.log.{part}").exists():
                (tmp_path / f"shots.log.{part}").rename(tmp_path / f"shots.log.{part + 1}")
        log.rename(tmp_path / "shots.log.1")
        time.sleep(0.02)
    log.write_text(text(8))

    restarted = Reader(log)
    restarted.saved = reader.saved
    for _ in range(5):
        restarted.look()

    assert restarted.lines == [line(number) for number in range(2, 9)]


def test_a_truncated_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2, 3))
    reader = Reader(log)
    reader.look()
    log.write_text(text(4))
    assert reader.look() == [line(4)]


def test_a_truncated_file_that_has_outgrown_its_old_size_is_noticed(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    reader.look()
    log.write_text(text(3, 4, 5, 6))
    assert reader.look() == [line(number) for number in (3, 4, 5, 6)]


def test_what_was_written_before_a_copytruncate_is_read_from_the_copy(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    reader.look()
    with log.open("a") as file:
        file.write(text(3, 4))
    shutil.copy(log, tmp_path / "shots.log.1")
    os.truncate(log, 0)
    with log.open("a") as file:
        file.write(text(5))
    reader.look()
    reader.look()
    assert reader.lines == [line(number) for number in range(1, 6)]


def test_a_copytruncate_between_two_looks_at_the_folder_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given lines that nobody has read yet
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    reader.look()
    with log.open("a") as file:
        file.write(text(3, 4))
    # when they are copied away after the folder was listed, before the file is opened
    others = LogFiles.others

    def others_then_rotation(files: LogFiles) -> list[LogPart]:
        listed = others(files)
        if log.stat().st_size:
            copy_and_truncate(log, 1)
        return listed

    monkeypatch.setattr(LogFiles, "others", others_then_rotation)
    reader.look()
    reader.look()
    # then
    assert reader.lines == [line(number) for number in range(1, 5)]
    assert reader.gaps == []


def test_a_copy_that_replaces_the_file_is_not_read_again(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_text(text(1, 2))
    reader = Reader(log)
    reader.look()
    (tmp_path / "fresh").write_text(text(1, 2, 3))
    (tmp_path / "fresh").replace(log)
    assert reader.look() == [line(3)]


def test_a_file_that_is_absent_is_an_error_until_it_comes(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    reader = Reader(log)
    with pytest.raises(FileNotFoundError):
        reader.look()
    log.write_text(text(1))
    assert reader.look() == [line(1)]
    log.unlink()
    with pytest.raises(FileNotFoundError):
        reader.look()
    log.write_text(text(2))
    assert reader.look() == [line(2)]


def test_the_last_record_of_many_lines_is_held_until_it_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "blocks.log"
    log.write_text("Source: A\nText: one\n")
    reader = Reader(log, EndFollower(log, "utf-8", BLOCK_BEGIN))
    assert reader.look() == []
    with log.open("a") as file:
        file.write("more of one\nSource: B\nText: two\n")
    assert reader.look() == ["Source: A", "Text: one", "more of one"]
    # the file has stood still since the last look
    assert reader.look() == ["Source: B", "Text: two"]


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-8", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("cp1256", "cp1256"),
    ],
)
def test_any_encoding_is_cut_at_its_own_line_ends(
    tmp_path: Path, encoding: str, written: str
) -> None:
    # U+0A0D and U+0D0A hold the bytes of a line end, but are none.
    words = ["one", "two ਊ" if "16" in written else "two", "three"]
    log = tmp_path / "shots.log"
    log.write_bytes("".join(word + "\r\n" for word in words).encode(written))
    assert Reader(log, EndFollower(log, encoding, None)).look() == words


def test_bytes_that_are_no_text_spoil_only_themselves(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    log.write_bytes(b"\0\0\0\0one\nt\xffw\0o\nthree\n")
    assert Reader(log).look() == ["one", "t\ufffdwo", "three"]


def test_a_line_without_end_is_cut_and_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "shots.log"
    with log.open("w") as file:
        file.write("first\n" + "x" * 3_000_000 + "\nlast\n")
    reader = Reader(log)
    reader.look()
    assert [len(found) for found in reader.lines] == [5, 65536, 4]


def rename(log: Path, number: int) -> None:
    log.rename(log.with_name(f"shots.log.{number}"))


def copy_and_truncate(log: Path, number: int) -> None:
    shutil.copy(log, log.with_name(f"shots.log.{number}"))
    os.truncate(log, 0)


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate])
def test_a_log_rotated_under_a_busy_writer_gives_every_line_once(
    tmp_path: Path, rotate: Callable[[Path, int], None]
) -> None:
    # given
    log = tmp_path / "shots.log"
    log.touch()
    reader = Reader(log)

    def write() -> None:
        # The writer pauses between copy and truncation: copytruncate itself loses what comes there.
        for number in range(1500):
            with log.open("a") as file:
                file.write(text(number)[:9])
                file.flush()
                file.write(text(number)[9:])
            if number % 500 == 499:
                rotate(log, number)
                log.touch()
            if number % 50 == 49:
                time.sleep(0.01)

    # when
    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        if log.exists():
            reader.look()
        time.sleep(0.003)
    for _ in range(8):
        reader.look()

    # then
    assert reader.lines == [line(number) for number in range(1500)]
