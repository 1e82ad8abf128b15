"""Labels for the machines: an A4 sheet of stickers, each with a QR code, as PDF."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import segno
from fpdf import FPDF
from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Site
from core.schema.strict_model import did_you_mean
from maintenance.assets.register import new_sheet
from storage.records import Asset

ACROSS, DOWN = 3, 8  # 70 x 37 mm, the common sheet of 24
WIDTH, HEIGHT = 70.0, 37.0  # mm
CODE = 27.0  # mm, the QR code with its quiet zone
MARGIN = 4.0  # mm
QUIET = 4  # modules, ISO/IEC 18004


class Label(NamedTuple):
    """What a sticker says. Letters that the built-in font lacks are left out; the id never has any."""

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
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(auto=False)
    pdf.set_title("Labels")
    for place, label in enumerate(labels, start=skip):
        at = place % (ACROSS * DOWN)
        if at == 0 or pdf.page == 0:
            pdf.add_page()
        row, column = divmod(at, ACROSS)
        _draw(pdf, label, column * WIDTH, row * HEIGHT)
    return bytes(pdf.output())


def _draw(pdf: FPDF, label: Label, left: float, top: float) -> None:
    _draw_code(pdf, label.content, left + MARGIN, top + (HEIGHT - CODE) / 2)
    beside = left + MARGIN + CODE + 1
    room = WIDTH - CODE - 2 * MARGIN - 1
    lines = [(label.id, 12, "B"), (label.name, 9, ""), (label.location, 8, "")]
    if label.serial:
        lines.append((f"S/N {label.serial}", 8, ""))
    y = top + (HEIGHT - 5.5 * len(lines)) / 2
    for text, size, style in lines:
        pdf.set_font("Helvetica", style=style, size=size)
        pdf.set_xy(beside, y)
        pdf.cell(room, 5.5, _fitting(pdf, _drawable(text), room))
        y += 5.5


def _draw_code(pdf: FPDF, content: str, left: float, top: float) -> None:
    matrix = segno.make(content, error="m", micro=False).matrix
    module = CODE / (len(matrix) + 2 * QUIET)
    for y, line in enumerate(matrix, start=QUIET):
        for x, is_dark in enumerate(line, start=QUIET):
            if is_dark:
                pdf.rect(left + x * module, top + y * module, module, module, style="F")


def _drawable(text: str) -> str:
    return text.encode("latin-1", "ignore").decode("latin-1").strip()


def _fitting(pdf: FPDF, text: str, room: float) -> str:
    while text and pdf.get_string_width(text) > room - 2:
        text = text[:-1]
    return text
