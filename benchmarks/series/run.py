"""The series store beside plain rows in SQLite: same readings, same run, one table.

    python -m benchmarks.series.run --readings 10000000

The peer is a table `primary key (series, at) without rowid`, committed as durably. The store is
driven as the sink drives it: an append, then a step of sealing if one is due, on one thread.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from benchmarks.series import sample_readings
from benchmarks.series.peer import PlainRows
from core.readings import Batch
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR
from storage.series import SeriesReader, SeriesWriter

MONTH, YEAR = 30, 365  # days
EVERY = 30_000  # milliseconds between two readings of a series
IN_A_TURN = 500  # commits
SMALL_COMMITS = 15_000  # one sealing in them, of one device's 20 readings each
SERIES = ("device-7", "metric_3", "")

T = TypeVar("T")


class Timed:
    """Adds up the seconds of some calls and remembers the longest."""

    def __init__(self) -> None:
        self.total = self.longest = 0.0

    def __call__(self, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        spent = time.perf_counter() - start
        self.total += spent
        self.longest = max(self.longest, spent)
        return result


class Ours:
    """The store, and how long its appends and steps took."""

    def __init__(self, path: Path) -> None:
        self.writer = SeriesWriter(path)
        self.appends, self.steps = Timed(), Timed()

    def append(self, batches: list[Batch]) -> None:
        """As the sink does it."""
        self.appends(lambda: self.writer.append(batches))
        self.steps(self.writer.compact)

    def finish(self) -> None:
        """Seal what is left."""
        while self.steps(lambda: self.writer.compact(everything=True)):
            pass

    def spent(self) -> float:
        """Seconds so far."""
        return self.appends.total + self.steps.total


class Both:
    """The store and, unless it would take too long, its peer."""

    def __init__(self, folder: Path, with_peer: bool) -> None:
        self.ours = Ours(folder / "series.db")
        self.reader = SeriesReader(folder / "series.db")
        self.peer = PlainRows(folder / "plain.db") if with_peer else None
        self._peer_appends = Timed()

    def append(self, coming: Iterator[list[Batch]]) -> tuple[float, float | None]:
        """Seconds that these commits took in ours, sealing included, and in the peer."""
        ours, peers = self.ours.spent(), self._peer_appends.total
        # In turns of some seconds: the one's flushing to disk must not wait for the other's.
        while turn := list(islice(coming, IN_A_TURN)):
            for batches in turn:
                self.ours.append(batches)
            for batches in turn if self.peer else ():
                self._append_to_peer(batches)
        self.ours.finish()
        spent = self._peer_appends.total - peers
        return self.ours.spent() - ours, spent if self.peer else None

    def _append_to_peer(self, batches: list[Batch]) -> None:
        assert self.peer
        peer = self.peer
        self._peer_appends(lambda: peer.append(batches))

    def compare(
        self, name: str, ours: Callable[[], object], peers: Callable[[PlainRows], object] | None
    ) -> None:
        """A row of the table: milliseconds, the best of a few."""
        peer = self.peer
        theirs = None if peer is None or peers is None else best(lambda: peers(peer))
        row(name, best(ours), theirs, "ms")


def main() -> None:
    """Fill both, ask both, print one table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--readings", type=int, default=10_000_000)
    arguments.add_argument("--folder", type=Path, help="where the files go meanwhile")
    arguments.add_argument("--without-peer", action="store_true", help="for very many readings")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        both = Both(Path(folder), not chosen.without_peer)
        write(f"{chosen.readings:,} readings of 1000 series, and one of a year, every 30 s\n\n")
        write("| | ours | plain rows | times better |\n|---|---|---|---|\n")
        row("the disk: 4 KiB made safe, per second", flushes(Path(folder)), None)
        fill(both, chosen.readings)
        questions_while_unsealed(both)
        both.ours.finish()
        questions(both, chosen.readings)
        sizes(both, Path(folder))
        longest_steps(both)


def flushes(folder: Path) -> float:
    """How many times a second the disk takes 4 KiB and says it is safe: no commit is faster."""
    with (folder / "flushed").open("wb", buffering=0) as file:
        start = time.perf_counter()
        for _ in range(500):
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
        return 500 / (time.perf_counter() - start)


def fill(both: Both, readings: int) -> None:
    """Store everything but an unsealed tail of single batches."""
    coming = sample_readings.batches(readings, EVERY)
    tail = list(islice(coming, SMALL_COMMITS))
    spent = both.append(commits(coming, sample_readings.DEVICES))
    row("readings stored per second, 1000 a commit", *rates(readings, spent))
    spent = both.append([batch] for batch in tail)
    row("commits of 20 readings per second", *rates(SMALL_COMMITS, spent))
    both.append([batch] for batch in sample_readings.probe(YEAR, EVERY))
    # A quarter of an hour of a site that tells 30 readings a second, ten commits a second.
    little = sample_readings.batches(27_000, EVERY, seed=9)
    parts = (Batch(b.readings[n : n + 3]) for b in little for n in range(0, len(b.readings), 3))
    for part in parts:
        both.ours.append([part])
        if both.peer:
            both.peer.append([part])


def questions_while_unsealed(both: Both) -> None:
    """What is asked most, with 9,000 commits in the tail."""
    reader = both.reader
    cursor = reader.newest_cursor()
    hour = sample_readings.T0 + HOUR
    both.compare("9,000 unsealed commits: latest of all", reader.latest, PlainRows.latest)
    both.compare(
        "9,000 unsealed commits: one hour of one series",
        lambda: reader.range(*SERIES, sample_readings.T0, hour, 1000),
        lambda peer: peer.curve(SERIES, sample_readings.T0, hour, 1000),
    )
    both.compare(
        "9,000 unsealed commits: since, 300 readings", lambda: reader.since(cursor - 100), None
    )


def questions(both: Both, readings: int) -> None:
    """The same with everything sealed, and the long ones."""
    reader, start, year = both.reader, sample_readings.T0, sample_readings.T0 + YEAR * DAY
    month, days = start + MONTH * DAY, -(-readings * EVERY // (1000 * DAY))
    both.compare("latest of all", reader.latest, PlainRows.latest)
    both.compare(
        "30 days, 1 series at 30 s, to 1000 points",
        lambda: reader.range(*sample_readings.PROBE, start, month, 1000),
        lambda peer: peer.curve(sample_readings.PROBE, start, month, 1000),
    )
    both.compare(
        "20 days of it, from raw readings",
        lambda: reader.range(*sample_readings.PROBE, start, start + 20 * DAY, 1000),
        lambda peer: peer.curve(sample_readings.PROBE, start, start + 20 * DAY, 1000),
    )
    both.compare(
        "1 year of it, to 1000 points",
        lambda: reader.range(*sample_readings.PROBE, start, year, 1000),
        lambda peer: peer.curve(sample_readings.PROBE, start, year, 1000),
    )
    both.compare(
        f"hourly means of 1000 series, {days} days",
        lambda: {
            name: h["sum"] / h["count"]
            for name, h in reader.hours(start, start + days * DAY).items()
        },
        lambda peer: peer.hours(start, days),
    )
    both.compare("since, 5,000 readings", lambda: reader.since(1), None)
    spike = max(
        point.high for point in reader.range(*sample_readings.PROBE, start, year, 1000).points
    )
    assert spike == 99.0, "a spike of one reading is on the chart of a year"


def sizes(both: Both, folder: Path) -> None:
    """Bytes of the whole file for each reading."""
    stored = sum(
        int(hours["count"].sum())
        for hours in both.reader.hours(0, sample_readings.T0 + 2 * YEAR * DAY).values()
    )
    both.ours.writer.close()
    both.ours.writer = SeriesWriter(folder / "series.db")  # the log goes when the file is closed
    size = (folder / "series.db").stat().st_size
    peer = None
    if both.peer:
        both.peer.close()
        peer = (folder / "plain.db").stat().st_size / stored
    row("bytes a reading on disk, every level", size / stored, peer, "B")


def longest_steps(both: Both) -> None:
    """How long an append may have had to wait."""
    row("longest append", both.ours.appends.longest * 1000, None, "ms")
    row("longest step of sealing", both.ours.steps.longest * 1000, None, "ms")
    keep = Retention.model_validate({"raw": "5d", "minutes": "10d", "hours": "20d"})
    forgetting, writer = Timed(), both.ours.writer
    for _ in range(1000):
        if not forgetting(
            lambda: writer.apply_retention(keep, sample_readings.T0 + 2 * YEAR * DAY)
        ):
            break
    row("longest step of forgetting", forgetting.longest * 1000, None, "ms")
    writer.close()


def commits(coming: Iterator[Batch], most: int) -> Iterator[list[Batch]]:
    """So many batches at once."""
    while batches := list(islice(coming, most)):
        yield batches


def rates(many: int, spent: tuple[float, float | None]) -> tuple[float, float | None]:
    """Per second."""
    ours, peers = spent
    return many / ours, None if peers is None else many / peers


def best(work: Callable[[], object]) -> float:
    """Milliseconds; repeated for about a second, but for what takes longer."""
    timed, fastest = Timed(), float("inf")
    while timed.total < 1:
        before = timed.total
        timed(work)
        fastest = min(fastest, timed.total - before)
    return fastest * 1000


def row(name: str, ours: float, peers: float | None, unit: str = "/s") -> None:
    """One line of the table; how many times better follows from the unit."""
    shown = [f"{n:,.0f} {unit}" if n >= 100 else f"{n:.1f} {unit}" for n in (ours, peers or 0)]
    times = "" if peers is None else f"{ours / peers if unit == '/s' else peers / ours:.1f}"
    write(f"| {name} | {shown[0]} | {'' if peers is None else shown[1]} | {times} |\n")


def write(text: str) -> None:
    """At once, because a run takes minutes."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
