"""A log is a set of files: what is on the disk is read once, in order; what is not is said."""

import os
import random
import threading
import time
from pathlib import Path

from collectors.logfile.follow import EndFollower
from tests.collectors.logfile.cast import Reader, line, text


def lines(first: int, last: int) -> list[str]:
    return [line(number) for number in range(first, last + 1)]


def write(path: Path, first: int, last: int, *, day: int = 1) -> None:
    """Lines, last changed at noon of that day of January 2026."""
    path.write_text(text(*range(first, last + 1)))
    noon = 1_767_225_600 + (day - 1) * 86_400 + 43_200
    os.utime(path, (noon, noon))


def test_two_rotations_while_nobody_looked_leave_nothing_out_that_is_still_on_the_disk(
    tmp_path: Path,
) -> None:
    log = tmp_path / "a.log"
    write(log, 1, 10, day=1)
    reader = Reader(log)
    reader.look()
    log.unlink()
    write(tmp_path / "a.log.1", 11, 20, day=2)
    write(log, 21, 30, day=3)
    reader.look()
    assert reader.lines == lines(1, 30)
    assert len(reader.gaps) == 1  # whatever came into the first file after line 10
    reader.look()
    assert len(reader.gaps) == 1


def test_a_file_that_is_still_there_is_no_gap(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1, 10, day=1)
    reader = Reader(log)
    reader.look()
    log.rename(tmp_path / "a.log.2")
    write(tmp_path / "a.log.1", 11, 20, day=2)
    write(log, 21, 30, day=3)
    reader.look()
    assert reader.lines == lines(1, 30)
    assert reader.gaps == []


def test_a_number_that_is_missing_between_two_parts_is_said(tmp_path: Path) -> None:
    log, now = tmp_path / "a.log", [100.0]
    write(log, 1, 10, day=1)
    reader = Reader(log, EndFollower(log, "utf-8", None, monotonic=lambda: now[0]))
    reader.look()
    log.rename(tmp_path / "a.log.3")
    write(tmp_path / "a.log.1", 31, 40, day=3)
    write(log, 41, 50, day=4)
    reader.look()
    assert reader.gaps == []  # perhaps it is being renamed just now
    now[0] += 6
    reader.look()
    assert reader.lines == lines(1, 10) + lines(31, 50)
    assert reader.gaps == ["a part of the log is missing: number 2"]


def test_a_packed_part_is_named(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1, 10, day=1)
    reader = Reader(log)
    reader.look()
    log.unlink()
    (tmp_path / "a.log.1.gz").write_bytes(b"\x1f\x8b")
    write(log, 21, 30, day=3)
    reader.look()
    assert reader.lines == lines(1, 10) + lines(21, 30)
    assert reader.gaps == ["a part of the log is packed and was not read: a.log.1.gz"]


def test_the_number_may_stand_before_the_ending_and_other_logs_are_let_alone(
    tmp_path: Path,
) -> None:
    log = tmp_path / "scan.log"
    write(log, 1, 10, day=1)
    reader = Reader(log)
    reader.look()
    log.rename(tmp_path / "scan.2.log")
    write(tmp_path / "scan.1.log", 11, 20, day=2)
    write(tmp_path / "scanner.log", 500, 510, day=2)
    write(tmp_path / "scan.log.lock", 500, 510, day=2)
    write(log, 21, 30, day=3)
    reader.look()
    assert reader.lines == lines(1, 30)


def test_a_truncated_file_is_begun_anew_and_that_is_said_once(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1, 10)
    reader = Reader(log)
    reader.look()
    os.truncate(log, 0)
    reader.look()
    reader.look()
    with log.open("a") as file:
        file.write(text(11))
    reader.look()
    assert reader.lines == lines(1, 11)
    assert len(reader.gaps) == 1


def test_a_new_file_each_day_is_found_by_the_date_in_its_name(tmp_path: Path) -> None:
    for pattern in ("scan_%Y%m%d.log", "scan_*.log", "scan_2026112?.log"):
        folder = tmp_path / pattern.translate({ord(sign): None for sign in "%*?"})
        folder.mkdir()
        write(folder / "scan_20261127.log", 1, 10, day=1)
        write(folder / "scan_20261128.log", 11, 20, day=2)
        write(folder / "other.log", 500, 510, day=2)
        reader = Reader(folder / pattern)
        reader.look()
        assert reader.lines == lines(1, 20)
        with (folder / "scan_20261128.log").open("a") as file:
            file.write(text(21))
        write(folder / "scan_20261129.log", 22, 30, day=400)
        reader.look()
        assert reader.lines == lines(1, 30)
        assert reader.gaps == []


def test_a_folder_for_each_day_is_found_too(tmp_path: Path) -> None:
    for day, first in ((27, 1), (28, 11)):
        (tmp_path / "2026" / f"11{day}").mkdir(parents=True)
        write(tmp_path / "2026" / f"11{day}" / "scan.log", first, first + 9, day=day)
    reader = Reader(tmp_path / "%Y" / "%m%d" / "scan.log")
    reader.look()
    assert reader.lines == lines(1, 20)


def test_a_reader_that_is_killed_at_any_moment_of_any_rotation_loses_no_line_and_repeats_none(
    tmp_path: Path,
) -> None:
    log, chance = tmp_path / "a.log", random.Random(5)
    log.touch()
    total, kept = 4000, 4

    def rotate() -> None:
        for number in range(kept, 0, -1):
            older = tmp_path / f"a.log.{number}"
            if older.exists():
                older.replace(tmp_path / f"a.log.{number + 1}")
        log.replace(tmp_path / "a.log.1")
        (tmp_path / f"a.log.{kept + 1}").unlink(missing_ok=True)

    def worked() -> None:
        for number in range(total):
            with log.open("a") as file:
                file.write(text(number))
            if number % 100 == 99:
                # Nothing is deleted that was not read yet: that would be the rotation's own loss.
                while len(reader.lines) < number - 200:
                    time.sleep(0.001)
                rotate()

    reader = Reader(log)
    reader.look()
    writer = threading.Thread(target=worked)
    writer.start()
    quiet = 0
    while writer.is_alive() or quiet < 10:
        quiet = 0 if writer.is_alive() else quiet + 1
        try:
            reader.look()
        except FileNotFoundError:
            continue
        if chance.random() < 0.2:
            reader = reader.restarted(log)
    assert reader.lines == lines(0, total - 1)
    assert reader.gaps == []
