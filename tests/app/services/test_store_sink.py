"""The sink: many sources, one writer, and what happens while the disk is full."""

import asyncio
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from app.services import store_sink as sinks
from app.services.store_sink import StoreSink
from core.readings import Batch, Event, Reading
from core.schema.storage import Retention
from core.time.clock import HOUR, MINUTE
from storage.series import SeriesReader, SeriesWriter


def a_reading(number: int) -> Batch:
    return Batch([Reading("ct-1", "gantry_temp_c", 25.0, number)], positions={"at": str(number)})


def test_sources_side_by_side_are_committed_together_and_all_are_stored(tmp_path: Path) -> None:
    async def story() -> None:
        sink = StoreSink(SeriesWriter(tmp_path / "series.db"), Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())
        await asyncio.gather(*(sink.append(a_reading(number)) for number in range(500)))
        assert sink.position("at") == "499"
        storing.cancel()
        await sink.close()

    asyncio.run(story())
    reader = SeriesReader(tmp_path / "series.db")
    assert len(reader.readings("ct-1", "gantry_temp_c", 0)) == 500


class Commits:
    """A writer that counts its commits and stores nothing."""

    needs_compaction = False

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def append(self, batches: Sequence[Batch]) -> None:
        self.sizes.append(len(batches))

    def compact(self, *, everything: bool = False) -> bool:
        return False

    def apply_retention(self, _keep: Retention, _now: int) -> bool:
        return False

    def close(self) -> None: ...


def commits_of(*batches: tuple[float, Batch]) -> list[int]:
    """Batches in each commit, of batches that come so many seconds apart."""
    writer = Commits()

    async def story() -> None:
        sink = StoreSink(cast(SeriesWriter, writer), Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())
        waiting = []
        for after_s, batch in batches:
            await asyncio.sleep(after_s)
            waiting.append(asyncio.create_task(sink.append(batch)))
        await asyncio.gather(*waiting)
        storing.cancel()
        await sink.close()

    asyncio.run(story())
    return writer.sizes


def a_poll(may_wait_s: float) -> Batch:
    return Batch([Reading("ups-1", "battery_charge_pct", 98.0, 0)], may_wait_s=may_wait_s)


def test_polls_wait_for_each_other_and_are_stored_together() -> None:
    assert commits_of((0.0, a_poll(0.3)), (0.01, a_poll(0.3)), (0.01, a_poll(0.3))) == [3]


def test_what_a_peer_waits_for_is_stored_at_once_and_takes_with_it_what_waits() -> None:
    assert commits_of((0.0, a_poll(3600.0)), (0.01, a_reading(1))) == [2]


def test_after_a_commit_polls_may_wait_again() -> None:
    assert commits_of((0.0, a_poll(3600.0)), (0.01, a_reading(1)), (0.1, a_poll(0.01))) == [2, 1]


def test_a_full_disk_makes_sources_wait_and_loses_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "FIRST_PAUSE_S", 0.01)

    async def story() -> None:
        writer = SeriesWriter(tmp_path / "series.db")
        sink = StoreSink(writer, Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())
        await sink.append(a_reading(0))
        writer._db.execute("pragma max_page_count = 1")  # no page more than there are
        big = Batch([Reading("ct-1", "gantry_temp_c", 25.0, n) for n in range(1, 5000)])
        waiting = asyncio.create_task(sink.append(big))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        writer._db.execute("pragma max_page_count = 1000000")
        await asyncio.wait_for(waiting, 5)
        storing.cancel()
        await sink.close()

    with caplog.at_level(logging.INFO):
        asyncio.run(story())
    said = [record.message for record in caplog.records if record.name == "app.services.store_sink"]
    assert len(said) == 2, "once when lost, once when back"
    assert "full" in said[0]
    assert len(SeriesReader(tmp_path / "series.db").readings("ct-1", "gantry_temp_c", 0)) == 5000


def test_a_folder_that_is_deleted_is_noticed_and_nothing_is_acknowledged_until_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(sinks, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(sinks, "LOOK_EVERY_S", 0.01)
    folder = tmp_path / "var"

    async def logged(text: str) -> None:
        async with asyncio.timeout(30):
            while text not in caplog.text:
                await asyncio.sleep(0.01)

    async def story() -> None:
        sink = StoreSink(SeriesWriter(folder / "series.db"), Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())
        await sink.append(a_reading(0))
        shutil.rmtree(folder)
        await logged("is gone")  # though nothing comes in
        waiting = asyncio.create_task(sink.append(a_reading(1)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        assert not folder.exists(), "nobody begins a new one by himself"
        folder.mkdir()
        await asyncio.wait_for(waiting, 30)
        storing.cancel()
        await sink.close()

    asyncio.run(story())
    assert [r.levelname for r in caplog.records if "is gone" in r.message] == ["CRITICAL"]
    readings = SeriesReader(folder / "series.db").readings("ct-1", "gantry_temp_c", 0)
    assert [reading.at for reading in readings] == [1]


def test_a_source_cancelled_while_it_waits_does_not_stop_the_others(tmp_path: Path) -> None:
    async def story() -> None:
        sink = StoreSink(SeriesWriter(tmp_path / "series.db"), Retention(), lambda: 0)
        gone = asyncio.create_task(sink.append(a_reading(1)))
        await asyncio.sleep(0)
        gone.cancel()
        storing = asyncio.create_task(sink.run())
        await asyncio.wait_for(sink.append(a_reading(2)), 5)
        storing.cancel()
        await sink.close()

    asyncio.run(story())


def test_a_sensor_that_stays_broken_is_told_once_an_hour(tmp_path: Path) -> None:
    def fault(at: int, text: str = "out of range: 900") -> Batch:
        return Batch(events=[Event("ct-1", "bad_answer", text, at, quality="bad")])

    async def story() -> None:
        sink = StoreSink(SeriesWriter(tmp_path / "series.db"), Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())
        for minute in range(61):
            await sink.append(fault(minute * MINUTE))
        await sink.append(fault(61 * MINUTE, "not a number: 'x'"))
        storing.cancel()
        await sink.close()

    asyncio.run(story())
    events = SeriesReader(tmp_path / "series.db").events("ct-1", 0, 2 * HOUR)
    assert [event.at // MINUTE for event in events] == [61, 60, 0]
