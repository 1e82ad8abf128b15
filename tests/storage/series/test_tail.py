"""What is not sealed yet, and what followers of the journal see, while rows grow few and small."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.series import SeriesReader, SeriesWriter
from storage.series.journal import ROWS

T0 = 20_000 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "series.db"


@pytest.fixture
def writer(path: Path) -> Iterator[SeriesWriter]:
    writer = SeriesWriter(path)
    yield writer
    writer.close()


def helium(value: float, at: int) -> Reading:
    return Reading("mri-2", "helium_level_pct", value, at)


def seal(writer: SeriesWriter) -> None:
    while writer.seal(everything=True):
        pass


def asked(path: Path, sql: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute(sql).fetchone()[0])


def test_a_thousand_little_commits_become_few_rows_before_they_are_sealed(
    writer: SeriesWriter, path: Path
) -> None:
    for n in range(1000):
        writer.append([Batch([helium(n, T0 + n * SECOND)])])
        writer.seal()
    assert asked(path, "select count(*) from blocks") == 0
    assert asked(path, "select count(*) from journal") < 2 * ROWS
    reader = SeriesReader(path)
    assert reader.latest() == [helium(999, T0 + 999 * SECOND)]
    curve = reader.range("mri-2", "helium_level_pct", "", T0, T0 + HOUR, 1000)
    assert [point.mean for point in curve.points] == list(range(1000))


def test_a_cursor_inside_gathered_and_packed_commits_neither_repeats_nor_skips(
    writer: SeriesWriter, path: Path
) -> None:
    reader, cursors = SeriesReader(path), list[int]()
    for n in range(40):
        arc = [Event("ct-2", "tube_arc", str(n), T0)] if n % 3 == 0 else []
        writer.append([Batch([helium(n, T0 + n)] * (n % 4), arc)])
        cursors.append(reader.newest_cursor())
    before = [reader.since(cursor) for cursor in cursors]
    seal(writer)
    assert asked(path, "select count(*) from journal") == 1
    assert [reader.since(cursor) for cursor in cursors] == before
    assert reader.newest_cursor() == cursors[-1]


def test_the_journal_is_kept_by_when_it_came_and_numbers_are_never_given_twice(
    writer: SeriesWriter, path: Path
) -> None:
    reader, now = SeriesReader(path), T0
    keep = Retention.model_validate({"journal": "2d"})
    for n in range(4):  # an archive, years old, a part of it every day
        writer.append([Batch([helium(n, T0 - 1000 * DAY + n)])])
        seal(writer)
        while writer.forget(keep, now):
            pass
        now += DAY
    assert [reading.value for reading in reader.since(0).readings] == [2, 3]
    cursor = reader.newest_cursor()
    while writer.forget(keep, now + 30 * DAY):
        pass
    assert reader.newest_cursor() == cursor
    writer.append([Batch([helium(9, T0)])])
    assert [reading.value for reading in reader.since(cursor).readings] == [9]


def test_an_unsealed_journal_is_never_dropped(writer: SeriesWriter, path: Path) -> None:
    writer.append([Batch([helium(1, T0)])])
    writer.append([Batch([helium(2, T0 + 1)])])
    keep = Retention.model_validate({"journal": "1h"})
    for day in range(5):
        writer.forget(keep, T0 + day * DAY)
    assert len(SeriesReader(path).since(0).readings) == 2


def test_a_reading_for_a_forgotten_day_counts_only_if_its_minute_was_empty(
    writer: SeriesWriter, path: Path
) -> None:
    writer.append([Batch([helium(80, T0), helium(81, T0 + 2 * MINUTE)])])
    seal(writer)
    while writer.forget(Retention.model_validate({"raw": "1d"}), T0 + 9 * DAY):
        pass
    writer.append([Batch([helium(80, T0), helium(70, T0 + MINUTE)])])
    for _ in range(2):
        curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + HOUR, 60)
        assert [(point.mean, point.readings) for point in curve.points] == [
            (80, 1),
            (70, 1),
            (81, 1),
        ]
        seal(writer)


def test_a_day_that_is_not_sealed_yet_is_not_forgotten(writer: SeriesWriter, path: Path) -> None:
    keep = Retention.model_validate({"raw": "1d", "minutes": "1d", "hours": "1d"})
    for n in range(3):
        writer.append([Batch([helium(n, T0 + n)])])
        while writer.forget(keep, T0 + 9 * DAY):
            pass
        if n == 0:
            seal(writer)
    seal(writer)
    curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + DAY, 1)
    assert sum(point.readings for point in curve.points) == 3


def test_a_spike_of_one_reading_is_seen_on_a_chart_of_a_year(
    writer: SeriesWriter, path: Path
) -> None:
    for day in range(365):
        start = T0 + day * DAY
        readings = [helium(80, at) for at in range(start, start + DAY, 10 * MINUTE)]
        writer.append([Batch(readings)])
    writer.append([Batch([helium(3, T0 + 200 * DAY + 1)])])
    seal(writer)
    curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + 365 * DAY, 1000)
    assert curve.level == "hours"
    assert 500 <= len(curve.points) <= 1001
    assert [point.low for point in curve.points if point.low < 80] == [3]


def test_a_disk_that_is_full_while_sealing_harms_nothing_and_sealing_goes_on_later(
    writer: SeriesWriter, path: Path
) -> None:
    chance = random.Random(7)  # numbers that do not compress
    readings = [helium(chance.random(), T0 + n * SECOND) for n in range(30_000)]
    writer.append([Batch(readings)])
    pages = writer._db.execute("pragma page_count").fetchone()[0]
    writer._db.execute(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="full") as full:
        seal(writer)
    assert not full.value.permanent
    reader = SeriesReader(path)
    assert reader.readings("mri-2", "helium_level_pct", 0, 100_000) == readings
    writer._db.execute("pragma max_page_count = 1000000")
    seal(writer)
    assert reader.readings("mri-2", "helium_level_pct", 0, 100_000) == readings
    assert asked(path, "select sum(count) from days") == len(readings)
