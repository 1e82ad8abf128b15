"""A report as PDF, A4 upright: a page to print, then the details. Right to left where that is read.

fpdf2 orders and uharfbuzz joins the letters. Lines are broken here, in the order of reading, so each
line is ordered by itself, as the Unicode bidirectional algorithm wants it.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from fpdf import FPDF

from maintenance.reports.drawing import Box, Line, Text, marks
from maintenance.reports.model import Align, Chart, Quantity, Report, Table, Tile
from maintenance.reports.speech import LRM, NBSP, Speech

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of a font

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Vazirmatn"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0  # mm
ROOM = WIDTH - 2 * MARGIN
BELOW = HEIGHT - 17.0  # nothing but the footer
PAD, LEADING = 1.4, 3.9  # mm around a cell's text, and from line to line at 8 points

_VOWELS = re.compile("[\u064b-\u0652]")

Colour = tuple[int, int, int]
INK: Colour = (33, 37, 41)
SOFT: Colour = (96, 103, 112)
ACCENT: Colour = (20, 83, 116)
SERIES: tuple[Colour, ...] = (ACCENT, (222, 139, 47), (120, 150, 90))
PALE: Colour = (243, 246, 248)
RULE: Colour = (205, 211, 217)
WARM: Colour = (255, 244, 222)


def render(report: Report, speech: Speech) -> bytes:
    """The file."""
    page = Page(report, speech)
    page.cover()
    page.add_page()
    for table in report.details:
        page.table(table)
    page.notes()
    page.footers()
    return bytes(page.output())


class Page(FPDF):
    """The paper and where the pen stands on it. `left` counts from where a line begins."""

    def __init__(self, report: Report, speech: Speech) -> None:
        super().__init__(format="A4", unit="mm")
        self._report = report
        self._speech = speech
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font(FAMILY, style, FONTS / f"{FAMILY}-{name}.ttf")
        self._known = frozenset(self.fonts[FAMILY.lower()].cmap)  # type: ignore[union-attr]
        self.set_text_shaping(use_shaping_engine=True, direction="rtl" if speech.is_rtl else "ltr")
        self.set_auto_page_break(auto=False)
        self.set_margin(MARGIN)
        self.set_title(f"{report.title}, {report.period}, {report.site}")
        self.set_lang(speech.language)
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
            self._fill(0, top, ROOM, 7, WARM)
            self.write_at(2, top + 1.2, ROOM - 4, report.hint, 9)
            top += 10
        self._tiles(report.tiles, top)
        self._chart(report.chart, top + 32)
        self.set_y(top + 96)
        self.table(report.first)

    def header(self) -> None:
        """What the following pages say at the top."""
        if self.page > 1:
            report = self._report
            text = f"{report.title} · {report.period} · {report.site}"
            self.write_at(0, 9, ROOM, text, 8, colour=SOFT)
            self._rule(14.5)
            self.set_y(18)

    def footers(self) -> None:
        """Who made it, and which page of how many. Called when all pages are there."""
        pages = self.pages_count
        for number in range(1, pages + 1):
            self.page = number
            self.write_at(0, HEIGHT - 12, ROOM * 0.7, self._report.made, 7.5, colour=SOFT)
            said = self._speech.t("report.page", page=number, pages=pages)
            top, width = HEIGHT - 12, ROOM * 0.3
            self.write_at(ROOM - width, top, width, said, 7.5, colour=SOFT, align="end")

    def write_at(
        self,
        left: float,
        top: float,
        width: float,
        text: str,
        size: float,
        style: Literal["", "B"] = "",
        colour: Colour = INK,
        *,
        align: Align = "start",
        height: float = 5.0,
    ) -> None:
        """One line, made smaller if it does not fit."""
        self.set_text_color(*colour)
        text = self._drawable(text)
        self.set_font(FAMILY, style, size)
        wide = self.get_string_width(text)
        if wide > width:
            self.set_font_size(max(size * width / wide, 4.0))
        self.set_xy(self._x(left, width), top)
        is_right = (align == "end") != self._speech.is_rtl
        self.c_margin = 0
        self.cell(width, height, text, align="R" if is_right else "L")

    def table(self, table: Table) -> None:
        """A table with its title; it goes on, with its head, on the next page."""
        widths = [ROOM * one.weight / sum(c.weight for c in table.columns) for one in table.columns]
        head = self._lines([one.title for one in table.columns], widths, "B")
        need = 9 + (5 if table.about else 0) + _tall(head) + 2 * LEADING
        if self.get_y() + need > BELOW:
            self.add_page()
        self._title(table.title, table.about)
        if not table.rows:
            self.write_at(0, self.get_y(), ROOM, table.empty, 9, colour=SOFT)
            self.set_y(self.get_y() + 10)
            return
        self._head(table, widths, head)
        for number, row in enumerate(table.rows):
            lines = self._lines([self._speech.say(cell) for cell in row], widths)
            if self.get_y() + _tall(lines) > BELOW:
                self.add_page()
                self._head(table, widths, head)
            if number % 2:
                self._fill(0, self.get_y(), ROOM, _tall(lines), PALE)
            faint = [isinstance(c, Quantity) and c.value is None for c in row]
            self._cells(table, widths, lines, faint)
        self._rule(self.get_y())
        self.set_y(self.get_y() + 7)

    def notes(self) -> None:
        """How each figure is counted."""
        if self.get_y() + 30 > BELOW:
            self.add_page()
        self._title(self._report.notes_title)
        for note in self._report.notes:
            lines = self._wrapped(note, ROOM, 8)
            if self.get_y() + LEADING * len(lines) > BELOW:
                self.add_page()
            for line in lines:
                self.write_at(0, self.get_y(), ROOM, line, 8, height=LEADING)
                self.set_y(self.get_y() + LEADING)
            self.set_y(self.get_y() + 1.2)

    def _title(self, title: str, about: str = "") -> None:
        self.write_at(0, self.get_y(), ROOM, title, 12, "B", ACCENT, height=6)
        self.set_y(self.get_y() + 8)
        for line in self._wrapped(about, ROOM, 8) if about else ():
            self.write_at(0, self.get_y(), ROOM, line, 8, colour=SOFT, height=LEADING)
            self.set_y(self.get_y() + LEADING + 1)

    def _head(self, table: Table, widths: Sequence[float], lines: list[list[str]]) -> None:
        self._rule(self.get_y())
        self._cells(table, widths, lines, [False] * len(widths), style="B")
        self._rule(self.get_y())

    def _cells(
        self,
        table: Table,
        widths: Sequence[float],
        cells: list[list[str]],
        faint: Sequence[bool],
        style: Literal["", "B"] = "",
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
        self.set_y(top + _tall(cells))

    def _tiles(self, tiles: Sequence[Tile], top: float) -> None:
        gap = 3.0
        width = (ROOM - gap * (len(tiles) - 1)) / len(tiles)
        for number, tile in enumerate(tiles):
            left, inner = number * (width + gap), width - 5
            self._fill(left, top, width, 28, PALE)
            self._fill(left, top, width, 0.9, ACCENT)
            self.write_at(left + 2.5, top + 2.5, inner, tile.title, 8.5, colour=SOFT)
            is_known = tile.now.value is not None
            said = self._speech.say(tile.now)
            self.write_at(
                left + 2.5,
                top + 7.5,
                inner,
                said,
                17 if is_known else 11,
                "B",
                INK if is_known else SOFT,
                height=9,
            )
            needs = self._speech.t("value.needs", needs=tile.now.needs)
            before = self._speech.t("report.before", value=self._speech.say(tile.before))
            self.write_at(left + 2.5, top + 16.5, inner, before, 7.5, height=4)
            small = tile.basis if is_known or not tile.now.needs else needs
            for line_number, line in enumerate(self._wrapped(small, inner, 6.5)[:2]):
                y = top + 20.5 + line_number * 3
                self.write_at(left + 2.5, y, inner, line, 6.5, colour=SOFT, height=3)

    def _chart(self, chart: Chart, top: float) -> None:
        self.write_at(0, top, ROOM, chart.title, 10, "B", ACCENT)
        self._legend(chart, top + 5.5)
        for mark in marks(chart, ROOM, 46, lambda v: self._speech.number(v, chart.digits)):
            match mark:
                case Line(points, colour, weight):
                    self.set_draw_color(*(RULE if colour < 0 else SERIES[colour]))
                    self.set_line_width(weight)
                    self.polyline([(MARGIN + x, top + 11 + y) for x, y in points])
                case Box(x, y, width, height, colour):
                    self.set_fill_color(*SERIES[colour])
                    self.rect(MARGIN + x, top + 11 + y, width, height, style="F")
                case Text(x, y, text, _, is_strong):
                    self._middle(MARGIN + x, top + 11 + y, text, strong=is_strong)

    def _legend(self, chart: Chart, top: float) -> None:
        named = [one.name for one in chart.series] if len(chart.series) > 1 else []
        left = 0.0
        for number, name in enumerate(named):
            self._fill(left, top + 1.2, 3, 3, SERIES[number])
            self.write_at(left + 4.5, top, 60, name, 8)
            left += 9 + self.get_string_width(name)
        if any(value is None for one in chart.series for value in one.values):
            self.write_at(left, top, 90, self._speech.t("chart.missing"), 8, colour=SOFT)

    def _middle(self, x: float, y: float, text: str, *, strong: bool) -> None:
        self.set_font(FAMILY, "B" if strong else "", 7)
        self.set_text_color(*(INK if strong else SOFT))
        self.set_xy(x - 10, y - 3)
        self.cell(20, 3.6, text, align="C")

    def _x(self, left: float, width: float) -> float:
        return WIDTH - MARGIN - left - width if self._speech.is_rtl else MARGIN + left

    def _fill(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        self.set_fill_color(*colour)
        self.rect(self._x(left, width), top, width, height, style="F")

    def _rule(self, y: float) -> None:
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, y, WIDTH - MARGIN, y)

    def _lines(
        self, cells: Sequence[str], widths: Sequence[float], style: Literal["", "B"] = ""
    ) -> list[list[str]]:
        pairs = zip(cells, widths, strict=True)
        return [self._wrapped(text, width - 2 * PAD, 8, style) for text, width in pairs]

    def _wrapped(
        self, text: str, width: float, size: float, style: Literal["", "B"] = ""
    ) -> list[str]:
        """The text in lines that fit; a word that alone does not is broken."""
        self.set_font(FAMILY, style, size)
        lines = [""]
        for word in self._pieces(self._drawable(text), width):
            longer = f"{lines[-1]} {word}".strip(" ")
            if lines[-1] and self.get_string_width(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        if self._speech.is_rtl and _is_latin(text):
            return [f"{LRM}{line}{LRM}" for line in lines]
        return lines

    def _pieces(self, text: str, width: float) -> Iterator[str]:
        for word in text.split(" "):
            if self.get_string_width(word) > width and NBSP in word:
                yield from self._pieces(word.replace(NBSP, " "), width)
                continue
            while self.get_string_width(word) > width and len(word) > 1:
                fits = next(
                    n for n in range(len(word) - 1, 0, -1)
                    if n == 1 or self.get_string_width(word[:n]) <= width
                )  # fmt: skip
                yield word[:fits]
                word = word[fits:]
            yield word

    def _drawable(self, text: str) -> str:
        """What the font has no letter for becomes a question mark; a new line, a space.

        Vowel marks go, as Dari is mostly written: fpdf2 sets them above the space that follows.
        """
        plain = " ".join(_VOWELS.sub("", text).split("\n"))
        return "".join(c if ord(c) in self._known else "?" for c in plain)


def _is_latin(text: str) -> bool:
    """Without any letter of a script from right to left: its punctuation belongs on the right."""
    kinds = {unicodedata.bidirectional(character) for character in text}
    return "L" in kinds and not kinds & {"R", "AL"}


def _tall(cells: Sequence[Sequence[str]]) -> float:
    return max(len(lines) for lines in cells) * LEADING + 2 * PAD
