"""Tables in CSV and XLSX, as rows of text. What is in the cells is judged elsewhere (columns.py)."""

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from core.errors import ConfigError, Mistake
from core.number_input import written
from core.text.csv_cell import FORMULA, harmless
from core.text.phrase import Phrase
from core.text.plain import without_controls
from maintenance.assets.workbook_size import check_size

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

Row = TypeVar("Row", bound=Sequence[object])

MOST_ROWS = 20_000  # a centre has hundreds; more is another kind of file
LONGEST_CELL = 32_767  # characters, by Excel's limit: more could not be exported again
MOST_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number; the others become 0
_LINE_END = re.compile("\r\n?")
_ODD = (TypeError, AttributeError, IndexError)  # of openpyxl, at what Excel would repair
_BLANK_LINES = re.compile(r"\A(?:[\s,;]*\n)*")


class SheetRow(NamedTuple):
    """One row: where it stands, and what its columns say. Empty cells are not there."""

    number: int  # as the program that made the file counts
    cells: Mapping[str, str]


class SheetTable(NamedTuple):
    """One sheet: its columns in order, as often as they are named, and its rows."""

    columns: Sequence[str]
    rows: Sequence[SheetRow]
    head: int = 1  # the row that names the columns
    mistakes: Sequence[tuple[int, Phrase]] = ()  # row, and what of it no column can take


def read_tables(name: str, data: bytes, sheet: str) -> dict[str, SheetTable]:
    """The sheets of a workbook by name; a CSV file is the one sheet `sheet`. ConfigError if unreadable."""
    try:
        if is_workbook(name):
            return _read_xlsx(data)
        return {sheet: _read_csv(data)}
    except UnicodeDecodeError as error:
        text = Phrase("not UTF-8 at byte {byte}: save it as CSV UTF-8", byte=error.start)
    except (zipfile.BadZipFile, KeyError, csv.Error, ValueError, *_ODD) as error:
        text = Phrase("cannot be read: {why}", why=error.args[0] if error.args else error)
    raise ConfigError([Mistake(name, "", text)])


def write_tables(name: str, tables: Mapping[str, SheetTable], sheet: str) -> bytes:
    """All sheets as a workbook, or the one sheet `sheet` as CSV (with the mark that Excel wants)."""
    if is_workbook(name):
        return _write_xlsx(tables)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(tables[sheet].columns)
    for row in tables[sheet].rows:
        cells = [without_controls(row.cells.get(name, "")) for name in tables[sheet].columns]
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def is_workbook(name: str) -> bool:
    """Whether a file of that name is a workbook; any other is CSV."""
    return name.lower().endswith(".xlsx")


def _read_csv(data: bytes) -> SheetTable:
    text = data.decode("utf-8-sig")
    first = _BLANK_LINES.sub("", text).partition("\n")[0]
    # Where the comma is the decimal sign, spreadsheets part the columns with semicolons.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    # A line end within quotes begins no row: spreadsheets number what they show.
    return _table((at, [_plain(cell) for cell in row]) for at, row in enumerate(reader, start=1))


def _read_xlsx(data: bytes) -> dict[str, SheetTable]:
    from openpyxl import load_workbook  # takes long to import
    from openpyxl.utils.exceptions import InvalidFileException

    check_size(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError(*error.args) from error
    try:
        values = {
            sheet.title: list(_limited(sheet.iter_rows(values_only=True)))
            for sheet in book.worksheets
        }
    finally:
        book.close()
    whole = {sheet.title: sheet for sheet in load_workbook(io.BytesIO(data)).worksheets}
    return {title: _sheet(rows, whole[title]) for title, rows in values.items()}


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows; ValueError if too many have something in them."""
    count = 0
    for row in rows:
        count += any(value is not None for value in row)
        if count > MOST_ROWS + 1:
            raise ValueError(Phrase("more than {count} rows", count=MOST_ROWS))
        yield row


def _sheet(values: Sequence[Sequence[object]], sheet: "Worksheet") -> SheetTable:
    """A table, with a mistake for each cell whose value a person sees and the file does not have."""
    mistakes = []
    for area in sheet.merged_cells.ranges:
        text = Phrase("{cells} are merged: give each row cells of its own", cells=area.coord)
        mistakes.append((area.min_row, text))
    unread: set[tuple[int, int]] = set()  # row and column, of which nothing is taken
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for at, cell in enumerate(row):
            if why := _unread(cell, values):
                mistakes.append((number, why))
                unread.add((number, at))
    table = _table(
        (number, ["" if (number, at) in unread else _text(value) for at, value in enumerate(row)])
        for number, row in enumerate(values, start=1)
    )
    mistakes += table.mistakes
    return table._replace(mistakes=sorted(mistakes))


def _unread(cell: "Cell | MergedCell", values: Sequence[Sequence[object]]) -> Phrase | None:
    if cell.data_type == "e":
        return Phrase("{cell} holds an error of the spreadsheet", cell=cell.coordinate)
    if isinstance(cell.value, int | float) and abs(cell.value) >= MOST_EXACT:
        return Phrase(
            "{cell} has more digits than a spreadsheet keeps: write it as text",
            cell=cell.coordinate,
        )
    number, column = cell.row or 0, cell.column or 0
    row = values[number - 1] if number <= len(values) else ()
    if cell.data_type == "f" and (column > len(row) or row[column - 1] is None):
        return Phrase(
            "{cell} is a formula without its result: save it as a value", cell=cell.coordinate
        )
    return None


def _table(rows: Iterable[tuple[int, list[str]]]) -> SheetTable:
    columns: list[str] = []
    rows_read: list[SheetRow] = []
    mistakes: list[tuple[int, Phrase]] = []
    head = 1
    for number, cells in rows:
        texts = [_LINE_END.sub("\n", cell).strip() for cell in cells]
        if not any(texts):
            continue
        if not columns:
            head, columns = number, [text.lower() for text in texts]
            continue
        if [text.lower() for text in texts] == columns:
            mistakes.append((number, Phrase("the names of the columns stand here again")))
            continue
        named: dict[str, str] = {}
        for name, text in zip_longest(columns, texts, fillvalue=""):
            if text and name:
                named[name] = text
            elif text:
                mistakes.append((number, Phrase("{cell!r} stands under no column", cell=text)))
        rows_read.append(SheetRow(number, named))
        if len(rows_read) > MOST_ROWS:
            raise ValueError(Phrase("more than {count} rows", count=MOST_ROWS))
    return SheetTable([name for name in columns if name], rows_read, head, mistakes)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        # A day has no time; what is more than a day is left for its column to judge.
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, timedelta):  # 24:00, as a spreadsheet keeps it
        hours, rest = divmod(round(value.total_seconds()), 3600)
        return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isfinite(value):
        return written(value)
    return str(value)


def _write_xlsx(tables: Mapping[str, SheetTable]) -> bytes:
    from openpyxl import Workbook  # takes long to import
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(table.columns))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for at, row in enumerate(table.rows, start=2):
            for column, key in enumerate(table.columns, start=1):
                if key in row.cells:
                    cell = sheet.cell(at, column, without_controls(row.cells[key]))
                    cell.data_type = "s"  # a serial number such as 00123 or =1 stays what it is
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(cell: str) -> str:
    """The same cell without the mark that `harmless` put before it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
