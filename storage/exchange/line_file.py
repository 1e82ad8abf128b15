"""Files of InfluxDB's line protocol, one reading a line, times in milliseconds.

The first line whose tags needed %XX has a comment before it. Without that comment %XX stands for
itself: the version before wrote tags as they are.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from core.readings import Reading
from storage.line_protocol import LineEncoder, encode_tag, parse_reading

ROWS = 5_000  # in memory at once
LONGEST_LINE = 65_536  # bytes; a file without line ends must not fill the memory
CODED = "# From here on %XX in a tag stands for a character that line protocol cannot hold there."


def write(path: Path, readings: Iterable[Reading]) -> int:
    """Write readings; how many."""
    encoder, count, is_coded = LineEncoder(), 0, False
    waiting = iter(readings)
    with path.open("wb") as file:
        while rows := list(islice(waiting, ROWS)):
            if not is_coded and _needs_codes(rows):
                is_coded = True
                file.write(f"{CODED}\n".encode())
            file.writelines(line + b"\n" for line in encoder.readings(rows))
            count += len(rows)
    return count


def read(path: Path) -> Iterator[tuple[int, Reading | str]]:
    """Each line's number with its reading, or with what is wrong."""
    is_coded = False
    with path.open("rb") as file:
        for number, raw in enumerate(_lines(file), start=1):
            if raw is None:
                yield number, "is longer than any reading"
                continue
            try:
                text = raw.decode("utf-8").rstrip("\r\n")
                if text.startswith("#"):
                    is_coded = is_coded or text == CODED
                elif text.strip():
                    yield number, parse_reading(text, is_coded=is_coded)
            except UnicodeDecodeError:
                yield number, "is not UTF-8"
            except ValueError as error:
                yield number, str(error)


def _needs_codes(readings: list[Reading]) -> bool:
    tags = {tag for row in readings for tag in (row.device, row.metric, row.component)}
    return any(encode_tag(tag) != tag for tag in tags)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is passed over without keeping it."""
    while chunk := file.readline(LONGEST_LINE):
        if len(chunk) < LONGEST_LINE or chunk.endswith(b"\n"):
            yield chunk
            continue
        while chunk and not chunk.endswith(b"\n"):
            chunk = file.readline(LONGEST_LINE)
        yield None
