"""The newest reading of each series."""

import sqlite3
from typing import Any

import numpy as np

from core.time.clock import DAY
from storage.series import journal
from storage.series.block import (
    CORRECTED,
    WITHDRAWN,
    empty,
    merged,
    newest_of_each,
    present,
    unpack,
)

# Number, device, metric, component, and of the reading time, value and quality, None without one.
LatestRow = tuple[Any, ...]


def latest_rows(db: sqlite3.Connection, device: str | None, until: int | None) -> list[LatestRow]:
    """The newest of every series that has any, or of one device's; of those up to `until`, UTC ms."""
    rows: list[LatestRow] = db.execute(_LATEST, (device,)).fetchall()
    loose = newest_of_each(journal.tail(db, "gathered")).tolist()
    newer = {number: columns for number, *columns in loose}
    if until is not None:
        rows = [_up_to(db, row, newer, until) for row in rows]
    rows = [_newest(db, row, newer) for row in rows]
    return [row for row in rows if row[4] is not None]


def _up_to(
    db: sqlite3.Connection, row: LatestRow, newer: dict[int, list[Any]], until: int
) -> LatestRow:
    """A row of _LATEST without what is later than `until`, which is taken out of `newer` too."""
    number, *name, at, _, _ = row
    if (at or 0) <= until and newer.get(number, [0])[0] <= until:
        return row
    newer.pop(number, None)
    tail = journal.tail(db, "sealed")
    readings = tail[(tail["series"] == number) & (tail["at"] <= until)]
    newest = present(merged(empty(), readings))[-1:]
    for day, body in db.execute(_BLOCKS_BACKWARDS, (number, until // DAY)):
        if len(newest) and newest["at"][0] >= (day + 1) * DAY:
            break
        block = unpack(body)
        readings = np.concatenate([block[block["at"] <= until], readings])
        newest = present(merged(empty(), readings))[-1:]
    columns = newest.tolist()
    return (number, *name, *(columns[0][1:] if columns else (None, None, None)))


def _newest(db: sqlite3.Connection, row: LatestRow, newer: dict[int, list[Any]]) -> LatestRow:
    """A row of _LATEST with what is newer; if that was withdrawn, with what was read before it."""
    number, *name, at, _, quality = row
    loose = newer.get(number)
    if loose and (at is None or loose[0] > at or (loose[0] == at and loose[2] >= CORRECTED)):
        row = (number, *name, *loose)
        at, _, quality = loose
    return _up_to(db, row, {}, at - 1) if quality == WITHDRAWN else row


_LATEST = """
select id, device, metric, component, at, value, quality
  from series left join latest on latest.series = id
 where ?1 is null or device = ?1 order by device, metric, component
"""
_BLOCKS_BACKWARDS = """
select day, body from blocks where series = ? and day <= ? order by day desc
"""
