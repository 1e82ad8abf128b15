"""How large the records are."""

from sqlalchemy import func, inspect, select, text

from storage.records.base import Base
from storage.records.database import Records


def database_bytes(records: Records) -> int | None:
    """What a server keeps for them; None for a file, whose size anybody sees."""
    if records.file is not None:
        return None
    with records.reading() as db:
        return int(db.scalar(text("select pg_database_size(current_database())")) or 0)


def row_counts(records: Records) -> dict[str, int]:
    """How many rows each of our tables has, by its name; those that are not there yet are not named."""
    with records.reading() as db:
        present = set(inspect(db.connection()).get_table_names())
        tables = [table for table in Base.metadata.sorted_tables if table.name in present]
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in sorted(tables, key=lambda table: table.name)
        }
