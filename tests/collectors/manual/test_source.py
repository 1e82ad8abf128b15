"""What a person entered becomes a reading once, whatever is killed or restored."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.services.store_sink import StoreSink
from collectors.manual import source as manual
from collectors.manual.parse import parse
from core.errors import RefusedError
from core.schema.storage import Retention
from core.time.clock import MINUTE
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records import ManualReading
from storage.series import SeriesReader, SeriesWriter
from tests.maintenance.cast import T0, House
from tests.support.kill_at import is_killed_at

METRIC = "qa_laser_offset_mm"  # the CT's profile has none: the plan's measured item gives it


@pytest.fixture
def house(tmp_path: Path, made_records_url: str) -> Iterator[House]:
    """A centre of which nothing has the series open, with records in SQLite and in PostgreSQL."""
    house = House(tmp_path, made_records_url)
    house.writer.close()
    yield house
    house.records.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[House]:
    """The same with records in SQLite."""
    house = House(tmp_path)
    house.writer.close()
    yield house
    house.records.close()


def enter(house: House, *values: float, minutes_ago: int = 0) -> None:
    for number, value in enumerate(values, start=minutes_ago):
        with house.change(T0) as tx:
            enter_readings(tx, "ct-1", [EnteredValue(METRIC, value)], T0 - number * MINUTE)


def collect(house: House) -> Callable[[], None]:
    """One round of the collector, with its own stores."""

    async def story() -> None:
        sink = StoreSink(
            SeriesWriter(house.site.series_path), Retention(raw=None, minutes=None), lambda: T0
        )
        storing = asyncio.create_task(sink.run())
        for source in manual.sources(house.site, sink, lambda: T0):
            await source.once()
        storing.cancel()
        await sink.close()

    return lambda: asyncio.run(story())


def stored(house: House) -> list[float]:
    series = SeriesReader(house.site.series_path)
    return [one.value for one in series.readings("ct-1", METRIC, 0)]


def waiting(house: House) -> list[float]:
    with house.look() as db:
        return [one.value for one in db.query(ManualReading) if one.stored_at is None]


def test_a_number_that_was_entered_is_a_reading_and_taken_once(house: House) -> None:
    enter(house, 0.5, 0.7)
    collect(house)()
    assert (sorted(stored(house)), waiting(house)) == ([0.5, 0.7], [])
    collect(house)()
    assert sorted(stored(house)) == [0.5, 0.7]


@pytest.mark.servers
def test_killed_anywhere_every_number_is_a_reading_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manual, "PAGE", 3)
    house.writer.close()
    values = [float(number) for number in range(10)]
    enter(house, *values)
    house.records.close()
    kills = 0
    while is_killed_at(kills * 3, collect(house)):
        kills += 1
    assert kills > 5
    assert (sorted(stored(house)), waiting(house)) == (values, [])


def test_series_from_an_older_backup_get_again_what_they_lack(house: House) -> None:
    enter(house, 0.5)
    collect(house)()
    older = house.path.parent / "older.db"
    shutil.copy(house.site.series_path, older)
    enter(house, 0.9, minutes_ago=1)
    collect(house)()
    for left in house.site.series_path.parent.glob("series.db*"):
        left.unlink()
    shutil.copy(older, house.site.series_path)
    collect(house)()
    assert sorted(stored(house)) == [0.5, 0.9]


def correct(house: House, value: float, new: float | None) -> None:
    """Every number `value` should have been `new`, or was none at all."""
    with house.change(T0) as tx:
        for row in tx.db.query(ManualReading).filter_by(value=value, corrects_id=None):
            if new is None:
                withdraw_reading(tx, row.id, "typed wrongly")
            else:
                correct_reading(tx, row.id, new, "typed wrongly")


def test_a_correction_goes_the_way_of_a_number_and_is_stored_once(house: House) -> None:
    enter(house, 0.5, 0.7, 0.9)
    collect(house)()
    correct(house, 0.5, 5)
    correct(house, 0.7, None)
    assert sorted(stored(house)) == [0.5, 0.7, 0.9]
    collect(house)()
    assert sorted(stored(house)) == [0.9, 5]
    correct(house, 0.5, 6)
    collect(house)()
    collect(house)()
    assert (sorted(stored(house)), waiting(house)) == ([0.9, 6], [])


@pytest.mark.servers
def test_killed_anywhere_a_correction_stands(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "PAGE", 3)
    house.writer.close()
    enter(house, *(float(number) for number in range(1, 7)))
    for number in (1, 2, 5, 6):
        correct(house, number, number + 20 if number < 6 else None)
    correct(house, 2, 30)
    house.records.close()
    kills = 0
    while is_killed_at(kills * 3, collect(house)):
        kills += 1
    assert kills > 5
    assert (sorted(stored(house)), waiting(house)) == ([3, 4, 21, 25, 30], [])


def test_series_from_an_older_backup_get_their_corrections_again(house: House) -> None:
    enter(house, 0.5, 0.7)
    collect(house)()
    older = house.path.parent / "older.db"
    shutil.copy(house.site.series_path, older)
    correct(house, 0.5, 5)
    correct(house, 0.7, None)
    collect(house)()
    for left in house.site.series_path.parent.glob("series.db*"):
        left.unlink()
    shutil.copy(older, house.site.series_path)
    collect(house)()
    assert stored(house) == [5]


def test_before_the_records_have_tables_there_is_nothing_to_take(plain: House) -> None:
    plain.records.close()
    (plain.site.file.storage.folder / "records.db").unlink()
    collect(plain)()
    assert stored(plain) == []


def test_what_the_site_no_longer_knows_becomes_a_bad_event(plain: House) -> None:
    row = {"device": "ct-1", "value": 1.0, "at": T0, "who": "sara", "entered_at": T0}
    rows = [
        ManualReading(metric="gone_mm", **row),  # type: ignore[arg-type]
        ManualReading(metric="gantry_temp_c", **{**row, "value": 9999.0}),  # type: ignore[arg-type]
        ManualReading(metric="gantry_temp_c", **row),  # type: ignore[arg-type]
    ]
    batch = parse(plain.site, rows)
    assert [(one.metric, one.value) for one in batch.readings] == [("gantry_temp_c", 1.0)]
    assert [event.quality for event in batch.events] == ["bad", "bad"]


@pytest.mark.parametrize(
    ("metric", "value", "at", "why"),
    [
        ("qa_laser_ofset_mm", 1.0, T0, "did you mean 'qa_laser_offset_mm'"),
        (METRIC, 60.0, T0, "between 0 and 50"),
        (METRIC, float("nan"), T0, "not a number"),
        (METRIC, 1.0, T0 + 2 * MINUTE, "in the future"),
    ],
)
def test_whoever_enters_what_cannot_be_is_told_at_once(
    plain: House, metric: str, value: float, at: int, why: str
) -> None:
    good = EnteredValue(METRIC, 0.5)
    with pytest.raises(RefusedError, match=why), plain.change(T0) as tx:
        enter_readings(tx, "ct-1", [good, EnteredValue(metric, value)], at)
    assert waiting(plain) == []
