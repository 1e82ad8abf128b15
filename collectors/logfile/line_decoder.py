"""Cuts bytes into lines, in any encoding a device may write. Pure."""

import codecs
import re
import sys
from array import array
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_LINE = 64 * 1024  # bytes; the rest of a longer line is passed over

_WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
# The longer mark first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_END = re.compile(rb"\r\n|\n|\r|\0{2,}")
HEAD = 16  # bytes that tell the encoding: the beginning of a time
_OTHER = 0x80  # stands for a character beyond ASCII


class Span(NamedTuple):
    """One line of some bytes: its text from `start` to `stop`, and where the next begins."""

    start: int
    stop: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec without a byte order mark, and how long the mark of the file is."""

    codec: str
    mark: int = 0  # bytes of the mark at the file's start

    @classmethod
    def of(cls, name: str, head: bytes) -> "Encoding":
        """What a file that begins with `head` is written in. LookupError if there is no codec `name`.

        A mark wins over the name, and so does a beginning of which every second byte is NUL, or one
        that is all ASCII: no text in bytes, or in wider characters, looks so. UTF-16 without a mark is little-endian, as Windows writes it.
        """
        codec = codecs.lookup(name).name
        for mark, marked in _MARKS:
            if head.startswith(mark):
                return cls(marked, len(mark))
        if codec in ("utf-16", "utf-32", *_WIDE) and _looks_narrow(head):
            return cls("utf-8")
        if codec in ("utf-16", "utf-32"):
            return cls(f"{codec}-le")
        if codec not in _WIDE:
            codec = _looks_wide(head) or codec
        return cls("utf-8" if codec == "utf-8-sig" else codec)

    @property
    def width(self) -> int:
        """Bytes of the smallest character."""
        return _WIDE.get(self.codec, 1)

    def lines(self, data: bytes, *, whole: bool = False) -> list[Span]:
        """The lines of `data`, each ended by LF, CR, both, or a run of NUL as a loss of power leaves.

        NUL at the very end may be room that was made in advance: it ends nothing yet. With `whole`
        nothing follows, so that the text before it is a line too.
        """
        signs, width = self._signs(data), self.width
        spans, start, size = list[Span](), 0, len(signs)
        for match in _END.finditer(signs):
            stop, end = match.span()
            if signs[stop]:  # no NUL
                spans.append(Span(start, stop, end))
            elif end == size:
                break
            elif stop > start:
                spans.append(Span(start, stop, end))
            start = end
        rest = signs[start:].rstrip(b"\0\r") if whole else b""
        if rest:
            spans.append(Span(start, start + len(rest), start + len(rest)))
        if width == 1:
            return spans
        return [Span(*(place * width for place in span)) for span in spans]

    def decoded(self, line: bytes) -> str:
        """The text of one line; what cannot be read becomes U+FFFD, and a mark or NUL nothing."""
        text = line[:LONGEST_LINE].decode(self.codec, errors="replace")
        return text.removeprefix("\ufeff").replace("\0", "")

    def _signs(self, data: bytes) -> bytes:
        """One byte for each unit of the encoding: itself if it is ASCII."""
        if self.width == 1:
            return data
        units = array("H" if self.width == 2 else "I", data[: len(data) - len(data) % self.width])
        if self.codec.endswith("-le") != (sys.byteorder == "little"):
            units.byteswap()
        return bytes(unit if unit < _OTHER else _OTHER for unit in units)


def _looks_narrow(head: bytes) -> bool:
    return len(head) == HEAD and all(byte in b"\t\r\n" or 0x20 <= byte < 0x7F for byte in head)


def _looks_wide(head: bytes) -> str | None:
    pairs = head[: min(len(head) // 2 * 2, HEAD)]
    even, odd = pairs[::2], pairs[1::2]
    if len(even) < 4:
        return None
    if not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if not any(even) and all(odd) else None
