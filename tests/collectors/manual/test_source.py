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
from maintenance.rounds import manual_entry
from storage.records import ManualReading
from storage.series import SeriesReader, SeriesWriter
from tests.maintenance.cast import T0, House
from tests.support.kill_at import is_killed_at

METRIC = "qa_laser_offset_mm"  # the CT's profile has none: the plan's measured item gives it


@pytest.fixture
def house(tmp_path: Path, records_url: str) -> Iterator[House]:
    """A centre of which nothing has the series open, with records in SQLite and in PostgreSQL."""
    house = House(tmp_path, records_url)
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
    device = house.site.devices["ct-1"]
    for number, value in enumerate(values, start=minutes_ago):
        with house.write(T0) as db:
            at = T0 - number * MINUTE
            manual_entry.enter(db, device, METRIC, value, at=at, by="sara", now=T0)


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
        return [one.value for one in db.query(ManualReading) if one.taken_at is None]


def test_a_number_that_was_entered_is_a_reading_and_taken_once(house: House) -> None:
    enter(house, 0.5, 0.7)
    collect(house)()
    assert (sorted(stored(house)), waiting(house)) == ([0.5, 0.7], [])
    collect(house)()
    assert sorted(stored(house)) == [0.5, 0.7]


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
    device = plain.site.devices["ct-1"]
    with pytest.raises(RefusedError, match=why), plain.write(T0) as db:
        manual_entry.enter(db, device, metric, value, at=at, by="sara", now=T0)
    assert waiting(plain) == []
