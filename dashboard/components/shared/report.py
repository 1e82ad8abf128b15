"""A report on the screen: its headline figures and tables, as the file will say them."""

from html import escape

from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Report, ReportTable, Tile


def report_head(report: Report, locale: ReportLocale) -> str:
    """Title, period, what must be known first, and the figures with those of the month before."""
    hint = f'<p class="sw-hint">{escape(report.hint)}</p>' if report.hint else ""
    tiles = "".join(_tile(tile, locale) for tile in report.tiles)
    way = "rtl" if locale.is_rtl else "ltr"
    return (
        f'<div dir="{way}"><p class="sw-about">{escape(report.period)}</p>{hint}'
        f'<div class="sw-figures">{tiles}</div></div>'
    )


def report_table(table: ReportTable, locale: ReportLocale) -> str:
    """One table; on a phone each row is a card."""
    way = "rtl" if locale.is_rtl else "ltr"
    about = f'<p class="sw-hint">{escape(table.about)}</p>' if table.about else ""
    title = f'<div dir="{way}"><h2>{escape(table.title)}</h2>{about}'
    if not table.rows:
        return f'{title}<p class="sw-hint sw-nothing">{escape(table.empty)}</p></div>'
    head = "".join(f"<th>{escape(column.title)}</th>" for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            # A name in other letters keeps its own order of signs: "Magnetom C!", not "!Magnetom C".
            f'<td data-title="{escape(column.title)}"><bdi>{escape(locale.text(cell))}</bdi></td>'
            for cell, column in zip(row, table.columns, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f'{title}<table class="sw-table sw-report"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _tile(tile: Tile, locale: ReportLocale) -> str:
    before = locale.t("report.before", value=locale.text(tile.before))
    return (
        f'<div class="sw-figure"><p class="sw-hint">{escape(tile.title)}</p>'
        f"<p><b>{escape(locale.text(tile.now))}</b></p>"
        f'<p class="sw-hint">{escape(before)} · {escape(tile.basis)}</p></div>'
    )
