"""Locks that the kernel lets go of, even after kill -9."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import StoreError
from storage.files.atomic import own_file, own_folder


def acquire(path: Path, refusal: str | None = None) -> IO[str]:
    """Hold the lock file until it is closed.

    With `refusal`, StoreError with these words if another process has it; else wait for it.
    """
    own_folder(path.parent)
    own_file(path)
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX if refusal is None else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StoreError(refusal or "", permanent=True) from None
    return file


def is_held(path: Path) -> bool | None:
    """Has any process the lock file? None if nobody can tell."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError) as error:
        return isinstance(error, BlockingIOError)
    except OSError:
        return None
    return False


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock file meanwhile; StoreError with the words of `refusal` if it is held."""
    with acquire(path, refusal):
        yield


def lock_beside(database: Path) -> Path:
    """The lock file of the one process that writes a database."""
    return database.with_suffix(".lock")
