"""Readings from a file into the store, a page at a time; a bad row is skipped and reported."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.errors import ConfigError, Mistake
from core.readings import Batch, Reading
from core.time.clock import believable
from storage.exchange import line_file
from storage.files.atomic import translated
from storage.series import SeriesWriter


def _read_parquet(path: Path) -> Iterator[tuple[int, Reading | str]]:
    from storage.exchange import parquet  # pyarrow takes long to import

    return parquet.read(path)


READERS = {".parquet": _read_parquet, ".lp": line_file.read}
PAGE = 5_000

_DEVICE = re.compile(r"[a-z0-9][a-z0-9-]*")
_METRIC = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were readings, and how many were not."""

    readings: int
    bad: int


def import_readings(
    writer: SeriesWriter, path: Path, now: int, complain: Callable[[str], None]
) -> Imported:
    """Store every good row. What is there already stays as it is, so it may be done again."""
    if path.suffix not in READERS:
        raise ConfigError([Mistake(str(path), "", f"is not {' or '.join(READERS)}")])
    bad = 0

    def good_rows() -> Iterator[Reading]:
        nonlocal bad
        for number, row in READERS[path.suffix](path):
            wrong = row if isinstance(row, str) else what_is_wrong(row, now)
            if wrong:
                bad += 1
                complain(f"{path}:{number}: {wrong}")
            elif isinstance(row, Reading):
                yield row

    stored = 0
    with translated("the import stopped"):
        readings = good_rows()
        while page := list(islice(readings, PAGE)):
            writer.append([Batch(page)])
            stored += len(page)
    return Imported(stored, bad)


def what_is_wrong(reading: Reading, now: int) -> str:
    """Why it cannot be a reading of the store; empty if it can."""
    if not _DEVICE.fullmatch(reading.device):
        return f"{reading.device!r} is not a device's id"
    if not _METRIC.fullmatch(reading.metric):
        return f"{reading.metric!r} is not a metric's name"
    if not math.isfinite(reading.value):
        return f"{reading.value} is not a number"
    if reading.quality not in ("good", "clock", "corrected"):
        return f"{reading.quality!r} is not a quality of a reading"
    if not believable(reading.at, now):
        return f"the time {reading.at} is in the future, or ten years old, or not in milliseconds"
    return ""
