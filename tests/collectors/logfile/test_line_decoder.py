"""Where a line ends, and in which letters it is written."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logfile.follow import EndFollower
from collectors.logfile.line_decoder import Encoding
from tests.collectors.logfile.cast import Reader

HALF = b"2026-11-28 11:59:59;ERR"
WHOLE = b"2026-11-28 12:00:00;ERROR;W-1;x"


def decoded(data: bytes, encoding: str = "utf-8", *, whole: bool = False) -> list[str]:
    codec = Encoding.of(encoding, data[:64])
    body = data[codec.mark :]
    return [codec.decoded(body[s.start : s.stop]) for s in codec.lines(body, whole=whole)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_records_are_parted_by_any_end(end: bytes) -> None:
    assert decoded(end.join([b"a", b"b", b"c", b"d"]), whole=True) == ["a", "b", "c", "d"]


def test_what_a_loss_of_power_left_is_a_line_of_its_own() -> None:
    data = b"first\n" + HALF + b"\0" * 3000 + WHOLE + b"\nnext\n"
    assert decoded(data) == ["first", HALF.decode(), WHOLE.decode(), "next"]


def test_room_made_in_advance_is_no_end(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\ntw" + b"\0" * 4096)
    reader = Reader(log)
    assert reader.look() == ["one"]
    with log.open("r+b") as file:
        file.seek(4)
        file.write(b"two\nthree\n")
    assert reader.look() == ["two", "three"]


def test_a_large_hole_is_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\n" + b"\0" * 600_000 + b"two\n")
    assert Reader(log).look() == ["one", "two"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_half_of_a_line_end_is_an_end_and_the_other_half_no_line(
    tmp_path: Path, codec: str
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes("one\r".encode(codec))
    reader = Reader(log, EndFollower(log, codec, None))
    assert reader.look() == ["one"]
    with log.open("ab") as file:
        file.write("\ntwo\r\n".encode(codec))
    assert reader.look() == ["two"]


def test_lines_that_end_with_cr_alone_are_read_to_the_last(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\rtwo\rthree\rfour\r")
    assert Reader(log).look() == ["one", "two", "three", "four"]


def test_words_without_an_end_that_were_written_long_ago_are_read_at_the_second_look(
    tmp_path: Path,
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"N-1;a\nN-2;last words")
    os.utime(log, (1_767_225_600, 1_767_225_600))
    reader = Reader(log)
    assert reader.look() == ["N-1;a"]
    assert reader.look() == ["N-2;last words"]


def test_a_file_in_ascii_is_read_whatever_wide_encoding_its_source_names(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"2026-11-28 12:00:00;one\n")
    for name in ("utf-16", "utf-16-le", "utf-32"):
        assert Reader(log, EndFollower(log, name, None)).look() == ["2026-11-28 12:00:00;one"]


def test_the_last_words_are_read_once_the_file_has_stood_still_for_a_minute(tmp_path: Path) -> None:
    log, now = tmp_path / "a.log", [100.0]
    log.write_bytes(b"N-1;a\nN-2;last words")
    reader = Reader(log, EndFollower(log, "utf-8", None, monotonic=lambda: now[0]))
    assert reader.look() == ["N-1;a"]
    now[0] += 50
    assert reader.look() == []
    now[0] += 11
    assert reader.look() == ["N-2;last words"]
    assert reader.look() == []
    with log.open("ab") as file:
        file.write(b"\nN-3;b\n")
    assert [text for text in reader.look() if text] == ["N-3;b"]


@pytest.mark.parametrize(
    ("data", "setting"),
    [
        ("\ufeffدستگاه\nfailed\n".encode("utf-16-le"), "utf-8"),
        ("\ufeffدستگاه\nfailed\n".encode("utf-16-be"), "cp1252"),
        ("\ufeffدستگاه\nfailed\n".encode("utf-32-le"), "utf-16"),
        ("دستگاه\nfailed\n".encode("utf-8-sig"), "cp1252"),
        ("دستگاه\nfailed\n".encode("utf-16-le"), "utf-16"),
    ],
)
def test_a_mark_wins_over_the_setting(data: bytes, setting: str) -> None:
    assert decoded(data, setting) == ["دستگاه", "failed"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_seen_without_a_mark(codec: str) -> None:
    assert decoded("2026-11-28 12:00 ناله\nb\n".encode(codec)) == ["2026-11-28 12:00 ناله", "b"]


def test_a_mark_between_two_files_that_were_put_together_is_no_letter() -> None:
    assert decoded("a\n\ufeffb\n".encode()) == ["a", "b"]


@given(
    st.lists(
        st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"\0", b"\0\0\0", b"\xff", b"xyz"]),
        max_size=30,
    ),
    st.booleans(),
)
def test_no_letter_is_in_two_lines_and_none_is_lost(pieces: list[bytes], whole: bool) -> None:
    data = b"".join(pieces)
    spans = Encoding("latin-1").lines(data, whole=whole)
    assert all(0 <= span.start <= span.stop <= span.end <= len(data) for span in spans)
    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))
    if whole:
        kept = b"".join(data[span.start : span.stop] for span in spans)
        assert kept.replace(b"\0", b"") == data.translate(None, b"\r\n\0")
