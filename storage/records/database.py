"""Opening the records database, in SQLite or PostgreSQL, so that both behave alike.

One transaction writes at a time in both: SQLite has one lock, in PostgreSQL every writer takes the
same advisory lock. What was tried with one therefore holds with the other, and a hospital's records
are far too few for it to matter. Readers see one moment and wait for nobody.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import StoreError
from storage.files.atomic import own_file, own_folder
from storage.files.place import Place
from storage.records import migrate
from storage.records.audit import AuditedSession

WRITING = 5_746_290_513  # the advisory lock; any number that nobody else in the database uses
POSTGRESQL = "postgresql+psycopg"
DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _by_this_machine() -> int:
    """The machine's time, UTC ms, for the audit of callers that hand over no clock."""
    return time.time_ns() // 1_000_000


def _nobody_knows() -> Path | None:
    """The newest backup, of callers that do not say."""
    return None


class Records:
    """The records database of a site, by SQLAlchemy URL. `who` writes, unless `writing` says."""

    def __init__(
        self,
        url: str,
        *,
        who: str = "scanward",
        now: Callable[[], int] = _by_this_machine,
        newest_backup: Callable[[], Path | None] = _nobody_knows,
    ) -> None:
        self._url = _checked(url)
        self._who = who
        self._now = now
        self._newest_backup = newest_backup
        if self.file is not None:
            own_folder(self.file.parent)
        self._engine = _engine(self._url)
        self._place: Place | None = None  # of the file that the connections have open
        if self.file is not None:
            event.listen(self._engine, "do_connect", partial(_make_own_file, self.file))
            event.listen(self._engine, "connect", self._note_place)

    def _note_place(self, _connection: object, _record: object) -> None:
        if self._place is None and self.file is not None and self.file.exists():
            self._place = Place.of(self.file)

    def _stay_in_place(self) -> None:
        """Open the file that is at the path now, if it is another; StoreError while there may be none."""
        if self._place is not None and self._place.is_left():
            self._place.check_folder()
            self._engine.dispose()
            self._place = None
            self.upgrade()

    @property
    def file(self) -> Path | None:
        """The database's file; None if a server has it."""
        is_file = self._url.get_backend_name() == "sqlite" and self._url.database
        return Path(self._url.database or "") if is_file else None

    @property
    def name(self) -> str:
        """The URL without its password, for messages."""
        return self._url.render_as_string(hide_password=True)

    def upgrade(self) -> None:
        """Bring the tables to this version. Two processes may call it at once.

        StoreError, and nothing is touched, if a newer Scanward made them. Where there is nothing to
        do it waits for no writer.
        """
        self._refuse_emptied()
        if self.known_revision() == migrate.newest():
            return
        with self.changing() as connection:
            migrate.upgrade(connection, self.name, self.file)

    def _refuse_emptied(self) -> None:
        """An empty file is a database without tables for SQLite; where there are backups it was more."""
        file = self.file
        if file is not None and file.exists() and file.stat().st_size == 0:
            log_beside = file.with_name(f"{file.name}-wal")
            if not log_beside.exists() and self._newest_backup() is not None:
                raise self._damaged("it is empty")

    def revision(self) -> str | None:
        """The revision of its tables; None if there are none yet."""
        with self.reading() as db:
            return migrate.revision(db.connection())

    def known_revision(self) -> str | None:
        """`revision`; StoreError if a newer Scanward made the tables."""
        with self.reading() as db:
            return migrate.known_revision(db.connection(), self.name)

    @contextmanager
    def writing(
        self, who: str | None = None, now: int | None = None, address: str = ""
    ) -> Iterator[Session]:
        """One transaction: all of it, or on any exception none of it. The audit names `who`, and from where."""
        self._stay_in_place()
        at = self._now() if now is None else now
        info = {"who": who or self._who, "now": at, "address": address}
        with (
            self._translated(),
            AuditedSession(self._engine, info=info) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and never waits for a writer."""
        self._stay_in_place()
        engine = self._engine.execution_options(reading=True)
        if self._url.drivername == POSTGRESQL:
            engine = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with self._translated(), Session(engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One unaudited transaction on the tables themselves: upgrade and restore."""
        self._stay_in_place()
        with self._translated(), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            text = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
            if code == sqlite3.SQLITE_CORRUPT_VTAB:
                repair = "its search is damaged, and nothing else: `scanward search --rebuild`"
                raise StoreError(f"{self.file}: {repair} makes it anew") from error
            if code & 0xFF in DAMAGE_CODES:
                raise self._damaged(text.strip()) from error
            raise StoreError(f"{self.name}: {text.strip()}") from error

    def _damaged(self, text: str) -> StoreError:
        backup = self._newest_backup() or "BACKUP"
        return StoreError(
            f"{self.file} is damaged ({text}): stop Scanward, and put the newest backup back with"
            f" `scanward restore {backup}`",
            permanent=True,
        )


def _checked(url: str) -> URL:
    try:
        made = make_url(url)
    except (SQLAlchemyError, ValueError):
        raise StoreError("the URL of the records database is none", permanent=True) from None
    if made.drivername in ("postgres", "postgresql"):
        made = made.set(drivername=POSTGRESQL)
    if made.drivername not in ("sqlite", POSTGRESQL):
        text = f"records are kept in sqlite or {POSTGRESQL}, not in {made.drivername}"
        raise StoreError(text, permanent=True)
    return made


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # A server that was restarted is met at the next question, not by an error.
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _make_own_file(path: Path, *_how: object) -> None:
    """SQLite would make it for everyone to read. Not before it is opened: to be absent means something."""
    own_file(path)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says `begin` itself, below
    connection.execute("pragma busy_timeout = 10000")
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would be refused when another process wrote in
    # between; one that means to write therefore asks for the lock at once and waits its turn.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.execute("set lock_timeout = '10s'")
    # A process that hangs, or a machine that vanished, does not hold the lock for ever.
    connection.execute("set idle_in_transaction_session_timeout = '60s'")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({WRITING})")
