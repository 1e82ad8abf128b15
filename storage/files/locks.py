"""Locks that the kernel lets go of, even after kill -9."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreError


@contextmanager
def held(path: Path, taken: str) -> Iterator[None]:
    """Hold the lock file; StoreError with the words of `taken` if another process does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(taken) from None
        yield


def series_lock(series: Path) -> Path:
    """The file by which the one writer of the series store is known."""
    return series.with_suffix(".lock")
