"""The chart of a report as an SVG figure, for a page in a browser."""

from html import escape

from maintenance.reports.drawing import Polyline, Rectangle, Text, marks
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Chart

_SERIES = ("#145374", "#de8b2f", "#78965a")
_STYLE = "text{font:2.5px sans-serif;fill:#68717b}.strong{font-weight:700}"
_WIDE, _HIGH = 180.0, 50.0  # mm, the frame of the chart


def figure(chart: Chart, locale: ReportLocale) -> str:
    """A `<figure>` with its legend; letters and lines have the size of print, in mm."""
    named = chart.series if len(chart.series) > 1 else ()
    legend = [
        f'<span><i style="background:{_SERIES[at]}"></i>{escape(series.name)}</span>'
        for at, series in enumerate(named)
    ]
    if any(value is None for series in chart.series for value in series.values):
        legend.append(f"<span>{escape(locale.t('chart.missing'))}</span>")
    return (
        f'<figure><figcaption>{escape(chart.title)}</figcaption><p class="legend">'
        f"{''.join(legend)}</p>{svg(chart, locale)}</figure>"
    )


def svg(chart: Chart, locale: ReportLocale, *, is_alone: bool = False) -> str:
    """The drawing; alone it is an image, which no style of a page reaches."""
    style = f"<style>{_STYLE}</style>" if is_alone else ""
    drawn = "".join(
        _svg(mark) for mark in marks(chart, _WIDE, _HIGH, lambda v: locale.number(v, chart.digits))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {_HIGH:g}" role="img" '
        f'aria-label="{escape(chart.title)}" direction="ltr">{style}{drawn}</svg>'
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
