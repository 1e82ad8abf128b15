"""The site file's bytes: read as they are, and written whole or not at all."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from core.errors import ConfigError, Mistake, StoreError
from storage.files.atomic import whole_file


def read_text(path: Path) -> str:
    """The text, its ends of lines as they are. ConfigError if it is gone or no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError([Mistake(str(path), "", error.strerror or str(error))]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake(str(path), "", f"not UTF-8 at byte {error.start}")]) from error


def digest(text: str) -> str:
    """By which a page knows that the file is still the one it saw."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_text(path: Path, text: str) -> None:
    """The file a link leads to is replaced, its owner and mode stay. StoreError, and nothing is changed, if not."""
    path = path.resolve()
    try:
        before = path.stat()
        with whole_file(path) as unfinished:
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(text.encode())
            with suppress(PermissionError):  # only root gives a file away; the group often can
                os.chown(unfinished, -1, before.st_gid)
            with suppress(PermissionError):
                os.chown(unfinished, before.st_uid, -1)
            unfinished.chmod(before.st_mode & 0o7777)
    except OSError as error:
        raise StoreError(
            f"the site file {path} cannot be written: {error.strerror or error}"
        ) from error
