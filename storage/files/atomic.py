"""Files that appear whole or not at all: written, flushed to the disk, and named only then."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import StoreError

# What Scanward stores is for its own user and group, whatever the umask.
FOLDER_MODE, FILE_MODE = 0o750, 0o640


def own_folder(path: Path) -> None:
    """Make a folder, and those above it, that nobody else enters. One that is there stays as it is."""
    if path.is_dir():
        return
    own_folder(path.parent)
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not path.is_dir():
            raise
    else:
        with suppress(PermissionError):  # a disk that knows no modes
            path.chmod(FOLDER_MODE)


def own_file(path: Path) -> None:
    """Make an empty file that nobody else reads. One that is there stays as it is.

    What forbids it is an error for whoever then opens it.
    """
    with suppress(OSError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
        try:
            os.fchmod(descriptor, FILE_MODE)
        finally:
            os.close(descriptor)


def write_own(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for nobody else; its folder is made if it is absent."""
    own_folder(path.parent)
    with whole_file(path) as unfinished:
        own_file(unfinished)
        unfinished.write_bytes(data)


def fsync_path(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot flush a folder; a file they must.
        if error.errno != errno.EINVAL or path.is_file():
            raise
    finally:
        os.close(descriptor)


def fsync_tree(folder: Path) -> None:
    """`fsync_path` for everything in a folder, and the folder."""
    for path in sorted(folder.rglob("*"), reverse=True):
        fsync_path(path)
    fsync_path(folder)


def copy_file(source: Path, target: Path) -> None:
    """A copy that is on the disk; its folder is made if it is absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    fsync_path(target)


def same_disk(first: Path, second: Path) -> bool:
    """Would files at both lie on one file system? A path that is not there yet counts as its parent."""
    return _device(first) == _device(second)


def _device(path: Path) -> int:
    candidates = (path.absolute(), *path.absolute().parents)
    return next(candidate for candidate in candidates if candidate.exists()).stat().st_dev


def sha256(path: Path) -> str:
    """The digest as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to: renamed to `path` when the block ends well, else removed."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        yield unfinished
        fsync_path(unfinished)
        unfinished.replace(path)
        fsync_path(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def translated(what: str) -> Iterator[None]:
    """The system's errors become a StoreError that begins with `what`."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise StoreError(f"{what}: {where}{error.strerror or error}") from error
