"""How the free room of the disk has changed, a line every few hours, and when at that pace there is none left."""

import shutil
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from core.time.clock import DAY, HOUR
from storage.files.atomic import write_own

FILE = "disk.json"  # in the storage folder
EVERY = 6 * HOUR
GIB = 1024**3
# Scanward's defaults: a day of twenty devices is a few MB, and an upgrade keeps a copy of the records.
FREE_WARN, FREE_FAIL = 5 * GIB, GIB // 2
MOST = 120  # samples: thirty days
# Over less than that, one backup or upgrade would pass for a pace; both are ours.
SHORTEST_PAIR, SHORTEST = 1 * DAY, 2 * DAY


class DiskSample(NamedTuple):
    """The disk at one moment, in bytes; `at` is UTC milliseconds."""

    at: int
    free: int
    total: int


class DiskPace(NamedTuple):
    """What the disk loses: bytes a day (negative: it gains), over how many milliseconds that was seen."""

    bytes_a_day: int
    seen_for: int

    def days_left(self, free: int) -> int | None:
        """Whole days until nothing is free at that pace; None if it does not shrink."""
        return None if self.bytes_a_day <= 0 else free // self.bytes_a_day


_SAMPLES = TypeAdapter(list[DiskSample])


def look(folder: Path, now: int) -> DiskSample:
    """The disk of a folder as it is. OSError if it cannot be looked at."""
    usage = shutil.disk_usage(folder)
    return DiskSample(now, usage.free, usage.total)


def note_disk(folder: Path, now: int) -> None:
    """Add how it is to what is known of before. OSError if it cannot be looked at or written."""
    samples = [sample for sample in history(folder) if sample.at < now]
    newest = [*samples, look(folder, now)][-MOST:]
    write_own(folder / FILE, _SAMPLES.dump_json(newest))


def history(folder: Path) -> list[DiskSample]:
    """What was noted, oldest first; nothing if there is none, or it cannot be read."""
    try:
        return _SAMPLES.validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return []


def pace(samples: Sequence[DiskSample], newest: DiskSample) -> DiskPace | None:
    """How fast this disk fills; None while that was seen for too short a time.

    The median of the pace between any two samples a day apart: what was deleted once does not count.
    What was noted on a disk of another size, or at a time that is to come, was another disk or clock.
    """
    same = [s for s in samples if s.total == newest.total and s.at < newest.at]
    same.append(newest)
    seen_for = newest.at - same[0].at
    if seen_for < SHORTEST:
        return None
    paces = [
        (first.free - second.free) * DAY / (second.at - first.at)
        for first, second in combinations(same, 2)
        if second.at - first.at >= SHORTEST_PAIR
    ]
    return DiskPace(round(median(paces)), seen_for)
