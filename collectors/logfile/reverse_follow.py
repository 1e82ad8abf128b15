"""Reads what was added at the top of a log file (Siemens syngo: EvtApplication_Today.txt).

The saved position is counted from the file's end, which new records at the top do not move. If what
lies there has changed, it is searched for; if it is nowhere, the file is a new one.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from collectors.logfile.chunk import CHUNK
from collectors.logfile.follow import NewLines
from collectors.logfile.line_decoder import HEAD, Encoding
from collectors.logfile.records import begins, oldest_first
from collectors.logfile.rotation import LogFiles

_SAMPLE = 512  # bytes from the newest known record on


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest record that was read: how many bytes from its start to the file's end."""

    below: int
    digest: str

    @classmethod
    def of(cls, text: str | None) -> "Anchor | None":
        """What `text` says; None if it is absent or no longer understood."""
        try:
            return cls(**json.loads(text)) if text else None
        except (ValueError, TypeError):
            return None

    @property
    def text(self) -> str:
        """JSON, as it is saved."""
        return json.dumps(asdict(self), separators=(",", ":"))


class TopFollower:
    """Follows a file that grows at its top."""

    def __init__(self, path: Path, encoding: str, begin: str | None) -> None:
        self._files = LogFiles(path)
        self._encoding = encoding
        self._begin = begin
        self._last_stamp: tuple[int, int, int] | None = None

    def read_new(self, saved: str | None) -> NewLines:
        """The next records above `saved`, oldest first. OSError if the file cannot be read."""
        anchor = Anchor.of(saved)
        with self._newest().open("rb") as file:
            before = _stamp(file)
            settled, self._last_stamp = before == self._last_stamp, before
            known = _known_from(file, anchor)
            if known is None and anchor is not None:
                from_sibling = self._rest_in_sibling(anchor)
                if from_sibling is not None:
                    return from_sibling
                if not settled:  # perhaps only half rewritten
                    return NewLines([])
            new = self._above(file, before[1] if known is None else known)
            # It was rewritten while we read it: read again when it is quiet.
            return new if _stamp(file) == before else NewLines([])

    def _newest(self) -> Path:
        if not self._files.is_pattern:
            return self._files.spelt()
        parts = self._files.parts()
        if not parts:
            raise FileNotFoundError(2, "no such file", str(self._files.path))
        return parts[-1].path

    def _above(self, file: BinaryIO, known: int) -> NewLines:
        """The oldest records above `known`; at most CHUNK bytes of them."""
        file.seek(0)
        encoding = Encoding.of(self._encoding, file.read(HEAD))
        first = max(encoding.mark, known - CHUNK)
        if known <= encoding.mark:
            return NewLines([])
        file.seek(first)
        data = file.read(known - first)
        lines = list(_lines(data, encoding, is_top=first == encoding.mark))
        while lines and not begins(lines[0][1], self._begin):
            lines.pop(0)
        start = first + lines[0][0] if lines else first
        text = _anchor_at(file, start).text
        return NewLines(
            oldest_first([line for _, line in lines], self._begin), text, more=first > encoding.mark
        )

    def _rest_in_sibling(self, anchor: Anchor) -> NewLines | None:
        """What was written between our last read and the daily change of file."""
        parts = reversed(self._files.parts()) if self._files.is_pattern else self._files.others()
        for part in parts:
            try:
                with part.path.open("rb") as file:
                    known = _at_its_place(file, anchor)
                    new = self._above(file, known) if known is not None else NewLines([])
            except OSError:
                continue
            if new.lines:
                return NewLines(new.lines, new.position, more=True)
        return None


def _lines(data: bytes, encoding: Encoding, *, is_top: bool) -> Iterator[tuple[int, str]]:
    """Start and text of each whole line; unless this is the top, the first may be half a line."""
    spans = encoding.lines(data, whole=True)
    for span in spans if is_top else spans[1:]:
        yield span.start, encoding.decoded(data[span.start : span.stop])


def _known_from(file: BinaryIO, anchor: Anchor | None) -> int | None:
    """Offset from which on everything has been read; None if nothing of it is here."""
    if anchor is None:
        return None
    at = _at_its_place(file, anchor)
    return at if at is not None else _searched(file, anchor)


def _at_its_place(file: BinaryIO, anchor: Anchor) -> int | None:
    at = os.fstat(file.fileno()).st_size - anchor.below
    return at if at >= 0 and _digest_at(file, at) == anchor.digest else None


def _searched(file: BinaryIO, anchor: Anchor) -> int | None:
    """The file's end was cut off, as some devices do to keep it short: look at every line."""
    file.seek(0)
    starts, offset = [0], 0
    for line in iter(lambda: file.readline(CHUNK), b""):
        offset += len(line)
        # In UTF-16LE the line end's second byte still belongs to it.
        starts += [offset, offset + 1]
    return next((at for at in starts if _digest_at(file, at) == anchor.digest), None)


def _anchor_at(file: BinaryIO, at: int) -> Anchor:
    return Anchor(os.fstat(file.fileno()).st_size - at, _digest_at(file, at))


def _digest_at(file: BinaryIO, at: int) -> str:
    file.seek(at)
    return hashlib.blake2b(file.read(_SAMPLE), digest_size=8).hexdigest()


def _stamp(file: BinaryIO) -> tuple[int, int, int]:
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns
