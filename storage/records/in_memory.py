"""Records that are nowhere but in memory: for what is tried out, and must not touch a site's own."""

from collections.abc import Callable

from storage.records.base import Base
from storage.records.database import Records


def records_in_memory(now: Callable[[], int]) -> Records:
    """Empty records with all tables, of the thread that makes them; gone when they are closed.

    `now` is their clock, UTC ms.
    """
    records = Records("sqlite://", now=now)
    with records.changing() as connection:
        Base.metadata.create_all(connection)
    return records


def empty(records: Records) -> None:
    """Take out every row: to make records anew takes far longer."""
    with records.changing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
