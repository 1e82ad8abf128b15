"""Signs of life between processes: a file that is touched for as long as work goes on."""

from contextlib import suppress
from pathlib import Path

from core.time.clock import MINUTE
from storage.files.atomic import own_file, own_folder

# Longer than any channel may take for one message (the lease of a delivery, two minutes).
STANDSTILL = 3 * MINUTE


def touch(path: Path) -> None:
    """Say that work goes on. OSError if the disk refuses."""
    own_folder(path.parent)
    own_file(path)
    path.touch()


def touched_at(path: Path) -> int | None:
    """When work last went on, UTC ms; None if it never has."""
    with suppress(OSError):
        return path.stat().st_mtime_ns // 1_000_000
    return None
