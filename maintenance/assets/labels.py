"""Labels for the machines: an A4 sheet of stickers, each with a QR code, as PDF."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont
from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Site
from core.schema.strict_model import did_you_mean
from core.text.plain import single_line
from maintenance.assets.register import new_sheet
from storage.records import Asset

ACROSS, DOWN = 3, 8  # 70 x 37 mm, the common sheet of 24
WIDTH, HEIGHT = 70.0, 37.0  # mm
CODE = 27.0  # mm, the QR code with its quiet zone
MARGIN = 4.0  # mm
QUIET = 4  # modules, ISO/IEC 18004
LINE = 5.5  # mm
SMALLEST = 6  # points; less cannot be read on a machine
LONGEST = 120  # characters of a line that can fit

# The font of the reports, which has the letters of Dari; it lies in their room.
FONT = Path(__file__).parents[1] / "reports" / "fonts" / "Vazirmatn-Regular.ttf"
WITH_DARI = "Vazirmatn"
_LATIN = re.compile("[\x20-\x7e\xa1-\xff]*")  # what Helvetica has
_VOWELS = re.compile("[\u064b-\u0652]")


class LabelLine(NamedTuple):
    """One line of a sticker."""

    text: str
    size: int  # points
    style: Literal["", "B"] = ""


class Label(NamedTuple):
    """What a sticker says, in any language; what is too long is made smaller, then cut."""

    id: str
    name: str
    serial: str
    location: str
    content: str  # of the QR code


def label_content(asset: str, url: str | None) -> str:
    """Where the code leads: to the page on which a fault is reported, or only the id without one."""
    return f"{url.rstrip('/')}/fault/{asset}" if url else asset


def labels_of(db: Session, site: Site, names: Iterable[str], url: str | None) -> list[Label]:
    """The labels of these devices, from their sheets, or from the site file where there is none yet."""
    labels = []
    for name in names:
        sheet = db.get(Asset, name)
        if sheet is None and name not in site.devices:
            hint = did_you_mean(name, site.devices)
            raise RefusedError("there is no device {device!r}{hint}", device=name, hint=hint)
        sheet = sheet or new_sheet(site.devices[name], 0)
        content = label_content(name, url)
        labels.append(Label(name, sheet.name, sheet.serial, sheet.location, content))
    return labels


def label_sheet(labels: Sequence[Label], skip: int = 0) -> bytes:
    """The PDF. `skip` leaves the first so many places free, for a sheet that was begun."""
    if not 0 <= skip < ACROSS * DOWN:
        raise RefusedError(
            "{cell!r} is not a whole number from {low} to {high}",
            cell=str(skip),
            low=0,
            high=ACROSS * DOWN - 1,
        )
    pdf = _blank()
    for place, label in enumerate(labels, start=skip):
        at = place % (ACROSS * DOWN)
        if at == 0 or pdf.page == 0:
            pdf.add_page()
        row, column = divmod(at, ACROSS)
        _draw(pdf, label, column * WIDTH, row * HEIGHT)
    data = bytes(pdf.output())
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()
    return data


def _blank() -> FPDF:
    """No page yet; the font that has the letters of Dari is there."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(auto=False)
    pdf.set_title("Labels")
    pdf.add_font(WITH_DARI, "", FONT)
    return pdf


def _draw(pdf: FPDF, label: Label, left: float, top: float) -> None:
    draw_code(pdf, label.content, left + MARGIN, top + (HEIGHT - CODE) / 2, CODE)
    beside = left + MARGIN + CODE + 1
    room = WIDTH - CODE - 2 * MARGIN - 1
    lines = [LabelLine(label.id, 12, "B")]
    lines += [LabelLine(text, 9) for text in _in_two(pdf, label.name, room)]
    lines.append(LabelLine(label.location, 8))
    if label.serial:
        lines.append(LabelLine(f"S/N {label.serial}", 8))
    y = top + (HEIGHT - LINE * len(lines)) / 2
    for line in lines:
        text = _fitting(pdf, line, room)
        pdf.set_xy(beside, y)
        pdf.cell(room, LINE, text)
        y += LINE


def _in_two(pdf: FPDF, text: str, room: float) -> list[str]:
    """The words of a name in one line, or in two if they do not fit."""
    words = single_line(text).split(" ")
    if _width(pdf, LabelLine(text, 9)) <= room - 2:
        return [" ".join(words)]
    count = next(
        n for n in range(len(words), 0, -1)
        if n == 1 or _width(pdf, LabelLine(" ".join(words[:n]), 9)) <= room - 2
    )  # fmt: skip
    return [line for line in (" ".join(words[:count]), " ".join(words[count:])) if line]


def _fitting(pdf: FPDF, line: LabelLine, room: float) -> str:
    """The text of a line as it is drawn, with the font set for it: smaller if it is long, or cut."""
    for size in range(line.size, SMALLEST - 1, -1):
        if _width(pdf, line._replace(size=size)) <= room - 2:
            return _prepared(pdf, line._replace(size=size))
    text = single_line(line.text)
    smallest = line._replace(size=SMALLEST)
    fits = next(
        n for n in range(min(len(text), LONGEST), -1, -1)
        if n == 0 or _width(pdf, smallest._replace(text=f"{text[:n]}...")) <= room - 2
    )  # fmt: skip
    return _prepared(pdf, smallest._replace(text=f"{text[:fits].rstrip()}..."))


def _width(pdf: FPDF, line: LabelLine) -> float:
    text = _prepared(pdf, line)
    return pdf.get_string_width(text)


def _prepared(pdf: FPDF, line: LabelLine) -> str:
    """What is drawn of a line; the font is set for it. Letters of Dari are joined and ordered (UAX 9).

    What neither font has is a question mark. Vowel marks go, as Dari is mostly written: fpdf2 sets them
    above the space that follows.
    """
    text = single_line(line.text)
    if _LATIN.fullmatch(text):
        pdf.set_text_shaping(use_shaping_engine=False)
        pdf.set_font("Helvetica", style=line.style, size=line.size)
        return text
    pdf.set_font(WITH_DARI, size=line.size)
    pdf.set_text_shaping(use_shaping_engine=True)
    font = pdf.fonts[WITH_DARI.lower()]
    known = font.cmap if isinstance(font, TTFFont) else {}
    return "".join(sign if ord(sign) in known else "?" for sign in _VOWELS.sub("", text))


def draw_code(pdf: FPDF, content: str, left: float, top: float, side: float) -> None:
    """A QR code with its quiet zone, `side` mm wide, in the colour that is set."""
    matrix = segno.make(content, error="m", micro=False).matrix
    module = side / (len(matrix) + 2 * QUIET)
    for y, line in enumerate(matrix, start=QUIET):
        for x, is_dark in enumerate(line, start=QUIET):
            if is_dark:
                pdf.rect(left + x * module, top + y * module, module, module, style="F")
