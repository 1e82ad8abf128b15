"""Reads what was added to the end of a log file, through every kind of rotation.

A follower keeps nothing but the stamp of its last read. It is given the position to go on from, and
returns the next one with the lines: saved together, neither a line nor a position can get lost.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from collectors.logfile.checkpoint import Checkpoint
from collectors.logfile.line_decoder import LONGEST_LINE, Encoding
from collectors.logfile.records import begins
from collectors.logfile.rotation import siblings, with_inode, written_next

CHUNK = 256 * 1024  # bytes of one read


@dataclass(frozen=True, slots=True)
class NewLines:
    """What one read brought: lines of complete records, oldest first, and where to go on."""

    lines: list[str]
    position: str | None = None  # None: nothing new to remember
    more: bool = False  # read again at once


class LogFollower(Protocol):
    """Follows one file, whichever end it grows at."""

    def read_new(self, saved: str | None) -> NewLines:
        """The next lines after `saved`. OSError if the file cannot be read."""


class EndFollower:
    """Follows a file that grows at its end."""

    def __init__(self, path: Path, encoding: str, begin: str | None) -> None:
        self._path = path
        self._encoding = encoding
        self._begin = begin
        self._last_stamp: tuple[int, int, int] | None = None

    def read_new(self, saved: str | None) -> NewLines:
        """The next lines after `saved`. OSError if the file cannot be read."""
        path, position = self._locate(Checkpoint.of(saved))
        with path.open("rb") as file:
            settled = self._is_settled(file)
            is_old = path != self._path
            chunk = _Chunk(file, position, self._encoding)
            chunk.read(whole=is_old and settled)
            if not settled or chunk.is_full or chunk.has_partial_line:
                chunk.hold_last_record(self._begin)
            position = position.moved(file, chunk.end, cut=chunk.is_cut)
        done = is_old and settled and not chunk.is_full
        if done:
            position = self._next(path, position, has_lines=bool(chunk.lines))
        text = position.text if position.text != saved else None
        return NewLines(chunk.lines, text, more=chunk.is_full or (done and text is not None))

    def _is_settled(self, file: BinaryIO) -> bool:
        """Has the file stood still since the last read?"""
        status = os.fstat(file.fileno())
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        settled = stamp == self._last_stamp
        self._last_stamp = stamp
        return settled

    def _locate(self, position: Checkpoint | None) -> tuple[Path, Checkpoint]:
        """The file to go on with: the one we were reading, wherever it is now, else a new one."""
        now = self._path.stat().st_ino if self._path.exists() else None
        if position is not None:
            if now == position.inode and _fits(self._path, position):
                return self._path, position
            renamed = with_inode(self._path, position.inode)
            if renamed is not None and _fits(renamed, position):
                return renamed, position
            if position.offset > 0:
                # A copy that took the file's place, or (copytruncate) one that was put aside.
                for copy in [self._path, *siblings(self._path)]:
                    if _fits(copy, position):
                        return copy, _at_inode(position, copy)
        return self._path, Checkpoint(self._path.stat().st_ino)

    def _next(self, old: Path, position: Checkpoint, *, has_lines: bool) -> Checkpoint:
        following = written_next(self._path, old)
        if following is not None:
            return Checkpoint(following.stat().st_ino)
        if not has_lines:
            raise FileNotFoundError(2, "no such file", str(self._path))
        return position


class _Chunk:
    """Up to CHUNK bytes from a position on, cut into lines."""

    def __init__(self, file: BinaryIO, position: Checkpoint, encoding: str) -> None:
        file.seek(0)
        self._encoding = Encoding.of(encoding, file.read(4))
        self.end = max(position.offset, self._encoding.mark)
        self.is_cut = position.cut
        file.seek(self.end)
        data = file.read(CHUNK)
        self.is_full = len(data) == CHUNK
        self._data = data[: len(data) - len(data) % self._encoding.width]
        self.lines: list[str] = []
        self._starts: list[int] = []
        self.has_partial_line = False

    def read(self, *, whole: bool) -> None:
        """Fill `lines`. With `whole` the file is finished: its last line needs no end."""
        data, start = self._data, 0
        ends = self._encoding.ends(data)
        if self.is_cut:
            self.is_cut = not ends
            start = ends.pop(0) if ends else len(data)
        elif self._encoding.width == 1:
            start = self._after_nulls()
        if not ends and start < len(data) and len(data) - start > LONGEST_LINE:
            ends, self.is_cut = [len(data)], True
        if whole and not self.is_full and start < len(data) and (not ends or ends[-1] < len(data)):
            ends.append(len(data))
        for end in ends:
            self.lines.append(self._encoding.decoded(data[start:end]))
            self._starts.append(self.end + start)
            start = end
        self.has_partial_line = start < len(data)
        self.end += start

    def hold_last_record(self, begin: str | None) -> None:
        """Leave the last record of many lines for later: its end has not been seen."""
        if begin is None or self.is_cut:
            return
        for index in range(len(self.lines) - 1, -1, -1):
            if begins(self.lines[index], begin):
                if index > 0 or not self.is_full:
                    self.end = self._starts[index]
                    del self.lines[index:]
                return

    def _after_nulls(self) -> int:
        """A hole at the start of a line, as a truncated file gets from a writer that seeks."""
        after = len(self._data) - len(self._data.lstrip(b"\0"))
        return 0 if after == len(self._data) and not self.is_full else after


def _fits(path: Path, position: Checkpoint) -> bool:
    try:
        with path.open("rb") as file:
            return position.fits(file, os.fstat(file.fileno()).st_size)
    except OSError:  # gone, or not for us: then it is not the one
        return False


def _at_inode(position: Checkpoint, path: Path) -> Checkpoint:
    return replace(position, inode=path.stat().st_ino)
