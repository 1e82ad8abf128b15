"""Tables in CSV and XLSX, as rows of text. What is in the cells is judged elsewhere (sheets.py)."""

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from core.errors import ConfigError, Mistake
from core.number_input import written
from core.text.phrase import Phrase

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # no number here is below 0
MOST_ROWS = 20_000  # a centre has hundreds; more is another kind of file


class Row(NamedTuple):
    """One row: where it stands, and what its columns say. Empty cells are not there."""

    number: int  # as the program that made the file counts
    cells: Mapping[str, str]


class Table(NamedTuple):
    """One sheet: its columns in order, and its rows."""

    columns: Sequence[str]
    rows: Sequence[Row]


def read_tables(name: str, data: bytes, sheet: str) -> dict[str, Table]:
    """The sheets of a workbook by name; a CSV file is the one sheet `sheet`. ConfigError if unreadable."""
    try:
        if is_workbook(name):
            return _read_xlsx(data)
        return {sheet: _read_csv(data)}
    except UnicodeDecodeError as error:
        text = Phrase("not UTF-8 at byte {byte}: save it as CSV UTF-8", byte=error.start)
    except (zipfile.BadZipFile, KeyError, csv.Error, ValueError) as error:
        text = Phrase("cannot be read: {why}", why=error.args[0] if error.args else error)
    raise ConfigError([Mistake(name, "", text)])


def write_tables(name: str, tables: Mapping[str, Table], sheet: str) -> bytes:
    """All sheets as a workbook, or the one sheet `sheet` as CSV (with the mark that Excel wants)."""
    if is_workbook(name):
        return _write_xlsx(tables)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(tables[sheet].columns)
    for row in tables[sheet].rows:
        writer.writerow([_harmless(row.cells.get(name, "")) for name in tables[sheet].columns])
    return text.getvalue().encode("utf-8-sig")


def is_workbook(name: str) -> bool:
    """Whether a file of that name is a workbook; any other is CSV."""
    return name.lower().endswith(".xlsx")


def _read_csv(data: bytes) -> Table:
    text = data.decode("utf-8-sig")
    first = text.partition("\n")[0]
    # Where the comma is the decimal sign, spreadsheets part the columns with semicolons.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return _table((reader.line_num, [_plain(cell) for cell in row]) for row in reader)


def _read_xlsx(data: bytes) -> dict[str, Table]:
    from openpyxl import load_workbook  # takes long to import
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError(*error.args) from error
    try:
        return {
            sheet.title: _table(
                (number, [_text(value) for value in row])
                for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            )
            for sheet in book.worksheets
        }
    finally:
        book.close()


def _table(rows: Iterable[tuple[int, list[str]]]) -> Table:
    columns: list[str] = []
    found: list[Row] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [cell.strip().lower() for cell in cells]
            continue
        named = zip(columns, cells, strict=False)  # a short row has empty cells at its end
        found.append(Row(number, {name: c.strip() for name, c in named if name and c.strip()}))
        if len(found) > MOST_ROWS:
            raise ValueError(Phrase("more than {count} rows", count=MOST_ROWS))
    return Table([name for name in columns if name], found)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isfinite(value):
        return written(value)
    return str(value)


def _write_xlsx(tables: Mapping[str, Table]) -> bytes:
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
                    cell = sheet.cell(at, column, row.cells[key])
                    cell.data_type = "s"  # a serial number such as 00123 or =1 stays what it is
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is written as text (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    """The same cell without the mark that `_harmless` put before it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
