"""Cuts bytes into lines, in any encoding a device may write. Pure."""

import codecs
from dataclasses import dataclass

LONGEST_LINE = 64 * 1024  # bytes; the rest of a longer line is passed over

_WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_MARKS = {
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec without a byte order mark, and how its line ends look."""

    codec: str
    newline: bytes
    mark: int = 0  # bytes of the mark at the file's start

    @classmethod
    def of(cls, name: str, head: bytes) -> "Encoding":
        """What a file that begins with `head` is written in. LookupError if there is no such.

        UTF-16 without a mark is little-endian, as Windows writes it.
        """
        codec = codecs.lookup(name).name
        mark = 0
        for bom, exact in _MARKS.get(codec, ()):
            if head.startswith(bom):
                codec, mark = exact, len(bom)
        if codec in _MARKS:
            codec += "-le"
        if codec in ("utf-8", "utf-8-sig"):
            codec, mark = "utf-8", 3 if head.startswith(codecs.BOM_UTF8) else 0
        return cls(codec, "\n".encode(codec), mark)

    @property
    def width(self) -> int:
        """Bytes of the smallest character."""
        return _WIDE.get(self.codec, 1)

    def ends(self, data: bytes) -> list[int]:
        """Where each complete line of `data` ends, after its newline."""
        ends, at = [], data.find(self.newline)
        while at >= 0:
            if at % self.width == 0:
                ends.append(at + len(self.newline))
                at += len(self.newline) - 1
            at = data.find(self.newline, at + 1)
        return ends

    def decoded(self, line: bytes) -> str:
        """One line without its end; what cannot be read becomes U+FFFD, and NUL nothing."""
        text = line[:LONGEST_LINE].decode(self.codec, errors="replace")
        return text.rstrip("\r\n").replace("\0", "")
