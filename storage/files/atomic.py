"""Files that must be whole: written, flushed to the disk, and named only then."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreError


def settle(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        # Some network file systems cannot flush a folder; a file they must.
        if error.errno != errno.EINVAL or path.is_file():
            raise
    finally:
        os.close(number)


def settle_all(folder: Path) -> None:
    """`settle` for everything in a folder, and the folder."""
    for path in sorted(folder.rglob("*"), reverse=True):
        settle(path)
    settle(folder)


def copy_file(source: Path, target: Path) -> None:
    """A copy that is on the disk; its folder is made if it is absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    settle(target)


def same_disk(one: Path, other: Path) -> bool:
    """Would files at both lie on one file system? A path that is not there yet counts as its parent."""
    return _device(one) == _device(other)


def _device(path: Path) -> int:
    there = next(part for part in (path.absolute(), *path.absolute().parents) if part.exists())
    return there.stat().st_dev


def sha256(path: Path) -> str:
    """The digest as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes `path` when the block ends well and vanishes if not."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        settle(part)
        part.replace(path)
        settle(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def translated(what: str) -> Iterator[None]:
    """The system's errors become a StoreError that begins with `what`."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise StoreError(f"{what}: {where}{error.strerror or error}") from error
