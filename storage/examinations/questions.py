"""What is asked of the tables of the ledger, within a view of the caller."""

import sqlite3
from typing import Any

from core.time.covered_hours import Interval
from storage.examinations.entries import ExposureEntry


def covered(db: sqlite3.Connection, device: str) -> list[Interval]:
    rows = db.execute(
        "select began_at, ended_at from covered where device = ? order by 1", (device,)
    )
    return [(start, end) for start, end in rows]


def rows_since(
    db: sqlite3.Connection, table: str, device: str, began_at: int
) -> list[tuple[Any, ...]]:
    query = f"select * from {table} where device = ? and began_at >= ? order by began_at"
    return db.execute(query, (device, began_at)).fetchall()


def counted_exposures(db: sqlite3.Connection, device: str, since: int) -> list[ExposureEntry]:
    rows = db.execute(
        "select * from exposures where device = ?1 and at >= ?2 and (witness = 'report'"
        " or study not in (select study from exposures where device = ?1 and witness = 'report'))"
        " order by at",
        (device, since),
    )
    return [ExposureEntry(*row) for row in rows]


def mark(db: sqlite3.Connection, device: str, since: int) -> None:
    db.execute(
        "insert into marks values (?, ?, 1) on conflict do update"
        " set since = min(since, excluded.since), revision = revision + 1",
        (device, since),
    )
