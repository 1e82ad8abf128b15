"""What lies beside a log file: where its older parts went when it was rotated."""

import os
from collections.abc import Iterator
from pathlib import Path

_PACKED = {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"}
_MOST = 50  # files; a rotation that happened longer ago is not looked for


def siblings(path: Path) -> list[Path]:
    """The other plain files of the folder, the last written first."""
    newest_first = sorted(_dated(path), key=lambda dated: dated[0], reverse=True)
    return [Path(entry) for _, entry in newest_first[:_MOST]]


def with_inode(path: Path, inode: int) -> Path | None:
    """The sibling that was `path` before it was renamed."""
    with os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.inode() == inode and entry.name != path.name and entry.is_file():
                return Path(entry.path)
    return None


def written_next(path: Path, old: Path) -> Path | None:
    """The part that was begun after `old`: a newer `path.1`, or `path` itself; None if none is."""
    after = old.stat().st_mtime_ns
    parts = [
        sibling
        for sibling in siblings(path)
        if sibling.name.startswith(path.name)
        and sibling != old
        and sibling.stat().st_mtime_ns > after
    ]
    if parts:
        return parts[-1]
    return path if path.exists() else None


def _dated(path: Path) -> Iterator[tuple[int, str]]:
    with os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name != path.name and entry.is_file() and not _is_packed(entry.name):
                yield entry.stat().st_mtime_ns, entry.path


def _is_packed(name: str) -> bool:
    return Path(name).suffix.lower() in _PACKED
