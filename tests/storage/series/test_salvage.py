"""A damaged page costs what lies on it: the rest is copied to a new file, and what is lost is named."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.time.clock import DAY, HOUR, MINUTE
from storage.series import SeriesReader, SeriesWriter, open_or_quarantine
from storage.series.salvage import salvage

T0 = 1_760_000_400_000 // DAY * DAY
NOW = T0 + 60 * DAY
DAYS = 20
PAGE = 4096


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copy(whole, tmp_path / "series.db"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty days of two series with noisy readings, compacted, and a tail; closed."""
    chance = random.Random(7)
    path = tmp_path_factory.mktemp("whole") / "series.db"
    writer = SeriesWriter(path)
    for day in range(DAYS):
        readings = [
            Reading(device, "helium_level_pct", chance.random(), T0 + day * DAY + minute * MINUTE)
            for device in ("mri-1", "mri-2")
            for minute in range(0, 1440, 2)
        ]
        events = [Event("mri-1", "note", f"day {day}", T0 + day * DAY)]
        writer.append([Batch(readings, events, {"log": str(day)})])
        while writer.compact(everything=True):
            pass
    writer.append([Batch([Reading("mri-1", "helium_level_pct", 80.0, T0 + DAYS * DAY)])])
    writer.close()
    return path


def flip(path: Path, table: str, row: int, offset: int = 100, count: int = 400) -> None:
    """Bytes flipped in the middle of the page on which a row of a table lies, or its overflow."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = delete")
        try:
            pages = db.execute(
                "select pageno from dbstat where name = ? and pagetype = 'leaf' order by pageno",
                (table,),
            ).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat")
    start = (pages[row % len(pages)][0] - 1) * PAGE
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * (offset + count))


def days_read(path: Path, device: str) -> set[int]:
    curve = SeriesReader(path).range(device, "helium_level_pct", "", T0, T0 + DAYS * DAY, 100_000)
    return {(point.at - T0) // DAY for point in curve.points}


def test_a_whole_file_is_copied_whole(path: Path, tmp_path: Path) -> None:
    done = salvage(path, tmp_path / "new.db")
    assert done.lost == []
    old, new = SeriesReader(path), SeriesReader(tmp_path / "new.db")
    assert new.latest() == old.latest()
    assert new.since(0, 10**9) == old.since(0, 10**9)
    assert new.events("mri-1", 0, NOW) == old.events("mri-1", 0, NOW)
    assert days_read(tmp_path / "new.db", "mri-1") == set(range(DAYS))
    writer = SeriesWriter(tmp_path / "new.db")
    assert writer.position("log") == str(DAYS - 1)
    writer.append([Batch([Reading("mri-2", "helium_level_pct", 7.0, NOW)])])
    while writer.compact(everything=True):
        pass
    writer.close()


@pytest.mark.parametrize("row", [0, 3])
@pytest.mark.parametrize("table", ["blocks", "journal", "events", "days", "latest"])
def test_a_damaged_page_costs_that_page_and_the_collector_goes_on_with_the_rest(
    path: Path, table: str, row: int, caplog: pytest.LogCaptureFixture
) -> None:
    flip(path, table, row)
    writer, aside = open_or_quarantine(path, NOW)
    assert aside is not None
    writer.append([Batch([Reading("mri-2", "helium_level_pct", 7.0, NOW)])])
    while writer.compact(everything=True):
        pass
    writer.close()
    left = days_read(path, "mri-1") | days_read(path, "mri-2")
    assert len(left) >= DAYS - 5
    newest = {reading.device: reading.value for reading in SeriesReader(path).latest()}
    assert newest["mri-2"] == 7.0
    assert "mri-1" in newest
    if table == "blocks":
        assert "lost: blocks: mri-" in caplog.text


def test_a_file_of_which_nothing_can_be_read_says_so(path: Path, tmp_path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * PAGE)
    with pytest.raises(StoreError, match="not a database"):
        salvage(path, tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_an_empty_file_and_none_and_a_target_that_is_there_are_refused(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").write_bytes(b"")
    for source, target, why in (
        ("empty.db", "new.db", "nothing in it"),
        ("none.db", "new.db", "no such file"),
        ("series.db", "empty.db", "there already"),
    ):
        with pytest.raises(StoreError, match=why):
            salvage(tmp_path / source, tmp_path / target)


def test_pages_show_the_rest_of_a_series_whose_block_is_damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "update blocks set body = cast(substr(body, 1, 16) || 'no' as blob)"
            " where day = ? and series = 1",
            (T0 // DAY + 3,),
        )
        db.commit()
    assert days_read(path, "mri-1") == set(range(DAYS)) - {3}
    assert days_read(path, "mri-2") == set(range(DAYS))
    readings = SeriesReader(path).readings("mri-1", "helium_level_pct", T0, 10**6)
    assert len(readings) == (DAYS - 1) * 720 + 1
    hours = SeriesReader(path).range("mri-1", "helium_level_pct", "", T0, T0 + DAYS * DAY, 400)
    assert len({point.at // HOUR for point in hours.points}) > 200
