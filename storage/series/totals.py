"""How much there is."""

from contextlib import closing
from pathlib import Path

from storage.files import sqlite_file
from storage.series.schema import open_for_reading, translated


def readings_in_closed_days(path: Path) -> int:
    """How many readings the days hold that are compacted; those of the running day are not counted."""
    with translated(path), closing(open_for_reading(path)) as db:
        return int(db.execute("select coalesce(sum(count), 0) from days").fetchone()[0])


def row_counts(path: Path) -> dict[str, int]:
    """How many rows each table of the series has, by its name."""
    with translated(path), closing(open_for_reading(path)) as db:
        tables = [
            str(row[0])
            for row in db.execute(
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        return {
            name: int(db.execute(f'select count(*) from "{name}"').fetchone()[0])
            for name in sorted(tables)
        }


def format_version(path: Path) -> int | None:
    """The version of the tables; None if they were not made yet."""
    if not path.exists():
        return None
    with translated(path), closing(sqlite_file.open_read_only(path)) as db:
        return int(db.execute("pragma user_version").fetchone()[0]) or None
