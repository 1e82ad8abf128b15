"""A report on the screen: its headline figures and tables, as the file will say them."""

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from html import escape
from urllib.parse import quote

import streamlit as st

from core.time.calendars import Month
from dashboard.i18n import t
from dashboard.queries import reports as report_queries
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import MEDIA, Cell, Format, Reference, Report, ReportTable, Tile
from maintenance.reports.svg import svg

FORMATS: Mapping[Format, str] = {
    "pdf": "reports.pdf",
    "xlsx": "reports.xlsx",
    "html": "reports.html",
}


def report_files(report: Report, locale: ReportLocale, site_id: str, month: Month) -> None:
    """The report as a file of each format, to keep or to send."""
    with st.container(key="steps", horizontal=True):
        for form, words in FORMATS.items():
            st.download_button(
                t(words), partial(report_queries.report_file, report, locale, form),
                f"{site_id}-{report.kind}-{month}.{form}", MEDIA[form],
                key=f"report-{form}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip


def report_head(report: Report, locale: ReportLocale) -> str:
    """Title, period, what must be known first, and the figures with those of the month before."""
    hint = f'<p class="sw-hint">{escape(report.hint)}</p>' if report.hint else ""
    tiles = "".join(_tile(tile, locale) for tile in report.tiles)
    way = "rtl" if locale.is_rtl else "ltr"
    return (
        f'<div dir="{way}"><p class="sw-about">{escape(report.period)}</p>{hint}'
        f'<div class="sw-figures">{tiles}</div></div>'
    )


def report_chart(report: Report, locale: ReportLocale) -> str:
    """Its twelve months, as in the file: an image, because Streamlit takes drawings out of HTML."""
    chart, way = report.chart, "rtl" if locale.is_rtl else "ltr"
    image = b64encode(svg(chart, locale, is_alone=True).encode()).decode()
    return (
        f'<figure class="sw-report-chart" dir="{way}"><figcaption>{escape(chart.title)}</figcaption>'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{escape(chart.title)}"></figure>'
    )


def report_table(table: ReportTable, locale: ReportLocale) -> str:
    """One table; on a phone each row is a card."""
    way = "rtl" if locale.is_rtl else "ltr"
    about = f'<p class="sw-hint">{escape(table.about)}</p>' if table.about else ""
    anchor = f' id="table-{table.key}"' if table.key else ""
    title = f'<div dir="{way}"><h2{anchor}>{escape(table.title)}</h2>{about}'
    if not table.rows:
        return f'{title}<p class="sw-hint sw-nothing">{escape(table.empty)}</p></div>'
    head = "".join(f"<th>{escape(column.title)}</th>" for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            # A name in other letters keeps its own order of signs: "Magnetom C!", not "!Magnetom C".
            f'<td data-title="{escape(column.title)}"><bdi>{_cell(cell, locale)}</bdi></td>'
            for cell, column in zip(row, table.columns, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f'{title}<table class="sw-table sw-report"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell, locale: ReportLocale) -> str:
    text = escape(locale.text(cell))
    if not isinstance(cell, Reference):
        return text
    name = "ticket" if cell.kind == "ticket" else "device"
    query = f"?{name}={quote(cell.key, safe='')}" if cell.key else ""
    return f'<a href="{cell.kind}{query}" target="_self">{text}</a>'


def _tile(tile: Tile, locale: ReportLocale) -> str:
    before = locale.against(tile)
    title = escape(tile.title)
    if tile.stands_on:
        title = f'<a href="#table-{tile.stands_on}">{title}</a>'
    return (
        f'<div class="sw-figure"><p class="sw-hint">{title}</p>'
        f"<p><b>{escape(locale.text(tile.now))}</b></p>"
        f'<p class="sw-hint">{escape(before)} · {escape(tile.basis)}</p></div>'
    )
