"""A report as PDF, A4 upright: a page to print, then the details. Right to left for Dari."""

from collections.abc import Sequence
from contextlib import closing

from maintenance.reports.drawing import Polyline, Rectangle, Text, marks
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Chart, Quantity, Report, ReportTable, Tile
from maintenance.reports.pdf_canvas import (
    ACCENT,
    HEIGHT,
    INK,
    MARGIN,
    PALE,
    ROOM,
    RULE,
    SERIES,
    SOFT,
    WARM,
    PdfCanvas,
    Style,
)

BELOW = HEIGHT - 17.0  # nothing but the footer
PAD, LEADING = 1.4, 3.9  # mm around a cell's text, and from line to line at 8 points
MOST_LINES = 12  # of a cell; the workbook has the rest


def render(report: Report, locale: ReportLocale) -> bytes:
    """The bytes of the PDF."""
    with closing(PdfReport(report, locale)) as pdf:
        pdf.cover()
        pdf.add_page()
        for table in report.details:
            pdf.lay(table)
        pdf.notes()
        pdf.footers()
        return bytes(pdf.output())


class PdfReport(PdfCanvas):
    """The pages of one report."""

    def __init__(self, report: Report, locale: ReportLocale) -> None:
        super().__init__(rtl=locale.is_rtl)
        self._report = report
        self._locale = locale
        self.set_title(f"{report.title}, {report.period}, {report.site}")
        self.set_lang(locale.language)
        self.set_producer("Scanward")

    def cover(self) -> None:
        """The page that a manager prints."""
        self.add_page()
        report = self._report
        self.write_at(0, 14, ROOM, report.site, 10, colour=SOFT)
        self.write_at(0, 20, ROOM, report.title, 20, "B", ACCENT, height=10)
        self.write_at(0, 31, ROOM, report.period, 12)
        top = 40.0
        if report.hint:
            self.fill(0, top, ROOM, 7, WARM)
            self.write_at(2, top + 1.2, ROOM - 4, report.hint, 9)
            top += 10
        self._tiles(report.tiles, top)
        self._chart(report.chart, top + 32)
        self.set_y(top + 96)
        self.lay(report.first)

    def header(self) -> None:
        """The line at the top of the following pages."""
        if self.page > 1:
            report = self._report
            text = f"{report.title} · {report.period} · {report.site}"
            self.write_at(0, 9, ROOM, text, 8, colour=SOFT)
            self.rule(14.5)
            self.set_y(18)

    def footers(self) -> None:
        """When it was made, and the page of how many. Called when all pages are there."""
        pages = self.pages_count
        for number in range(1, pages + 1):
            self.page = number
            self.write_at(0, HEIGHT - 12, ROOM * 0.7, self._report.made, 7.5, colour=SOFT)
            page = self._locale.t("report.page", page=number, pages=pages)
            top, width = HEIGHT - 12, ROOM * 0.3
            self.write_at(ROOM - width, top, width, page, 7.5, colour=SOFT, align="end")

    def lay(self, table: ReportTable) -> None:
        """A table with its title; it goes on, with its head, on the next page."""
        total = sum(column.weight for column in table.columns)
        widths = [ROOM * column.weight / total for column in table.columns]
        head = self._lines([column.title for column in table.columns], widths, "B")
        need = 9 + (5 if table.about else 0) + _height(head) + 2 * LEADING
        if self.get_y() + need > BELOW:
            self.add_page()
        self._title(table.title, table.about)
        if not table.rows:
            self.write_at(0, self.get_y(), ROOM, table.empty, 9, colour=SOFT)
            self.set_y(self.get_y() + 10)
            return
        self._head(table, widths, head)
        for number, row in enumerate(table.rows):
            lines = self._lines([self._locale.text(cell) for cell in row], widths)
            if self.get_y() + _height(lines) > BELOW:
                self.add_page()
                self._head(table, widths, head)
            if number % 2:
                self.fill(0, self.get_y(), ROOM, _height(lines), PALE)
            faint = [isinstance(c, Quantity) and c.value is None for c in row]
            self._cells(table, widths, lines, faint)
        self.rule(self.get_y())
        self.set_y(self.get_y() + 7)

    def notes(self) -> None:
        """How each figure is counted."""
        if self.get_y() + 30 > BELOW:
            self.add_page()
        self._title(self._report.notes_title)
        for note in self._report.notes:
            lines = self.wrapped(note, ROOM, 8)
            if self.get_y() + LEADING * len(lines) > BELOW:
                self.add_page()
            for line in lines:
                self.write_at(0, self.get_y(), ROOM, line, 8, height=LEADING)
                self.set_y(self.get_y() + LEADING)
            self.set_y(self.get_y() + 1.2)

    def _title(self, title: str, about: str = "") -> None:
        self.write_at(0, self.get_y(), ROOM, title, 12, "B", ACCENT, height=6)
        self.set_y(self.get_y() + 8)
        for line in self.wrapped(about, ROOM, 8) if about else ():
            self.write_at(0, self.get_y(), ROOM, line, 8, colour=SOFT, height=LEADING)
            self.set_y(self.get_y() + LEADING + 1)

    def _head(self, table: ReportTable, widths: Sequence[float], lines: list[list[str]]) -> None:
        self.rule(self.get_y())
        self._cells(table, widths, lines, [False] * len(widths), style="B")
        self.rule(self.get_y())

    def _cells(
        self,
        table: ReportTable,
        widths: Sequence[float],
        cells: list[list[str]],
        faint: Sequence[bool],
        style: Style = "",
    ) -> None:
        top, left = self.get_y(), 0.0
        for column, width, lines, soft in zip(table.columns, widths, cells, faint, strict=True):
            for number, line in enumerate(lines):
                y = top + PAD + number * LEADING
                self.write_at(
                    left + PAD,
                    y,
                    width - 2 * PAD,
                    line,
                    8,
                    style,
                    SOFT if soft else INK,
                    align=column.align,
                    height=LEADING,
                )
            left += width
        self.set_y(top + _height(cells))

    def _tiles(self, tiles: Sequence[Tile], top: float) -> None:
        gap = 3.0
        width = (ROOM - gap * (len(tiles) - 1)) / len(tiles)
        for number, tile in enumerate(tiles):
            left, inner = number * (width + gap), width - 5
            self.fill(left, top, width, 28, PALE)
            self.fill(left, top, width, 0.9, ACCENT)
            self.write_at(left + 2.5, top + 2.5, inner, tile.title, 8.5, colour=SOFT)
            is_known = tile.now.value is not None
            value = self._locale.text(tile.now)
            self.write_at(
                left + 2.5,
                top + 7.5,
                inner,
                value,
                17 if is_known else 11,
                "B",
                INK if is_known else SOFT,
                height=9,
            )
            needs = self._locale.t("value.needs", needs=tile.now.needs)
            before = self._locale.against(tile)
            self.write_at(left + 2.5, top + 16.5, inner, before, 7.5, height=4)
            small = tile.basis if is_known or not tile.now.needs else needs
            for line_number, line in enumerate(self.wrapped(small, inner, 6.5)[:2]):
                y = top + 20.5 + line_number * 3
                self.write_at(left + 2.5, y, inner, line, 6.5, colour=SOFT, height=3)

    def _chart(self, chart: Chart, top: float) -> None:
        self.write_at(0, top, ROOM, chart.title, 10, "B", ACCENT)
        self._legend(chart, top + 5.5)
        for mark in marks(chart, ROOM, 46, lambda v: self._locale.number(v, chart.digits)):
            match mark:
                case Polyline(points, colour, weight):
                    self.set_draw_color(*(RULE if colour < 0 else SERIES[colour]))
                    self.set_line_width(weight)
                    self.polyline([(MARGIN + x, top + 11 + y) for x, y in points])
                case Rectangle(x, y, width, height, colour):
                    self.set_fill_color(*SERIES[colour])
                    self.rect(MARGIN + x, top + 11 + y, width, height, style="F")
                case Text(x, y, text, _, is_strong):
                    self.set_text_color(*(INK if is_strong else SOFT))
                    self.middle(MARGIN + x, top + 11 + y, text, 7, "B" if is_strong else "")

    def _legend(self, chart: Chart, top: float) -> None:
        named = [series.name for series in chart.series] if len(chart.series) > 1 else []
        left = 0.0
        for number, name in enumerate(named):
            self.fill(left, top + 1.2, 3, 3, SERIES[number])
            self.write_at(left + 4.5, top, 60, name, 8)
            left += 9 + self.get_string_width(name)
        if any(value is None for series in chart.series for value in series.values):
            self.write_at(left, top, 90, self._locale.t("chart.missing"), 8, colour=SOFT)

    def _lines(
        self, cells: Sequence[str], widths: Sequence[float], style: Style = ""
    ) -> list[list[str]]:
        pairs = zip(cells, widths, strict=True)
        return [_shortened(self.wrapped(text, width - 2 * PAD, 8, style)) for text, width in pairs]


def _shortened(lines: list[str]) -> list[str]:
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(len(lines) for lines in cells) * LEADING + 2 * PAD
