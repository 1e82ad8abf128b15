"""kill -9 at random moments: every reading whose append had returned is there, once."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from core.time.clock import DAY
from storage.series import SeriesReader, SeriesWriter
from tests.support import append_forever
from tests.support.kill_targets import Doomed

KILLS = 100


def confirmed_until_killed(path: Path, seconds: float) -> set[tuple[str, float]]:
    """Run the collector's store side, kill it after it began to store, and read its receipts."""
    process = Doomed(append_forever.run, path)
    first = process.said.readline()
    time.sleep(seconds)
    whole = [line.split() for line in (first, *process.kill())]
    assert process.was_killed
    return {(device, float(number)) for device, number in whole}


def test_nothing_confirmed_is_lost_or_doubled_by_a_hundred_kills(tmp_path: Path) -> None:
    path = tmp_path / "series.db"
    chance = random.Random(7)
    confirmed: set[tuple[str, float]] = set()
    for _ in range(KILLS):
        confirmed |= confirmed_until_killed(path, chance.uniform(0, 0.15))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    writer = SeriesWriter(path)
    while writer.compact(everything=True):
        pass
    writer.close()
    reader = SeriesReader(path)
    stored = [
        (device, reading.value)
        for device in ("ct-0", "ct-1", "ct-2", "ct-3")
        for reading in reader.readings(device, "number_count", 0, 10_000_000)
    ]
    assert len(confirmed) > KILLS
    assert confirmed <= set(stored)
    assert len(stored) == len(set(stored))
    counted = sum(int(hours["count"].sum()) for hours in reader.hours(0, DAY).values())
    assert counted == len(stored), "roll-ups count each reading exactly once"
    for device in ("ct-0", "ct-1", "ct-2", "ct-3"):
        numbers = sorted(number for name, number in stored if name == device)
        assert numbers == list(range(len(numbers))), "the position went with the readings: no gap"
