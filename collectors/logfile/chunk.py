"""Some bytes of a log file, cut into the lines of complete records."""

from typing import BinaryIO

from collectors.logfile.line_decoder import HEAD, LONGEST_LINE, Encoding
from collectors.logfile.records import begins

CHUNK = 256 * 1024  # bytes of one read
_LARGEST_HOLE = 64 * 1024 * 1024  # bytes of NUL that are looked through for what follows


class Chunk:
    """Up to CHUNK bytes from an offset on. `end` is where to go on, once `read` has been called."""

    def __init__(self, file: BinaryIO, offset: int, encoding: str, *, is_cut: bool) -> None:
        file.seek(0)
        self._encoding = Encoding.of(encoding, file.read(HEAD))
        self.end = max(offset, self._encoding.mark)
        self.is_cut = is_cut
        self._pass_half_end(file)
        file.seek(self.end)
        data = file.read(CHUNK)
        if len(data) == CHUNK and not any(data):
            data = self._behind_hole(file)
        self.is_full = len(data) == CHUNK
        self._data = data[: len(data) - len(data) % self._encoding.width]
        self.lines: list[str] = []
        self._starts: list[int] = []
        self.has_partial_line = False

    def read(self, *, whole: bool) -> None:
        """Fill `lines`. With `whole` the file is finished: its last line needs no end."""
        spans = self._encoding.lines(self._data, whole=whole and not self.is_full)
        after = 0
        if self.is_cut:
            self.is_cut = not spans
            after = spans.pop(0).end if spans else len(self._data)
        for span in spans:
            self.lines.append(self._encoding.decoded(self._data[span.start : span.stop]))
            self._starts.append(self.end + span.start)
            after = span.end
        rest = self._data[after:].rstrip(b"\0")
        if not spans and len(rest) > LONGEST_LINE:
            self.lines.append(self._encoding.decoded(rest))
            self._starts.append(self.end + after)
            after, rest, self.is_cut = len(self._data), b"", True
        self.has_partial_line = bool(rest)
        self.end += after

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

    def _pass_half_end(self, file: BinaryIO) -> None:
        """Go behind an LF whose CR has ended the last line already."""
        width = self._encoding.width
        if self.end >= self._encoding.mark + width:
            file.seek(self.end - width)
            if file.read(2 * width) == "\r\n".encode(self._encoding.codec):
                self.end += width

    def _behind_hole(self, file: BinaryIO) -> bytes:
        """What follows a large hole of NUL; nothing if that is room made in advance, to be written yet."""
        at = self.end + CHUNK
        while at - self.end < _LARGEST_HOLE:
            data = file.read(CHUNK)
            if any(data):
                self.end = at
                return data
            if len(data) < CHUNK:
                break
            at += CHUNK
        return b""
