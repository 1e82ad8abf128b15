"""A disk that is really full: a small tmpfs, a collector that stores until nothing fits any more."""

import asyncio
import logging
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.services import store_sink as sinks
from app.services.store_sink import StoreSink
from core.readings import Batch, Reading
from core.schema.storage import Retention
from storage.series import SeriesReader, SeriesWriter

pytestmark = pytest.mark.servers

SIZE = "3m"
BALLAST = 1_500_000  # bytes that somebody deletes later


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(tmp_path)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("needs server: no small disk may be mounted here (only root may)")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_collecting_waits_on_a_full_disk_and_goes_on_when_there_is_room(
    disk: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "FIRST_PAUSE_S", 0.02)
    ballast = disk / "somebody-elses-file"
    ballast.write_bytes(b"x" * BALLAST)
    path = disk / "series.db"
    confirmed = 0

    async def story() -> None:
        nonlocal confirmed
        sink = StoreSink(SeriesWriter(path), Retention(), lambda: 0)
        storing = asyncio.create_task(sink.run())

        async def collect() -> None:
            nonlocal confirmed
            for batch in range(300):
                first = batch * 1000
                rows = [Reading("ct-1", "n", float(n), n) for n in range(first, first + 1000)]
                await sink.append(Batch(rows, positions={"n": str(first + 1000)}))
                confirmed = first + 1000

        collecting = asyncio.create_task(collect())
        while "refuses" not in caplog.text and not collecting.done():
            await asyncio.sleep(0.01)
        assert not collecting.done(), "it waits"
        told = SeriesReader(path).readings("ct-1", "n", 0, 10_000_000)
        assert len(told) == confirmed, "what was stored can still be read"
        ballast.unlink()
        while "takes readings again" not in caplog.text:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        collecting.cancel()
        storing.cancel()
        await asyncio.wait({collecting, storing})
        await sink.close()  # in its own thread, which may be within a step of tidying

    with caplog.at_level(logging.INFO):
        asyncio.run(asyncio.wait_for(story(), 60))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    numbers = [one.value for one in SeriesReader(path).readings("ct-1", "n", 0, 10_000_000)]
    assert numbers[:confirmed] == list(range(confirmed))
    assert len(numbers) in (confirmed, confirmed + 1000), "one commit may lack its receipt"
