"""A report as a workbook: the page to print first, then a sheet a table. Numbers stay numbers."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.time.clock import from_ms
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Cell, Chart, Moment, Quantity, Report, ReportTable

_TITLE = Font(bold=True, size=16, color="145374")
_HEAD = Font(bold=True, color="145374")
_BOLD = Font(bold=True)
_SOFT = Font(color="606770")
_PALE = PatternFill("solid", fgColor="F3F6F8")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_NOT_IN_A_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # characters in a cell, by Excel's limit
_WRAP = Alignment(wrap_text=True, vertical="top")
_UNIT = 6.0  # characters of width for a column of weight 1
_CHART_ROWS = 16


def render(report: Report, locale: ReportLocale) -> bytes:
    """The bytes of the workbook."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = _sheet_name(report.title, [])
    _cover(first, report, locale)
    for table in report.details:
        sheet = book.create_sheet(_sheet_name(table.title, book.sheetnames))
        _table(sheet, 1, table, locale)
    notes = book.create_sheet(_sheet_name(report.notes_title, book.sheetnames))
    for row, note in enumerate(report.notes, start=1):
        _write_text(notes, row, 1, note).alignment = _WRAP
    notes.column_dimensions["A"].width = 110
    for sheet in book.worksheets:
        sheet.sheet_view.rightToLeft = locale.is_rtl
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cover(sheet: Worksheet, report: Report, locale: ReportLocale) -> None:
    lines = [(report.title, _TITLE), (report.site, _BOLD), (report.period, _BOLD)]
    lines += [(report.made, _SOFT)] + ([(report.hint, _BOLD)] if report.hint else [])
    for row, (text, font) in enumerate(lines, start=1):
        _write_text(sheet, row, 1, text).font = font
    top = len(lines) + 2
    names = ("figure", "month", report.tiles[0].against)
    for column, name in enumerate(names, start=1):
        _write_text(sheet, top, column, locale.t(f"column.{name}")).font = _HEAD
    for row, tile in enumerate(report.tiles, start=top + 1):
        _write_text(sheet, row, 1, tile.title)
        _write_cell(sheet, row, 2, tile.now, locale)
        _write_cell(sheet, row, 3, tile.before, locale)
        _write_text(sheet, row, 4, tile.basis).font = _SOFT
    top += len(report.tiles) + 3
    _table(sheet, top, report.first, locale)
    top += max(len(report.first.rows), 1) + 5
    _chart(sheet, top, report.chart)


def _chart(sheet: Worksheet, top: int, chart: Chart) -> None:
    """Its numbers, and a chart of the workbook's own beside them."""
    _write_text(sheet, top, 1, chart.title).font = _HEAD
    for column, series in enumerate(chart.series, start=2):
        _write_text(sheet, top + 1, column, series.name).font = _BOLD
    for row, month in enumerate(chart.months):
        _write_text(sheet, top + 2 + row, 1, month)
        for column, series in enumerate(chart.series, start=2):
            value = series.values[row]
            cell = sheet.cell(top + 2 + row, column)
            if value is not None:
                cell.value = round(value, 6)
                cell.number_format = _format(Quantity(value, chart.unit, chart.digits))
    last = top + 1 + len(chart.months)
    drawn = LineChart() if chart.kind == "line" else BarChart()
    if isinstance(drawn, BarChart):
        drawn.grouping, drawn.overlap = "stacked", 100
    columns = len(chart.series) + 1
    values = Reference(sheet, min_col=2, max_col=columns, min_row=top + 1, max_row=last)
    drawn.add_data(values, titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=top + 2, max_row=last))
    drawn.height, drawn.width = 8, 20
    drawn.x_axis.delete = drawn.y_axis.delete = False  # openpyxl's default hides them in new Excel
    if columns == 2:
        drawn.legend = None
    sheet.add_chart(drawn, f"D{top}")


def _table(sheet: Worksheet, top: int, table: ReportTable, locale: ReportLocale) -> None:
    _write_text(sheet, top, 1, table.title).font = _HEAD
    if table.about:
        _write_text(sheet, top + 1, 1, table.about).font = _SOFT
    for column, head in enumerate(table.columns, start=1):
        cell = _write_text(sheet, top + 2, column, head.title)
        cell.font, cell.fill = _BOLD, _PALE
        cell.alignment = _WRAP
        letter = sheet.column_dimensions[get_column_letter(column)]
        letter.width = max(letter.width if letter.customWidth else 0, 8 + _UNIT * head.weight)
    if not table.rows:
        _write_text(sheet, top + 3, 1, table.empty).font = _SOFT
    for row, cells in enumerate(table.rows, start=top + 3):
        for column, value in enumerate(cells, start=1):
            _write_cell(sheet, row, column, value, locale)


def _write_cell(sheet: Worksheet, row: int, column: int, value: Cell, locale: ReportLocale) -> None:
    """Numbers and Gregorian moments as such, all else as it is read."""
    cell = sheet.cell(row, column)
    cell.alignment = _WRAP
    match value:
        case Quantity(number, _, digits) if number is not None:
            cell.value = round(number, digits + 6)
            cell.number_format = _format(value)
        case Moment(at, has_time) if at is not None and locale.calendar == "gregorian":
            cell.value = _wall(at, locale)
            cell.number_format = "yyyy-mm-dd hh:mm" if has_time else "yyyy-mm-dd"
        case _:
            _write_text(sheet, row, column, locale.text(value))


def _wall(at: int, locale: ReportLocale) -> datetime:
    """What the site's clock showed; a workbook has no zones."""
    return from_ms(at, locale.zone).replace(tzinfo=UTC).replace(tzinfo=None)


def _format(quantity: Quantity) -> str:
    decimals = f".{'0' * quantity.digits}" if quantity.digits else ""
    unit = f' "{quantity.unit}"'.replace('"%"', "\\%") if quantity.unit else ""
    return f"#,##0{decimals}{unit}"


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> XlsxCell:
    """Text as text: one that begins with = is no formula, and what no cell may hold is a space."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, XlsxCell)
    cell.value = _NOT_IN_A_CELL.sub(" ", text)[:_LONGEST]
    cell.data_type = "s"
    return cell


def _sheet_name(title: str, used: Sequence[str]) -> str:
    """At most 31 characters, without the few that are not allowed, and not twice."""
    name = _NOT_IN_A_NAME.sub(" ", title).strip()[:31] or "1"
    return name if name not in used else f"{name[:27]} {len(used)}"
