"""How far which file has been read, in a form that survives rotation and reuse of inodes."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

_SEARCHED = 4 * 1024 * 1024  # bytes at the end of a file that was cut short; ours
_SAMPLE = 256  # bytes; two of them tell one log file from the next


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a file has been read. `head` and `tail` are digests of what lies before `offset`.

    The inode alone will not do: after a rotation the file system may give it to the new file.
    The head alone will not do either: many logs begin with the same banner.
    """

    inode: int
    offset: int = 0
    head: str = ""
    tail: str = ""
    cut: bool = False  # in the middle of a line that is too long; skip to its end
    written: int = 0  # ns: when the file was last changed before it was read so far; 0: not known
    where: str = ""  # its own path, if a link led there from another folder

    @classmethod
    def of(cls, text: str | None) -> "Checkpoint | None":
        """What `text` says; None if it is absent or no longer understood."""
        try:
            return cls(**json.loads(text)) if text else None
        except (ValueError, TypeError):
            return None

    @property
    def text(self) -> str:
        """JSON, as it is saved."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def moved(self, file: BinaryIO, offset: int, *, cut: bool = False) -> "Checkpoint":
        """The same file, read up to `offset`."""
        head, tail = _samples(file, offset)
        written = os.fstat(file.fileno()).st_mtime_ns
        return replace(self, offset=offset, head=head, tail=tail, cut=cut, written=written)

    def fits(self, file: BinaryIO, size: int) -> bool:
        """Does this file hold, up to our offset, what we have read?"""
        return size >= self.offset and _samples(file, self.offset) == (self.head, self.tail)

    def place_in(self, file: BinaryIO) -> "Checkpoint | None":
        """The same place in a file whose beginning was cut off; None if it is not there.

        Looked for behind each line of the last megabytes. Less than a whole sample proves nothing.
        """
        size = os.fstat(file.fileno()).st_size
        if self.offset < _SAMPLE:
            return None
        first = max(0, size - _SEARCHED)
        file.seek(first)
        data = file.read(_SEARCHED)
        for end in range(len(data), _SAMPLE - 1, -1):
            if data[end - 1] in b"\r\n\0" and _digest(data[end - _SAMPLE : end]) == self.tail:
                return self.moved(file, first + end, cut=self.cut)
        return None


def _samples(file: BinaryIO, offset: int) -> tuple[str, str]:
    if offset == 0:
        return "", ""
    file.seek(0)
    head = file.read(min(offset, _SAMPLE))
    file.seek(max(0, offset - _SAMPLE))
    tail = file.read(min(offset, _SAMPLE))
    return _digest(head), _digest(tail)


def _digest(sample: bytes) -> str:
    return hashlib.blake2b(sample, digest_size=8).hexdigest()
