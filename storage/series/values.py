"""Values of series, whatever retention has left: the first or the last few, or all of many."""

import sqlite3
from collections.abc import Collection, Iterator

import numpy as np

from core.time.clock import DAY, HOUR
from storage.series import journal
from storage.series.block import CORRECTED, Readings, empty, split
from storage.series.series_window import Level, SeriesWindow

_FINE: tuple[Level, ...] = ("raw", "minutes")


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


def all_values(
    db: sqlite3.Connection, numbers: Collection[int], start: int, end: int
) -> tuple[Readings, Level]:
    """All of these series in [start, end), in the order of time, and the coarsest level that had to do.

    The mean of an hour stands where minutes have been dropped. What was corrected is as if it had
    been read so.
    """
    parts, levels = [empty()], set[Level]()
    tails = split(journal.tail(db, "sealed"))
    for number in numbers:
        window = SeriesWindow(db, number, start, end, tails.get(number, empty()))
        level: Level = next((level for level in _FINE if window.has(level)), "hours")
        levels.add(level)
        parts.append(window.means("hours", HOUR) if level == "hours" else window.values())
    rows = np.concatenate(parts)
    rows = rows[(rows["at"] >= start) & (rows["at"] < end)]
    rows["quality"][rows["quality"] == CORRECTED] = 0
    coarsest: Level = max(levels, key=[*_FINE, "hours"].index, default="raw")
    return rows[np.argsort(rows["at"], kind="stable")], coarsest


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
