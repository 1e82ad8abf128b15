"""Is an open file still where it was opened? A deleted one can be written to without any error."""

import os
from pathlib import Path
from typing import NamedTuple

from core.errors import StoreError


class Place(NamedTuple):
    """The disk and the number of a file when it was opened."""

    path: Path
    disk: int
    number: int

    @classmethod
    def of(cls, path: Path) -> "Place":
        """Where the file is now. OSError if it is not there."""
        status = path.stat()
        return cls(path, status.st_dev, status.st_ino)

    def is_left(self) -> bool:
        """The path names another file now, or none."""
        try:
            status = os.stat(self.path)  # noqa: PTH116  each commit asks
        except OSError:
            return True
        return (status.st_dev, status.st_ino) != (self.disk, self.number)

    def check_folder(self) -> None:
        """StoreError unless a new file may be begun there, or the one that is there be opened.

        A disk that is not mounted leaves an empty folder, which is on another disk.
        """
        try:
            is_mounted = self.path.exists() or self.path.parent.stat().st_dev == self.disk
        except OSError:
            is_mounted = False
        if not is_mounted:
            raise StoreError(
                f"{self.path} is gone: its folder was deleted, or its disk is not mounted; nothing"
                " is stored until it is back"
            )
