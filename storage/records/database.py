"""Opening the records database and bringing its tables up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


class Records:
    """The records database of a site, by SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        if self._url.database and self._url.get_backend_name() == "sqlite":
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(self._url)
        if self._url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    def upgrade(self) -> None:
        """Bring the tables to this version. Two processes may call it at once."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._translated(), self._engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it, or on any exception none of it."""
        with self._translated(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look that never waits for a writer."""
        engine = self._engine.execution_options(reading=True)
        with self._translated(), Session(engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            text = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            where = self._url.render_as_string(hide_password=True)
            raise StoreError(f"{where}: {text}") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says `begin` itself, below
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma busy_timeout = 10000")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would be refused when another process wrote in
    # between; one that means to write therefore asks for the lock at once and waits its turn.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")
