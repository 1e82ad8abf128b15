"""A report as one HTML file with its font and its chart inside."""

import io
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from maintenance.reports.drawing import Polyline, Rectangle, Text, marks
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Chart, Quantity, Reference, Report, ReportTable, Tile

_HERE = Path(__file__).parent
_SERIES = ("#145374", "#de8b2f", "#78965a")
_WIDE, _HIGH = 180.0, 50.0  # mm, the frame of the chart


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
    yield _chart(report.chart, locale)
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
    return (
        f"<section><h3>{escape(tile.title)}</h3><strong{known}>{escape(locale.text(tile.now))}"
        f"</strong><p>{escape(before)}</p><small>{escape(small)}</small></section>"
    )


def _table(table: ReportTable, locale: ReportLocale) -> Iterator[str]:
    yield f"<h2>{escape(table.title)}</h2>"
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


def _chart(chart: Chart, locale: ReportLocale) -> str:
    named = chart.series if len(chart.series) > 1 else ()
    legend = [
        f'<span><i style="background:{_SERIES[at]}"></i>{escape(series.name)}</span>'
        for at, series in enumerate(named)
    ]
    if any(value is None for series in chart.series for value in series.values):
        legend.append(f"<span>{escape(locale.t('chart.missing'))}</span>")
    drawn = "".join(
        _svg(mark) for mark in marks(chart, _WIDE, _HIGH, lambda v: locale.number(v, chart.digits))
    )
    return (
        f'<figure><figcaption>{escape(chart.title)}</figcaption><p class="legend">'
        f'{"".join(legend)}</p><svg viewBox="0 0 {_WIDE:g} {_HIGH:g}" role="img" '
        f'aria-label="{escape(chart.title)}" direction="ltr">{drawn}</svg></figure>'
    )


def _svg(mark: Polyline | Rectangle | Text) -> str:
    match mark:
        case Polyline(points, colour, weight):
            path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
            ink = "#cdd3d9" if colour < 0 else _SERIES[colour]
            return f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="{weight}"/>'
        case Rectangle(x, y, width, height, colour):
            size = f'width="{width:.2f}" height="{height:.2f}"'
            return f'<rect x="{x:.2f}" y="{y:.2f}" {size} fill="{_SERIES[colour]}"/>'
        case Text(x, y, text, anchor, is_strong):
            strong = ' class="strong"' if is_strong else ""
            place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
            return f"<text {place}{strong}>{escape(text)}</text>"


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
