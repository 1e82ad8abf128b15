"""Bringing the tables of the records database to a revision, with a copy before."""

import logging
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.errors import StoreError
from storage.files import sqlite_copy

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision of the tables; None if there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revision(connection: Connection, name: str) -> str | None:
    """`revision`; StoreError if a newer Scanward made the tables."""
    here = revision(connection)
    if here is not None and here not in known():
        text = f"{name} is of a newer Scanward (revision {here}, this one knows {newest()})"
        raise StoreError(f"{text}; nothing was touched", permanent=True)
    return here


def newest() -> str:
    """The revision this Scanward works with."""
    return str(_scripts().get_current_head())


def known() -> list[str]:
    """Every revision this Scanward can work from."""
    return [str(script.revision) for script in _scripts().walk_revisions()]


def upgrade(connection: Connection, name: str, file: Path | None, target: str = "head") -> None:
    """Run what is missing in the connection's transaction. `file`: to copy first, if SQLite."""
    here = known_revision(connection, name)
    if here == (newest() if target == "head" else target):
        return
    if here is not None:
        _keep_copy(name, file, here)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _keep_copy(name: str, file: Path | None, here: str) -> None:
    if file is None:
        log.warning(
            "%s goes from %s to %s; its backup is the database administrator's",
            *(name, here, newest()),
        )
        return
    # The caller holds the write lock, so nothing can be written between the copy and the change.
    before = file.with_name(f"{file.name}.before-{newest()}")
    sqlite_copy.copy(file, before)
    log.info("%s goes from %s to %s; as it was: %s", name, here, newest(), before)


@cache
def _scripts() -> ScriptDirectory:
    """The migrations of this Scanward, read once: every process asks for them each time it opens the records."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
