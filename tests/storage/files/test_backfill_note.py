"""The note that a site's past is being written: while it is there nobody takes a part for the whole."""

from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.clock import DAY, MINUTE, SECOND
from storage.files.backfill_note import (
    FILE,
    BackfillNote,
    backfill_note,
    remove_backfill_note,
    write_backfill_note,
)

END = 1_760_000_400_000


def test_it_comes_back_as_it_was_written_and_is_gone_when_the_past_is_whole(tmp_path: Path) -> None:
    assert backfill_note(tmp_path) is None
    note = BackfillNote(start=END - 10 * DAY, end=END, reached=END - 4 * DAY, at=END)
    write_backfill_note(tmp_path, note)
    assert backfill_note(tmp_path) == note
    assert note.share == pytest.approx(0.6)
    remove_backfill_note(tmp_path)
    remove_backfill_note(tmp_path)
    assert backfill_note(tmp_path) is None
    assert backfill_note(tmp_path / "not there") is None


@pytest.mark.parametrize("text", ["", "{", '{"start": 1, "end": "x"}', '{"begin": 1}', "\0\0"])
def test_one_that_cannot_be_read_says_that_something_is_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    note = backfill_note(tmp_path)
    assert note is not None
    assert note.share == 0.0
    assert note.is_left(END)


@pytest.mark.parametrize(
    ("reached", "share"),
    [(END - 20 * DAY, 0.0), (END - 10 * DAY, 0.0), (END, 1.0), (END + DAY, 1.0)],
)
def test_its_share_is_never_below_nothing_nor_above_all(reached: int, share: float) -> None:
    assert BackfillNote(start=END - 10 * DAY, end=END, reached=reached).share == share
    assert BackfillNote(start=END, end=END, reached=reached).share == 0.0


@pytest.mark.parametrize(
    ("age", "is_left"), [(0, False), (30 * SECOND, False), (2 * MINUTE, True), (-DAY, True)]
)
def test_one_that_nobody_renews_was_left(age: int, is_left: bool) -> None:
    assert BackfillNote(at=END).is_left(END + age) is is_left


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="it cannot be noted that the past is being written"):
        write_backfill_note(tmp_path / "file", BackfillNote())
