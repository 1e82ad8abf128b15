"""The canvas of a PDF: its font, its colours, and text placed from where a line begins.

fpdf2 orders and uharfbuzz joins the letters. Lines are broken here, in the order of reading, so each
line is ordered by itself, as the Unicode bidirectional algorithm wants it.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from fpdf import FPDF

from core.text.numbers import LEFT_TO_RIGHT, NO_BREAK
from maintenance.reports.model import Align

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Vazirmatn"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0  # mm
ROOM = WIDTH - 2 * MARGIN
_VOWELS = re.compile("[\u064b-\u0652]")

Style = Literal["", "B"]
Colour = tuple[int, int, int]
INK: Colour = (33, 37, 41)
SOFT: Colour = (96, 103, 112)
ACCENT: Colour = (20, 83, 116)
SERIES: tuple[Colour, ...] = (ACCENT, (222, 139, 47), (120, 150, 90))
PALE: Colour = (243, 246, 248)
RULE: Colour = (205, 211, 217)
WARM: Colour = (255, 244, 222)


class PdfCanvas(FPDF):
    """A4 upright. Places are mm; `left` counts from where a line begins, on the right if `rtl`."""

    def __init__(self, *, rtl: bool) -> None:
        super().__init__(format="A4", unit="mm")
        self.rtl = rtl
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font(FAMILY, style, FONTS / f"{FAMILY}-{name}.ttf")
        self._known = frozenset(self.fonts[FAMILY.lower()].cmap)  # type: ignore[union-attr]
        self.set_text_shaping(use_shaping_engine=True, direction="rtl" if rtl else "ltr")
        self.set_auto_page_break(auto=False)
        self.set_margin(MARGIN)
        self.c_margin = 0

    def close(self) -> None:
        """Close the files of the font."""
        for font in self.fonts.values():
            font.ttfont.close()  # type: ignore[union-attr]  # every font here is one

    def write_at(
        self,
        left: float,
        top: float,
        width: float,
        text: str,
        size: float,
        style: Style = "",
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
        self.set_xy(self.x_of(left, width), top)
        is_right = (align == "end") != self.rtl
        self.cell(width, height, text, align="R" if is_right else "L")

    def middle(self, x: float, y: float, text: str, size: float, style: Style = "") -> None:
        """One line whose middle and baseline are at x and y of the paper, in any language."""
        self.set_font(FAMILY, style, size)
        self.set_xy(x - 10, y - 3)
        self.cell(20, 3.6, self._drawable(text), align="C")

    def x_of(self, left: float, width: float) -> float:
        """The left edge on the paper, in mm, of a box `width` wide that begins at `left`."""
        return WIDTH - MARGIN - left - width if self.rtl else MARGIN + left

    def fill(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        """A coloured area."""
        self.set_fill_color(*colour)
        self.rect(self.x_of(left, width), top, width, height, style="F")

    def rule(self, y: float) -> None:
        """A line across."""
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, y, WIDTH - MARGIN, y)

    def wrapped(self, text: str, width: float, size: float, style: Style = "") -> list[str]:
        """The text in lines that fit; a word that alone does not is broken."""
        self.set_font(FAMILY, style, size)
        lines = [""]
        for word in self._words(self._drawable(text), width):
            longer = f"{lines[-1]} {word}".strip(" ")
            if lines[-1] and self.get_string_width(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        if self.rtl and _is_latin(text):
            return [f"{LEFT_TO_RIGHT}{line}{LEFT_TO_RIGHT}" for line in lines]
        return lines

    def _words(self, text: str, width: float) -> Iterator[str]:
        for word in text.split(" "):
            if self.get_string_width(word) > width and NO_BREAK in word:
                yield from self._words(word.replace(NO_BREAK, " "), width)
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
