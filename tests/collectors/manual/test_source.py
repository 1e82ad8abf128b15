"""Manual readings: each row of the outbox is in the series once, whatever is killed or restored."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.manual import source as manual
from core.clock import MINUTE
from core.errors import RefusedError
from core.words import Batch
from maintenance.readings import enter
from storage.records import ManualReading
from storage.records import house as stored
from tests.maintenance.cast import T0, House

METRIC = "qa_water_ct_number_hu"


class WriterSink:
    """The store without the queue before it; it can be cut off after storing."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.dies = False

    async def append(self, batch: Batch) -> None:
        self._house.writer.append([batch])
        if self.dies:
            raise KeyboardInterrupt  # stored, and killed before anything was marked

    def position(self, key: str) -> str | None:
        return self._house.writer.position(key)


class Desk:
    """A person who types, and the collector."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.sink = WriterSink(self.house)

    def enter(self, value: float, minute: int, device: str = "ct-1") -> None:
        now = T0 + minute * MINUTE
        with self.house.write(now) as db:
            enter(db, self.house.site.devices[device], METRIC, value, at=now, by="sara", now=now)

    def collect(self) -> None:
        [source] = manual.sources(self.house.site, self.sink, lambda: T0)
        try:
            asyncio.run(source.once())
        finally:
            source._records.close()

    def values(self) -> list[float]:
        return [r.value for r in self.house.series.readings("ct-1", METRIC, 0)]

    def waiting(self) -> int:
        with self.house.look() as db:
            return sum(row.taken_at is None for row in stored.all_of(db, ManualReading))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.house.close()


def test_what_is_entered_becomes_a_reading_once(desk: Desk) -> None:
    desk.enter(1.5, 0)
    desk.collect()
    desk.enter(2.5, 1)
    desk.collect()
    desk.collect()
    assert desk.values() == [1.5, 2.5]
    assert desk.waiting() == 0


def test_killed_between_storing_and_marking_nothing_is_lost_or_doubled(desk: Desk) -> None:
    desk.enter(1.5, 0)
    desk.sink.dies = True
    with pytest.raises(KeyboardInterrupt):
        desk.collect()
    desk.sink.dies = False
    assert desk.waiting() == 1
    desk.collect()
    assert desk.values() == [1.5]
    assert desk.waiting() == 0


def test_series_that_forgot_get_the_rows_again(desk: Desk) -> None:
    desk.enter(1.5, 0)
    desk.enter(2.5, 1)
    desk.collect()
    desk.house.writer.append([Batch([], [], {"manual": "1"})])
    with desk.house.look() as db:
        assert [r.value for r in stored.manual_readings_to_take(db, 1, 9)] == [2.5]
    desk.collect()
    assert desk.values() == [1.5, 2.5]


def test_records_that_forgot_are_not_skipped_by_the_series(desk: Desk) -> None:
    """Records restored from an older backup number anew from below the position."""
    desk.house.writer.append([Batch([], [], {"manual": "900"})])
    desk.enter(1.5, 0)
    desk.collect()
    assert desk.values() == [1.5]


def test_more_than_a_page_is_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.manual.source.PAGE", 3)
    for minute in range(10):
        desk.enter(float(minute), minute)
    desk.collect()
    assert desk.values() == [float(minute) for minute in range(10)]


def test_what_the_site_no_longer_knows_becomes_an_event_and_holds_up_nothing(desk: Desk) -> None:
    with desk.house.write(T0) as db:
        for metric in ("gone_c", METRIC):
            db.add(
                ManualReading(
                    device="ct-1", metric=metric, value=1.0, at=T0, who="sara", entered_at=T0
                )
            )
    desk.collect()
    assert desk.values() == [1.0]
    [event] = desk.house.series.events("ct-1", 0, T0 + 1)
    assert (event.quality, event.text) == (
        "bad",
        "gone_c: entered by hand, but the device has no such metric",
    )


def test_nonsense_is_refused_when_it_is_entered(desk: Desk) -> None:
    device = desk.house.site.devices["ct-1"]
    for metric, value, at in (
        ("qa_water_ct_numbr_hu", 1.0, T0),
        (METRIC, 201.0, T0),
        (METRIC, 1.0, T0 + 10 * MINUTE),
    ):
        with pytest.raises(RefusedError), desk.house.write(T0) as db:
            enter(db, device, metric, value, at=at, by="sara", now=T0)
    assert desk.waiting() == 0


def test_without_its_tables_it_waits_and_says_so_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    [source] = manual.sources(desk.house.site, desk.sink, lambda: T0)
    records = source._records
    with records.changing() as connection:
        connection.exec_driver_sql("drop table manual_readings")
    asyncio.run(source.once())
    asyncio.run(source.once())
    records.close()
    assert [r.message.startswith("manual readings wait") for r in caplog.records] == [True]
