"""A log is found whatever leads to it: links, names of months, the case of letters, a beginning that was cut off."""

import os
from pathlib import Path

import pytest

from collectors.logfile.follow import EndFollower
from collectors.logfile.reverse_follow import TopFollower
from tests.collectors.logfile.cast import Reader, line, text


def lines(first: int, last: int) -> list[str]:
    return [line(number) for number in range(first, last + 1)]


def add(path: Path, *numbers: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text(*numbers))


@pytest.mark.parametrize("folder", [".", "archive"])
def test_a_link_that_leads_to_the_next_file_loses_no_line_of_the_last(
    tmp_path: Path, folder: str
) -> None:
    current = tmp_path / "current.log"
    add(tmp_path / folder / "scan_20261127.log", 1, 2)
    current.symlink_to(f"{folder}/scan_20261127.log")
    reader = Reader(current)
    reader.look()
    add(tmp_path / folder / "scan_20261127.log", 3)
    add(tmp_path / folder / "scan_20261128.log", 4)
    current.unlink()
    current.symlink_to(f"{folder}/scan_20261128.log")
    reader = reader.restarted(current)
    reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 4), [])


def test_a_folder_that_is_a_link_is_changed_at_midnight(tmp_path: Path) -> None:
    today = tmp_path / "today"
    add(tmp_path / "27" / "a.log", 1, 2)
    today.symlink_to("27")
    reader = Reader(today / "a.log")
    reader.look()
    add(tmp_path / "27" / "a.log", 3)
    add(tmp_path / "28" / "a.log", 4)
    today.unlink()
    today.symlink_to("28")
    reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 4), [])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("scan_%d%b%Y.log", ("scan_27Nov2026.log", "scan_28Nov2026.log")),
        ("scan_%A.log", ("scan_Freitag.log", "scan_Samstag.log")),
        ("%Y-W%V_%u.log", ("2026-W48_5.log", "2026-W48_6.log")),
        ("scan_%Y%m%d.log", ("SCAN_20261127.LOG", "Scan_20261128.Log")),
    ],
)
def test_a_path_may_name_months_days_and_weeks_in_any_case(
    tmp_path: Path, pattern: str, names: tuple[str, str]
) -> None:
    reader = Reader(tmp_path / pattern)
    add(tmp_path / names[0], 1, 2)
    reader.look()
    add(tmp_path / names[1], 3)
    reader.look()
    assert reader.lines == lines(1, 3)


def test_the_case_of_letters_is_that_of_the_disk(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "Scan.LOG")
    add(tmp_path / "scan.log", 1)
    reader.look()
    (tmp_path / "scan.log").rename(tmp_path / "scan.log.1")
    add(tmp_path / "scan.log", 2)
    reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 2), [])
    newest_first = TopFollower(tmp_path / "SCAN.log", "utf-8", None)
    assert newest_first.read_new(None).lines == lines(2, 2)


def test_two_files_that_differ_in_case_are_two(tmp_path: Path) -> None:
    add(tmp_path / "scan.log", 1)
    add(tmp_path / "SCAN.log", 2)
    assert Reader(tmp_path / "SCAN.log").look() == lines(2, 2)
    with pytest.raises(FileNotFoundError):
        EndFollower(tmp_path / "Scan.log", "utf-8", None).read_new(None)


@pytest.mark.parametrize("added", [1, 40])
def test_a_device_that_cuts_the_beginning_off_makes_no_record_twice(
    tmp_path: Path, added: int
) -> None:
    log = tmp_path / "a.log"
    add(log, *range(1, 51))
    reader = Reader(log)
    reader.look()
    log.write_text(text(*range(31, 51 + added)))
    reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 50 + added), [])


def test_parts_of_a_day_that_are_counted_upwards_leave_nothing_missing(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "log_%Y-%m-%d*.txt")
    names = ("2026-11-28", "2026-11-28.1", "2026-11-28.2", "2026-11-29")
    for number, name in enumerate(names, 1):
        add(tmp_path / f"log_{name}.txt", number)
        reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 4), [])


def test_the_date_in_the_name_goes_before_the_time_of_change(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "scan_%d%m%Y.log")
    for number, (name, changed) in enumerate(
        (("30112026", 3_000), ("01122026", 2_000), ("02122026", 1_000)), 1
    ):
        add(tmp_path / f"scan_{name}.log", number)
        os.utime(tmp_path / f"scan_{name}.log", (changed, changed))
        reader.look()
    os.utime(tmp_path / "scan_30112026.log", (9_000, 9_000))
    reader.look()
    add(tmp_path / "scan_02122026.log", 4)
    reader.look()
    assert (reader.lines, reader.gaps) == (lines(1, 4), [])
