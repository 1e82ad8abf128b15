"""The files of one log: the one that is being written, and the older parts beside it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PACKED = {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"}
_MOST = 50  # parts; a rotation that happened longer ago is not looked for
_LISTINGS = 10  # until two in a row agree
# What a rotation puts behind the name (`.1`, `-20261127`, `.old`), or before its ending (`.1.log`).
_BEHIND = re.compile(r"[._-]?(?:.*\d.*|old|bak|prev|~)", re.IGNORECASE)
_BEFORE = re.compile(r"[._-]?\d[\d._-]*")
# Forms of strftime in a path, each as the digits that it writes.
_FORMS = {"%Y": 4, "%m": 2, "%d": 2, "%y": 2, "%H": 2, "%M": 2, "%S": 2, "%j": 3}


class Part(NamedTuple):
    """One file of a log as it lay in the folder a moment ago."""

    path: Path
    inode: int
    size: int  # bytes
    written: int  # ns, by the clock of the disk: of the last change


class LogFiles:
    """A path and what belongs to it; or all that fits a path with a pattern (`scan_%Y%m%d.log`, `*`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_pattern = is_pattern(path)

    def parts(self) -> list[Part]:
        """Oldest first; the last is the one being written, unless `path` itself is absent just now.

        OSError if the folder cannot be read. A rotation that goes on meanwhile could hide a part from
        one listing, so two in a row must agree.
        """
        before = self._listing()
        for _ in range(_LISTINGS):
            now = self._listing()
            if [part[:2] for part in now] == [part[:2] for part in before]:
                return now
            before = now
        raise BlockingIOError(11, "the log is rotated faster than its folder can be read")

    def others(self) -> list[Part]:
        """All plain files of the folder, the last written first: whatever a part was renamed to."""
        if self.is_pattern:
            return []
        parts = [_part(Path(entry.path), entry.stat()) for entry in _files(self.path.parent)]
        return sorted(parts, key=lambda part: part.written, reverse=True)[:_MOST]

    def packed(self, after: int) -> list[str]:
        """Names of packed parts that were written after that time (ns): they cannot be read."""
        if self.is_pattern:
            return []
        return sorted(
            entry.name
            for entry in os.scandir(self.path.parent)
            if self._is_part(entry.name)
            and _is_packed(entry.name)
            and entry.stat().st_mtime_ns > after
        )

    def _listing(self) -> list[Part]:
        if self.is_pattern:
            paths = [path for path in _matches(self.path) if not _is_packed(path.name)]
        else:
            files = _files(self.path.parent)
            paths = [Path(entry.path) for entry in files if self._is_part(entry.name)]
        parts = []
        for path in paths:
            try:
                status = path.stat()
            except FileNotFoundError:  # rotated away just now: the next listing differs
                continue
            parts.append(_part(path, status))
        parts.sort(key=lambda part: (part.path == self.path, part.written, _age(part.path.name)))
        return parts[-_MOST:]

    def _is_part(self, name: str) -> bool:
        own, ending = self.path.name, self.path.suffix
        if name == own:
            return True
        if name.startswith(own):
            return _BEHIND.fullmatch(name[len(own) :]) is not None
        stem = self.path.stem
        is_between = bool(ending) and name.startswith(stem) and name.endswith(ending)
        return is_between and _BEFORE.fullmatch(name[len(stem) : -len(ending)]) is not None


def missing_between(older: Part, newer: Part) -> str:
    """In words, the numbers that lie between two parts that should be neighbours; empty if none."""
    first, second = _number(older.path.name), _number(newer.path.name) or 0
    if first is None or first - second < 2:
        return ""
    numbers = ", ".join(str(number) for number in range(first - 1, second, -1))
    return f"a part of the log is missing: number {numbers}"


def is_pattern(path: Path) -> bool:
    """Has it wildcards, or forms of a date?"""
    return any(sign in str(path) for sign in ("*", "?", "[")) or any(
        form in str(path) for form in _FORMS
    )


def _matches(path: Path) -> list[Path]:
    wildcards = str(path.relative_to(path.anchor))
    for form, digits in _FORMS.items():
        wildcards = wildcards.replace(form, "[0-9]" * digits)
    return [match for match in Path(path.anchor or ".").glob(wildcards) if match.is_file()]


def _files(folder: Path) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and not _is_packed(entry.name):
                yield entry


def _part(path: Path, status: os.stat_result) -> Part:
    return Part(path, status.st_ino, status.st_size, status.st_mtime_ns)


def _age(name: str) -> tuple[int, str]:
    """Sorts what was written in the same instant: `.2` is older than `.1`, the 27th than the 28th."""
    return (-(_number(name) or 0), name)


def _number(name: str) -> int | None:
    number = re.search(r"\.(\d{1,2})(?:\.|$)", name)
    return int(number[1]) if number else None


def _is_packed(name: str) -> bool:
    return Path(name).suffix.lower() in _PACKED
