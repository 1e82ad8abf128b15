"""The series store: what was appended is there, once, in order, and quick to draw."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.series import SeriesReader, SeriesWriter
from tests.support.examples import examples

T0 = 1_760_000_400_000  # a whole hour, 2025-10-09 09:00 UTC


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "series.db"


@pytest.fixture
def writer(path: Path) -> Iterator[SeriesWriter]:
    writer = SeriesWriter(path)
    yield writer
    writer.close()


def helium(value: float, at: int, component: str = "") -> Reading:
    return Reading("mri-2", "helium_level_pct", value, at, component)


def seal(writer: SeriesWriter) -> None:
    while writer.compact(everything=True):
        pass


def test_what_was_appended_is_latest(writer: SeriesWriter, path: Path) -> None:
    writer.append([Batch([helium(81.5, T0), helium(81.4, T0 + SECOND), helium(9, T0, "b")])])
    assert SeriesReader(path).latest() == [helium(81.4, T0 + SECOND), helium(9, T0, "b")]
    assert SeriesReader(path).latest("ct-1") == []


def test_the_same_moment_twice_is_one_reading(writer: SeriesWriter, path: Path) -> None:
    writer.append([Batch([helium(81.5, T0)])])
    writer.append([Batch([helium(99.0, T0)]), Batch([helium(81.5, T0)])])
    seal(writer)
    curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + HOUR, 100)
    assert [(point.mean, point.readings) for point in curve.points] == [(81.5, 1)]


def test_since_gives_the_order_of_storing_so_a_late_reading_is_not_missed(
    writer: SeriesWriter, path: Path
) -> None:
    reader = SeriesReader(path)
    writer.append([Batch([helium(80, T0 + HOUR)])])
    first = reader.since(0)
    late = Event("ct-2", "tube_arc", "arc", T0, "warning")
    writer.append([Batch([helium(81, T0)], [late])])
    second = reader.since(first.cursor)
    assert first.readings == [helium(80, T0 + HOUR)]
    assert (second.readings, second.events) == ([helium(81, T0)], [late])
    assert reader.since(second.cursor).cursor == second.cursor == reader.newest_cursor()


@examples(30)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12),
    st.integers(1, 7),
)
def test_paging_through_the_journal_shows_everything_once(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int]], limit: int
) -> None:
    path = tmp_path_factory.mktemp("paging") / "series.db"
    writer = SeriesWriter(path)
    readings: list[Reading] = []
    events: list[Event] = []
    for round_, (many, some) in enumerate(sizes):
        new = [helium(1, T0 + len(readings) + n) for n in range(many)]
        said = [Event("ct-2", "tube_arc", f"{round_}.{n}", T0) for n in range(some)]
        writer.append([Batch(new, said)])
        readings += new
        events += said
    writer.close()
    cursor, seen, heard = 0, list[Reading](), list[Event]()
    while (page := SeriesReader(path).since(cursor, limit)).cursor != cursor:
        seen += page.readings
        heard += page.events
        cursor = page.cursor
    assert (seen, heard) == (readings, events)


def test_a_batch_is_stored_whole_with_its_position_or_not_at_all(
    writer: SeriesWriter, path: Path
) -> None:
    broken = Batch([helium(1, T0), ("not", "a", "reading")])  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        writer.append([Batch([helium(2, T0 + 1)], positions={"log": "10"}), broken])
    assert writer.position("log") is None
    assert SeriesReader(path).latest() == []
    writer.append([Batch([helium(2, T0 + 1)], positions={"log": "10"})])
    assert writer.position("log") == "10"
    assert SeriesReader(path).latest() == [helium(2, T0 + 1)]


def test_ninety_days_are_drawn_from_roll_ups_and_keep_a_spike(
    writer: SeriesWriter, path: Path
) -> None:
    every = 2 * MINUTE
    moments = range(T0, T0 + 90 * DAY, every)
    writer.append([Batch([helium(80.0, at) for at in moments])])
    writer.append([Batch([helium(12.0, T0 + 40 * DAY + SECOND)])])
    seal(writer)
    curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + 90 * DAY, 500)
    assert curve.level == "hours"
    assert len(curve.points) <= 501
    assert min(point.low for point in curve.points) == 12.0
    assert sum(point.readings for point in curve.points) == len(moments) + 1


def test_a_curve_counts_readings_that_are_not_rolled_up_yet(
    writer: SeriesWriter, path: Path
) -> None:
    writer.append([Batch([helium(80.0, T0 + n * SECOND) for n in range(3000)])])
    seal(writer)
    writer.append([Batch([helium(60.0, T0 + 3000 * SECOND), helium(20.0, T0 + 1)])])
    curve = SeriesReader(path).range("mri-2", "helium_level_pct", "", T0, T0 + HOUR, 20)
    assert curve.level == "minutes"
    assert sum(point.readings for point in curve.points) == 3002
    assert curve.points[0].low == 20.0


@examples(25)
@given(
    st.lists(st.tuples(st.integers(0, 3 * HOUR), st.floats(-1e6, 1e6)), min_size=1, max_size=60),
    st.integers(1, 5),
)
def test_roll_ups_say_the_same_as_the_readings_however_they_came(
    tmp_path_factory: pytest.TempPathFactory, came: list[tuple[int, float]], rounds: int
) -> None:
    path = tmp_path_factory.mktemp("rolled") / "series.db"
    writer = SeriesWriter(path)
    kept: dict[int, float] = {}
    for n in range(0, len(came), rounds):
        writer.append([Batch([helium(value, T0 + at) for at, value in came[n : n + rounds]])])
        seal(writer)
        for at, value in came[n : n + rounds]:
            kept.setdefault(T0 + at, value)
    writer.close()
    [hours] = SeriesReader(path).hours(T0 - DAY, T0 + DAY).values()
    assert hours["count"].sum() == len(kept)
    for at, count, low, high, total, first, last in hours.tolist():
        inside = [kept[moment] for moment in sorted(kept) if at <= moment < at + HOUR]
        assert (count, low, high) == (len(inside), min(inside), max(inside))
        assert (first, last) == (inside[0], inside[-1])
        assert total == pytest.approx(sum(inside), abs=1e-3)


def test_retention_drops_raw_readings_but_the_curve_lives_on_in_roll_ups(
    writer: SeriesWriter, path: Path
) -> None:
    writer.append([Batch([helium(80.0, T0 + n * HOUR) for n in range(24 * 20)])])
    seal(writer)
    now = T0 + 20 * DAY
    keep = Retention.model_validate({"raw": "5d", "minutes": "10d"})
    while writer.apply_retention(keep, now):
        pass
    reader = SeriesReader(path)
    left = len(reader.readings("mri-2", "helium_level_pct", 0))
    assert 24 * 5 <= left < 24 * 6, "whole days are dropped"
    curve = reader.range("mri-2", "helium_level_pct", "", T0, now, 1000)
    assert sum(point.readings for point in curve.points) == 24 * 20


@pytest.mark.parametrize("ahead", [3 * HOUR, 40 * DAY, 3653 * DAY])
def test_a_clock_that_leaps_ahead_for_some_hours_drops_nothing(
    writer: SeriesWriter, path: Path, ahead: int
) -> None:
    writer.append([Batch([helium(80.0, T0 + n * HOUR) for n in range(24)])])
    seal(writer)
    keep = Retention.model_validate({"raw": "30d", "minutes": "60d", "journal": "30d"})
    for now in (T0 + DAY, 0, T0 + DAY + HOUR, *(T0 + DAY + ahead + n * HOUR for n in range(20))):
        assert not writer.apply_retention(keep, now)
    writer.append([Batch([helium(9.0, T0 + DAY + ahead)])])
    seal(writer)
    assert not writer.apply_retention(keep, T0 + DAY + 2 * HOUR)
    assert len(SeriesReader(path).readings("mri-2", "helium_level_pct", 0)) == 25
    latest = SeriesReader(path).latest(until=T0 + 2 * DAY)
    assert [reading.value for reading in latest] == [80.0 if ahead > DAY else 9.0]


def test_a_centre_that_was_off_for_a_quarter_drops_what_is_old_a_day_later(
    writer: SeriesWriter, path: Path
) -> None:
    writer.append([Batch([helium(80.0, T0)])])
    seal(writer)
    keep = Retention.model_validate({"raw": "30d", "minutes": "60d"})
    writer.apply_retention(keep, T0 + HOUR)
    for hour in range(26):
        while writer.apply_retention(keep, T0 + 90 * DAY + hour * HOUR):
            pass
    assert SeriesReader(path).readings("mri-2", "helium_level_pct", 0) == []


def test_a_file_that_comes_back_is_gone_on_with(tmp_path: Path) -> None:
    """As a disk that was unmounted for a while: the same file, under the same name."""
    folder = tmp_path / "var"
    writer = SeriesWriter(folder / "series.db")
    writer.append([Batch([helium(80, T0)])])
    folder.rename(tmp_path / "away")
    for work in (lambda: writer.append([Batch([helium(81, T0 + 1)])]), writer.compact):
        with pytest.raises(StoreError, match="is gone") as gone:
            work()
        assert not gone.value.permanent
    (tmp_path / "away").rename(folder)
    writer.append([Batch([helium(82, T0 + 2)])])
    writer.close()
    readings = SeriesReader(folder / "series.db").readings("mri-2", "helium_level_pct", 0)
    assert [reading.value for reading in readings] == [80, 82]


def test_a_file_that_another_has_replaced_is_gone_on_with(tmp_path: Path) -> None:
    writer = SeriesWriter(tmp_path / "series.db")
    writer.append([Batch([helium(80, T0)])])
    for path in tmp_path.iterdir():
        path.unlink()
    writer.append([Batch([helium(82, T0 + 2)])])
    writer.close()
    readings = SeriesReader(tmp_path / "series.db").readings("mri-2", "helium_level_pct", 0)
    assert [reading.value for reading in readings] == [82]


def test_a_second_writer_is_refused_until_the_first_is_gone(path: Path) -> None:
    first = SeriesWriter(path)
    with pytest.raises(StoreError, match="already has a writer"):
        SeriesWriter(path)
    first.close()
    SeriesWriter(path).close()


def test_a_full_disk_is_said_harms_nothing_and_ends_when_there_is_room(
    writer: SeriesWriter, path: Path
) -> None:
    writer.append([Batch([helium(80.0, T0)])])
    # SQLite's own word for a full disk, without filling one.
    pages = writer._db.execute("pragma page_count").fetchone()[0]
    writer._db.execute(f"pragma max_page_count = {pages + 2}")
    lots = [helium(79.0, T0 + n) for n in range(1, 20_000)]
    with pytest.raises(StoreError, match="full") as full:
        writer.append([Batch(lots)])
    assert not full.value.permanent
    assert SeriesReader(path).latest() == [helium(80.0, T0)]
    writer._db.execute("pragma max_page_count = 1000000")
    writer.append([Batch(lots)])
    assert len(SeriesReader(path).readings("mri-2", "helium_level_pct", 0, 100_000)) == 20_000


def test_a_file_that_is_no_database_is_a_clear_error(path: Path) -> None:
    path.write_bytes(b"this was never a database" * 100)
    with pytest.raises(StoreError, match="not a database") as broken:
        SeriesWriter(path)
    assert broken.value.permanent


def test_a_file_of_a_newer_scanward_is_refused(path: Path) -> None:
    SeriesWriter(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        SeriesWriter(path)


def test_reading_before_anything_was_stored_says_so(path: Path) -> None:
    with pytest.raises(StoreError, match="no reading has been stored"):
        SeriesReader(path).latest()


def test_what_was_refused_is_counted_for_the_series_it_would_have_been_in(
    path: Path, writer: SeriesWriter
) -> None:
    def bad(text: str, minute: int, kind: str = "bad_answer") -> Event:
        return Event("ct-1", kind, text, T0 + minute * MINUTE, "warning", "probe", quality="bad")

    refused = [bad("room_temp_c: out of range: 999", minute) for minute in (0, 1, 12)]
    others = [bad("payload of 7 bytes is not JSON", 2), bad("room_temp_c: high", 3, "note")]
    writer.append([Batch(events=[*refused, *others, bad("room_temp_c: not a number", 20)])])
    name = ("ct-1", "room_temp_c", "probe")
    found = SeriesReader(path).refused("ct-1", T0, T0 + 20 * MINUTE, 10 * MINUTE)
    assert found == {(name, T0): 2, (name, T0 + 10 * MINUTE): 1}
