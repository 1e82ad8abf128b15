"""The first or the last few values of a series, however long it is and whatever retention has left."""

import sqlite3
from collections.abc import Iterator

import numpy as np

from core.time.clock import DAY
from storage.series import journal
from storage.series.block import Readings, empty
from storage.series.series_window import SeriesWindow


def some_values(
    db: sqlite3.Connection, series: int, start: int, end: int, count: int, *, is_first: bool
) -> Readings:
    """The first or the last `count` in [start, end), oldest first; only days that hold them are read."""
    parts, size = [empty()], 0
    for values in _days(db, series, start, end, is_first=is_first):
        parts.append(values)
        size += len(values)
        if size >= count:
            break
    values = np.concatenate(parts if is_first else parts[::-1])
    return values[:count] if is_first else values[-count:]


def _days(
    db: sqlite3.Connection, series: int, start: int, end: int, *, is_first: bool
) -> Iterator[Readings]:
    """The values of one day after the other, from the first day on or from the last."""
    tail = journal.tail(db, "sealed")
    at = tail["at"]
    tail = tail[(tail["series"] == series) & (at >= start) & (at < end)]
    key = (series, start // DAY, (end - 1) // DAY)
    days = {day for (day,) in db.execute(_DAYS, key * 2)} | set((tail["at"] // DAY).tolist())
    for day in sorted(days, reverse=not is_first):
        values = SeriesWindow(db, series, day * DAY, (day + 1) * DAY, tail).values()
        yield values[(values["at"] >= start) & (values["at"] < end)]


_DAYS = """
select day from blocks where series = ? and day between ? and ?
union select day from minutes where series = ? and day between ? and ?
"""
