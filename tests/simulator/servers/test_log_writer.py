"""A log file grows, is rotated by renaming, and a newest-first file is never seen half written."""

from datetime import date
from pathlib import Path

from simulator.servers.log_writer import LogWriter

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def writer(path: Path, *, newest_first: bool = False, largest: int = 1000) -> LogWriter:
    return LogWriter(path, newest_first=newest_first, encoding="utf-8", largest=largest)


def test_lines_are_appended(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.log"
    log = writer(path)
    log.write("one\n", MONDAY)
    log.write("two\n", MONDAY)
    assert path.read_text() == "one\ntwo\n"


def test_newest_first_puts_new_records_on_top_and_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    log = writer(path, newest_first=True)
    log.write("one\n", MONDAY)
    inode = path.stat().st_ino
    log.write("two\n", MONDAY)
    assert path.read_text() == "two\none\n"
    assert path.stat().st_ino != inode
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_new_day_renames_the_file_and_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = writer(path)
    log.write("one\n", MONDAY)
    inode = path.stat().st_ino
    log.write("two\n", TUESDAY)
    rotated = tmp_path / "a_20261102_1.log"
    assert path.read_text() == "two\n"
    assert rotated.read_text() == "one\n"
    assert rotated.stat().st_ino == inode


def test_a_file_that_grew_too_large_is_rotated_and_nothing_is_lost(tmp_path: Path) -> None:
    log = writer(tmp_path / "a.log", largest=10)
    for number in range(6):
        log.write(f"line {number}\n", MONDAY)
    text = "".join(path.read_text() for path in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 3
    assert all(f"line {number}\n" in text for number in range(6))


def test_a_writer_that_starts_again_goes_on_in_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer(path).write("one\n", MONDAY)
    writer(path).write("two\n", MONDAY)
    assert path.read_text() == "one\ntwo\n"
