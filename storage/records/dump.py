"""Records as lines of JSON, for a database that is not a file: dumped, and loaded.

One line a row, `["alerts", {"id": 1, ...}]`, in the order in which foreign keys allow them. The
tables are read as the database has them, so a dump is of any revision.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Integer, MetaData, Table, insert, select, text

from core.errors import StoreError
from storage.records import migrate
from storage.records.base import Base
from storage.records.database import Records

ROWS_AT_ONCE = 1000
LONGEST_LINE = 32_000_000  # characters: a row with the longest texts that any form takes, with room


def dump(records: Records, path: Path) -> tuple[str | None, dict[str, int]]:
    """Write one moment of every table; the revision and how many rows each has."""
    counts: Counter[str] = Counter()
    with records.reading() as db, path.open("w", encoding="utf-8") as file:
        connection = db.connection()
        for table in _tables(connection):
            counts[table.name] = 0
            ordered = select(table).order_by(*table.primary_key)
            rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(ordered)
            for row in rows.mappings():
                file.write(json.dumps([table.name, dict(row)], ensure_ascii=False) + "\n")
                counts[table.name] += 1
        return migrate.revision(connection), dict(counts)


def load(records: Records, path: Path, revision: str | None) -> None:
    """Replace all records by a dump, in one transaction, and upgrade them.

    Only Scanward's own tables are touched; others in the database stay.
    """
    with records.changing() as connection:
        migrate.known_revision(connection, records.name)
        Base.metadata.drop_all(connection)
        connection.execute(text("drop table if exists alembic_version"))
        if revision is None:
            return
        migrate.upgrade(connection, records.name, None, revision)
        tables = {table.name: table for table in _tables(connection)}
        with path.open(encoding="utf-8") as file:
            for name, rows in _in_portions(_rows_of(file)):
                if name not in tables:
                    raise StoreError(f"{path}: there is no table {name!r}", permanent=True)
                connection.execute(insert(tables[name]), rows)
        for table in tables.values():
            _advance_ids(connection, table)
        migrate.upgrade(connection, records.name, None)


def _tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
    return metadata.sorted_tables


def _rows_of(file: TextIO) -> Iterator[Any]:
    """The name of a table and a row of it, of each line. StoreError if a line is none of ours."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        try:
            name, row = json.loads(line if len(line) < LONGEST_LINE else "")
        except (ValueError, TypeError, RecursionError) as error:
            raise StoreError(f"{file.name}:{number} is damaged", permanent=True) from error
        yield name, row


def _in_portions(lines: Iterable[Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, rows in groupby(lines, key=lambda line: str(line[0])):
        while portion := [row for _, row in islice(rows, ROWS_AT_ONCE)]:
            yield name, portion


def _advance_ids(connection: Connection, table: Table) -> None:
    """Rows were loaded with their ids; the next new row gets the id after them."""
    if connection.dialect.name != "postgresql":
        return
    if "id" in table.primary_key and isinstance(table.c.id.type, Integer):
        connection.execute(
            text(
                f"select setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" coalesce(max(id), 1), max(id) is not null) from {table.name}"
            )
        )
