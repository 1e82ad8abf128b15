"""A report as one HTML file with its font and its chart inside."""

import io
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Quantity, Reference, Report, ReportTable, Tile
from maintenance.reports.svg import figure

_HERE = Path(__file__).parent


def render(report: Report, locale: ReportLocale) -> bytes:
    """The bytes of the HTML file."""
    body = "\n".join(_body(report, locale))
    direction = "rtl" if locale.is_rtl else "ltr"
    title = escape(f"{report.title}, {report.period}, {report.site}")
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{locale.language}" dir="{direction}">\n<head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title>\n<style>\n{_faces(body + title)}\n{style}</style></head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def _body(report: Report, locale: ReportLocale) -> Iterator[str]:
    yield f"<header><p>{escape(report.site)}</p><h1>{escape(report.title)}</h1>"
    yield f'<p class="period">{escape(report.period)}</p></header>'
    if report.hint:
        yield f'<p class="hint">{escape(report.hint)}</p>'
    yield '<div class="tiles">' + "".join(_tile(tile, locale) for tile in report.tiles) + "</div>"
    yield figure(report.chart, locale)
    for table in (report.first, *report.details):
        yield from _table(table, locale)
    yield f"<h2>{escape(report.notes_title)}</h2>"
    yield "".join(f'<p class="note">{escape(note)}</p>' for note in report.notes)
    yield f"<footer>{escape(report.made)}</footer>"


def _tile(tile: Tile, locale: ReportLocale) -> str:
    is_known = tile.now.value is not None
    small = tile.basis
    if not is_known and tile.now.needs:
        small = locale.t("value.needs", needs=tile.now.needs)
    before = locale.against(tile)
    known = "" if is_known else ' class="unknown"'
    title = escape(tile.title)
    if tile.stands_on:
        title = f'<a href="#table-{tile.stands_on}">{title}</a>'
    return (
        f"<section><h3>{title}</h3><strong{known}>{escape(locale.text(tile.now))}"
        f"</strong><p>{escape(before)}</p><small>{escape(small)}</small></section>"
    )


def _table(table: ReportTable, locale: ReportLocale) -> Iterator[str]:
    anchor = f' id="table-{table.key}"' if table.key else ""
    yield f"<h2{anchor}>{escape(table.title)}</h2>"
    if table.about:
        yield f'<p class="about">{escape(table.about)}</p>'
    if not table.rows:
        yield f'<p class="empty">{escape(table.empty)}</p>'
        return
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(
        f'<th class="{column.align}">{escape(column.title)}</th>' for column in table.columns
    )
    yield "</tr></thead><tbody>"
    for row in table.rows:
        cells = []
        for column, cell in zip(table.columns, row, strict=True):
            is_unknown = isinstance(cell, Quantity) and cell.value is None
            classes = column.align + (" unknown" if is_unknown else "")
            free = ' dir="auto"' if isinstance(cell, str | Reference) else ""
            cells.append(f'<td class="{classes}"{free}>{escape(locale.text(cell))}</td>')
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _faces(text: str) -> str:
    """The font with the letters of this report only."""
    weights = (("Regular", 400), ("Bold", 700))
    return "\n".join(
        "@font-face{font-family:Vazirmatn;font-weight:"
        f"{weight};src:url(data:font/woff;base64,{_subset(name, text)})}}"
        for name, weight in weights
    )


def _subset(name: str, text: str) -> str:
    with TTFont(_HERE / "fonts" / f"Vazirmatn-{name}.ttf") as font:
        subsetter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
        subsetter.populate(text=text)
        subsetter.subset(font)
        font.flavor = "woff"
        out = io.BytesIO()
        font.save(out)
    return b64encode(out.getvalue()).decode()
