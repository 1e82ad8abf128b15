"""kill -9 while the store appends, seals, packs and forgets: nothing is lost, nothing doubled."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from core.time.clock import DAY
from storage.series import SeriesReader, SeriesWriter
from tests.support import compact_forever
from tests.support.compact_forever import EVERY, SERIES, T0
from tests.support.kill_targets import Doomed

KILLS = 50


def confirmed_until_killed(path: Path, seconds: float) -> int:
    """Run it, kill it a while after its first receipt, and read the last receipt."""
    process = Doomed(compact_forever.run, path)
    first = process.said.readline()
    time.sleep(seconds)
    last = [first, *process.kill()][-1]
    assert process.was_killed
    return int(last)


def test_nothing_confirmed_is_lost_or_doubled_by_fifty_kills(tmp_path: Path) -> None:
    path = tmp_path / "series.db"
    chance = random.Random(7)
    for _ in range(KILLS):
        confirmed = confirmed_until_killed(path, chance.uniform(0, 0.3))
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.close()
    writer = SeriesWriter(path)
    stored = int(writer.position("number") or 0)
    assert stored - confirmed in (0, 1), "at most one was stored without its receipt"
    while writer.compact(everything=True):
        pass
    writer.close()
    reader = SeriesReader(path)
    told = reader.since(0, 10_000_000)
    assert [one.value for one in told.readings[::SERIES]] == list(range(1, stored + 1))
    assert len(told.readings) == stored * SERIES
    for number in range(SERIES):
        end = T0 + (stored + 1) * EVERY
        curve = reader.range("mri-2", f"metric_{number}", "", T0, end, (end - T0) // DAY)
        assert curve.level == "days"
        assert sum(point.readings for point in curve.points) == stored
        sums = sum(point.mean * point.readings for point in curve.points)
        assert round(sums) == stored * (stored + 1) // 2
