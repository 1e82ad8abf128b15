"""InfluxDB line protocol, one reading a line, times in milliseconds:

readings,component=line1,device=ups-1,metric=voltage_v value=228.5 1760000400000

A quality that is not `good` is a second field. Backslash is only special before `,`, `=` and space,
as in InfluxDB itself.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import StoreError
from core.readings import Reading

MEASUREMENT = "readings"
LONGEST_LINE = 65_536  # bytes; a file without line ends must not fill the memory

_SPACE = re.compile(r"(?<!\\) ")
_COMMA = re.compile(r"(?<!\\),")
_EQUALS = re.compile(r"(?<!\\)=")
_ESCAPED = re.compile(r"\\([,= ])")
_SPECIAL = re.compile(r"([,= ])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?i?")


def write(path: Path, readings: Iterable[Reading]) -> int:
    """Write them; how many."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for reading in readings:
            file.write(line(reading))
            count += 1
    return count


def line(reading: Reading) -> str:
    """One line with its end."""
    tags = {
        "component": reading.component,
        "device": reading.device,
        "metric": reading.metric,
    }
    said = "".join(f",{key}={_escaped(value)}" for key, value in tags.items() if value)
    quality = "" if reading.quality == "good" else f',quality="{reading.quality}"'
    return f"{MEASUREMENT}{said} value={float(reading.value)!r}{quality} {reading.at}\n"


def read(path: Path) -> Iterator[tuple[int, Reading | str]]:
    """Each line's number with its reading, or with what is wrong."""
    with path.open("rb") as file:
        for number, raw in enumerate(_lines(file), start=1):
            if raw is None:
                yield number, "is longer than any reading"
                continue
            try:
                text = raw.decode("utf-8").rstrip("\r\n")
                if text.strip() and not text.startswith("#"):
                    yield number, parse(text)
            except UnicodeDecodeError:
                yield number, "is not UTF-8"
            except ValueError as error:
                yield number, str(error)


def parse(text: str) -> Reading:
    """The reading of one line; ValueError says what is wrong with it."""
    parts = _SPACE.split(text.strip(" "))
    if len(parts) != 3:
        raise ValueError("is not `measurement,tags fields time`")
    measurement, *pairs = _COMMA.split(parts[0])
    if measurement != MEASUREMENT:
        raise ValueError(f"the measurement is {measurement!r}, not {MEASUREMENT!r}")
    tags = dict(_pair(pair) for pair in pairs)
    fields = dict(_pair(pair) for pair in _COMMA.split(parts[1]))
    if not _NUMBER.fullmatch(fields.get("value", "")):
        raise ValueError(f"the value {fields.get('value', '')!r} is not a number")
    if not re.fullmatch(r"-?\d{1,18}", parts[2]):
        raise ValueError(f"the time {parts[2]!r} is not a number of milliseconds")
    for key in ("device", "metric"):
        if key not in tags:
            raise ValueError(f"has no tag `{key}`")
    return Reading(
        tags["device"],
        tags["metric"],
        float(fields["value"].removesuffix("i")),
        int(parts[2]),
        tags.get("component", ""),
        fields.get("quality", '"good"').strip('"'),  # type: ignore[arg-type]  # the caller checks
    )


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is passed over without keeping it."""
    while piece := file.readline(LONGEST_LINE):
        if len(piece) < LONGEST_LINE or piece.endswith(b"\n"):
            yield piece
            continue
        while piece and not piece.endswith(b"\n"):
            piece = file.readline(LONGEST_LINE)
        yield None


def _pair(text: str) -> tuple[str, str]:
    key, *value = _EQUALS.split(text, maxsplit=1)
    if not value:
        raise ValueError(f"{text!r} is not `name=value`")
    return _ESCAPED.sub(r"\1", key), _ESCAPED.sub(r"\1", value[0])


def _escaped(value: str) -> str:
    if "\n" in value or "\r" in value or value.endswith("\\"):
        text = f"{value!r} cannot be written in line protocol; export to .parquet"
        raise StoreError(text, permanent=True)
    return _SPECIAL.sub(r"\\\1", value)
