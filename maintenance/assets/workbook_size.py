"""Whether a workbook is of a believable size, before openpyxl makes an object of each cell.

A ZIP of a few kilobytes can unpack to gigabytes, entities can stand for one another a billion times, one cell at
the far corner makes a million rows, and a merged area as many cells as it has places.
"""

import zipfile
from io import BytesIO
from typing import IO
from xml.parsers import expat  # what is counted is never built; openpyxl reads by the same parser

from core.text.phrase import Phrase

# 20,000 rows of 30 columns are 40 MB of XML. Scanward's own, as the next two.
MOST_UNPACKED = 64_000_000  # bytes
MOST_CELLS = 1_000_000  # that are written, merged or lead somewhere
MOST_PLACES = (
    30_000_000  # rows by columns up to the last: a sheet that is formatted has a million empty rows
)


def check_size(data: bytes) -> None:
    """ValueError with a Phrase if it is no sheet that a person filled in; BadZipFile if it is no ZIP."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise _far_too_large()
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    _PartMeasure().check(part)


class _PartMeasure:
    """How large one file of a workbook would become."""

    def __init__(self) -> None:
        self._cells = 0
        self._last_row, self._last_column = 1, 1

    def check(self, part: IO[bytes]) -> None:
        """ValueError if it is too large, or no XML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._count
        parser.StartDoctypeDeclHandler = _refuse
        try:
            parser.ParseFile(part)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error

    def _count(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._cells += 1
                self._reach(attributes.get("r", ""))
            case "row":
                self._reach(attributes.get("r", ""))
            case "dimension":
                self._reach(attributes.get("ref", "").rpartition(":")[2])
            case "mergeCell" | "hyperlink":
                self._cells += _area(attributes.get("ref", ""))
            case _:
                return
        if self._cells > MOST_CELLS or self._last_row * self._last_column > MOST_PLACES:
            raise _far_too_large()

    def _reach(self, place: str) -> None:
        row, column = _row_and_column(place)
        self._last_row = max(self._last_row, row)
        self._last_column = max(self._last_column, column)


def _area(reference: str) -> int:
    """How many cells `A1:C3` are."""
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = _row_and_column(first), _row_and_column(last or first)
    return (abs(bottom - top) + 1) * (abs(right - left) + 1)


def _row_and_column(place: str) -> tuple[int, int]:
    """`$C$7` is row 7, column 3; what is not said is 0."""
    row, column = 0, 0
    for sign in place.upper():
        if "A" <= sign <= "Z":
            column = min(column * 26 + ord(sign) - ord("A") + 1, MOST_PLACES + 1)
        elif "0" <= sign <= "9":
            row = min(row * 10 + int(sign), MOST_PLACES + 1)
    return row, column


def _refuse(*_: object) -> None:
    raise _far_too_large()


def _far_too_large() -> ValueError:
    return ValueError(Phrase("it is far larger, unpacked, than a sheet of assets"))
