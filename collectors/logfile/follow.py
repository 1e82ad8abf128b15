"""Reads what was added to the end of a log, through every kind of rotation.

A follower keeps nothing but the stamp of its last read. It is given the position to go on from, and
returns the next one with the lines: saved together, neither a line nor a position can get lost. The
position is always in the part from which the last line came: whatever is done to the files
meanwhile, that part is looked for first, and what follows is read in the order of its writing.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from collectors.logfile.checkpoint import Checkpoint
from collectors.logfile.chunk import Chunk
from collectors.logfile.rotation import LogFiles, LogPart, missing_between, part_at, place_elsewhere

_STOOD_STILL = 60.0  # seconds, after which a line without an end is complete; ours
_LONG_AGO = (
    600.0  # seconds since the last change by the disk's own clock, which may be minutes off; ours
)
_RENAMED_WITHIN = 5.0  # seconds that the files of a rotation may take; ours
_RACES = 5  # looks at once while the files are being renamed under us


@dataclass(frozen=True, slots=True)
class NewLines:
    """What one read brought: lines of complete records, oldest first, and where to go on."""

    lines: list[str]
    position: str | None = None  # None: nothing new to remember
    more: bool = False  # read again at once
    gap: str = ""  # what cannot be read any more, in words


class LogFollower(Protocol):
    """Follows one log, whichever end its files grow at."""

    def read_new(self, saved: str | None) -> NewLines:
        """The next lines after `saved`. OSError if they cannot be read."""


class _Chain(NamedTuple):
    """The parts from which to go on, oldest first, and where in the first of them."""

    parts: Sequence[LogPart]
    position: Checkpoint
    gap: str = ""


class _Look(NamedTuple):
    """What one part brought."""

    lines: list[str]
    position: Checkpoint
    is_full: bool  # there is more of it
    is_at_end: bool  # and nobody writes it any more


class _RotatedError(Exception):
    """The files are others than were listed a moment ago."""


class EndFollower:
    """Follows a log whose files grow at their end."""

    def __init__(
        self,
        path: Path,
        encoding: str,
        begin: str | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = LogFiles(path)
        self._encoding = encoding
        self._begin = begin
        self._monotonic = monotonic
        self._last_stamp: tuple[int, int, int] | None = None
        self._unchanged_since = 0.0
        self._missing = ("", 0.0)  # what a look would have had to pass over, and since when

    def read_new(self, saved: str | None) -> NewLines:
        """The next lines after `saved`. OSError if they cannot be read."""
        for _ in range(_RACES):
            try:
                return self._read(saved)
            except _RotatedError:
                continue
        return NewLines([])

    def _read(self, saved: str | None) -> NewLines:
        chain = self._chain(Checkpoint.of(saved))
        position, gap, is_waiting = chain.position, chain.gap, False
        for number, part in enumerate(chain.parts):
            following = chain.parts[number + 1] if number + 1 < len(chain.parts) else None
            if number:
                missing = self._missing_before(part, chain.parts[number - 1])
                if missing and not self._is_certain(missing):
                    is_waiting = True
                    break
                gap = gap or missing
                position = Checkpoint(part.inode, written=position.written)
            look = self._read_part(part, position, following)
            if look.lines or not look.is_at_end or following is None:
                break
        if following is None and look.is_at_end and not look.lines and self._is_absent(part):
            raise FileNotFoundError(2, "no such file", str(self._files.path))
        text = look.position.text if look.position.offset or gap or not saved else saved
        goes_on = look.is_at_end and not is_waiting and (following is not None or bool(look.lines))
        return NewLines(
            look.lines, text if text != saved else None, more=look.is_full or goes_on, gap=gap
        )

    def _read_part(self, part: LogPart, position: Checkpoint, following: LogPart | None) -> "_Look":
        """The next lines of one part."""
        with _opened(part.path) as file:
            status = os.fstat(file.fileno())
            if status.st_ino != part.inode or not position.fits(file, status.st_size):
                raise _RotatedError
            settled, stood_still = self._stillness(file)
            # Who has begun a new file writes no more into the old one.
            finished = (following is not None and following.size > 0) or (
                settled and part.path != self._files.path and not self._files.is_pattern
            )
            chunk = Chunk(file, position.offset, self._encoding, is_cut=position.cut)
            chunk.read(whole=finished or stood_still)
            if not (finished or settled) or chunk.is_full or chunk.has_partial_line:
                chunk.hold_last_record(self._begin)
            moved = position.moved(file, chunk.end, cut=chunk.is_cut)
            moved = replace(moved, where=place_elsewhere(part.path, self._files.path))
            if not position.fits(file, os.fstat(file.fileno()).st_size):  # truncated meanwhile
                raise _RotatedError
        return _Look(chunk.lines, moved, chunk.is_full, finished and not chunk.is_full)

    def _stillness(self, file: BinaryIO) -> tuple[bool, bool]:
        """Has the file not changed since the last read? And for so long that it is complete?"""
        status, now = os.fstat(file.fileno()), self._monotonic()
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        settled = stamp == self._last_stamp
        if not settled:
            self._last_stamp, self._unchanged_since = stamp, now
        is_old = settled and time.time() - status.st_mtime >= _LONG_AGO
        return settled, is_old or now - self._unchanged_since >= _STOOD_STILL

    def _missing_before(self, part: LogPart, older: LogPart) -> str:
        # Names that a pattern fits may count upwards.
        return "" if self._files.is_pattern else missing_between(older, part)

    def _is_certain(self, missing: str) -> bool:
        """Was it so a while ago too? Perhaps the parts are being renamed just now."""
        now = self._monotonic()
        if self._missing[0] != missing:
            self._missing = (missing, now)
        return now - self._missing[1] >= _RENAMED_WITHIN

    def _chain(self, position: Checkpoint | None) -> _Chain:
        parts = self._files.parts()
        if position is None:
            if not parts or (not self._files.is_pattern and parts[-1].path != self._files.path):
                raise FileNotFoundError(2, "no such file", str(self._files.path))
            first = parts if self._files.is_pattern else parts[-1:]
            return _Chain(first, Checkpoint(first[0].inode))
        own = self._own_part(position, parts)
        if own is None:  # copied and truncated since it was listed? The copy is there before the truncation
            parts = self._files.parts()
            own = self._own_part(position, parts)
        if own is not None:
            later = parts[parts.index(own) + 1 :] if own in parts else _after(own, parts)
            return _Chain([own, *later], replace(position, inode=own.inode))
        rest = [part for part in parts if position.written and part.written >= position.written]
        rest = rest or parts[-1:]
        if not rest:
            raise FileNotFoundError(2, "no such file", str(self._files.path))
        packed = self._files.packed(position.written)
        return self._trimmed(position, rest) or _Chain(
            rest, Checkpoint(rest[0].inode, written=position.written), _gap(packed)
        )

    def _trimmed(self, position: Checkpoint, parts: Sequence[LogPart]) -> _Chain | None:
        """The file being written, if its beginning was cut off to keep it short; None otherwise."""
        newest = parts[-1]
        with _opened(newest.path) as file:
            trimmed = position.place_in(file)
        if trimmed is None:
            return None
        return _Chain([newest], replace(trimmed, inode=newest.inode))

    def _own_part(self, position: Checkpoint, parts: Sequence[LogPart]) -> LogPart | None:
        """The part we were reading, wherever it is now: renamed, copied and truncated, or replaced."""
        others = [*self._files.others(), *part_at(position.where)]
        every = [*reversed(parts), *(part for part in others if part not in parts)]
        of_inode = (part for part in every if part.inode == position.inode)
        by_content = (part for part in every if position.offset > 0)
        return next((part for part in (*of_inode, *by_content) if _fits(part, position)), None)

    def _is_absent(self, part: LogPart) -> bool:
        return not self._files.is_pattern and part.path != self._files.path


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:  # it was listed a moment ago
        raise _RotatedError from error


def _fits(part: LogPart, position: Checkpoint) -> bool:
    try:
        with part.path.open("rb") as file:
            return position.fits(file, os.fstat(file.fileno()).st_size)
    except OSError:  # gone, or not for us: then it is not the one
        return False


def _after(own: LogPart, parts: Sequence[LogPart]) -> list[LogPart]:
    return [part for part in parts if part.written >= own.written and part.inode != own.inode]


def _gap(packed: Sequence[str]) -> str:
    if packed:
        return f"a part of the log is packed and was not read: {', '.join(packed)}"
    return "what was read last is no longer there: what was added to it afterwards was not read"
