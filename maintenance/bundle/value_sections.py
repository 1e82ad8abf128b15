"""The sections of the page that show values: a table of numbers around the fault, and the charts."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from zoneinfo import ZoneInfo

from core.text import times
from core.time.clock import MINUTE
from maintenance.bundle.chart import chart, colour
from maintenance.bundle.content import AROUND, Content, Line, Part
from maintenance.bundle.format import ABSENT, quantity
from maintenance.bundle.html import row, table
from storage.series import Point

_BESIDE_THE_POINT = ("response_ms",)  # of Scanward's own questions, not of the device
AT_ONCE = 2 * MINUTE  # a value farther from the fault says how far
NO_BREAK = "\u00a0"
LEGEND = (
    '<p class="muted">In brackets: how long before or after the fault, if more than two minutes.'
    " Limits: M the maker's, P published, E Scanward's own engineering default.</p>"
)


def values_section(content: Content) -> str:
    """The number just before and just after the fault, and the extremes of the whole time."""
    device = content.parts[0].id
    rows = [
        _value_row(line, content.ask.fault)
        for line in _shown(content.lines)
        if line.metric.kind != "counter"
        and (line.part == device or line.metric.tile or line.limits)
        and line.readings
    ]
    heads = (
        *("Device", "What", "n:Just before", "n:Just after", "n:Lowest", "n:Highest"),
        *("n:At the end", "Limits"),
    )
    return f"<h2>Values around the fault</h2>{table(heads, rows, 'Nothing was measured.')}{LEGEND}"


def _value_row(line: Line, fault: int | None) -> str:
    is_state = line.metric.kind == "state"
    low, high = min(p.low for p in line.drawn), max(p.high for p in line.drawn)
    before, after = _beside(line, fault)
    return row(
        [
            ("t", line.part),
            ("", line.metric.title + (f" ({line.component})" if line.component else "")),
            ("n w", before),
            ("n w", after),
            ("n", ABSENT if is_state else quantity(low, line.metric)),
            ("n", ABSENT if is_state else quantity(high, line.metric)),
            ("n", quantity(line.readings[-1].mean, line.metric)),
            ("l", "" if is_state else _limits_in_words(line)),
        ]
    )


def _beside(line: Line, fault: int | None) -> tuple[str, str]:
    """The values before and after the fault; how far away, if that is not at once."""
    if fault is None:
        return ABSENT, ABSENT
    before = [point for point in line.readings if point.at < fault][-1:]
    after = [point for point in line.readings if point.at >= fault][:1]
    return _with_distance(before, line, fault), _with_distance(after, line, fault)


def _with_distance(points: Sequence[Point], line: Line, fault: int) -> str:
    if not points:
        return ABSENT
    away = abs(points[0].at - fault)
    text = quantity(points[0].mean, line.metric)
    return text if away <= AT_ONCE else f"{text} ({times.duration(away // MINUTE * MINUTE)})"


def _limits_in_words(line: Line) -> str:
    words = (
        f"{'>' if rule.above is not None else '<'} {quantity(rule.limit, line.metric)}"
        f" {rule.severity} {rule.basis[0].upper()}"
        for rule in line.limits
    )
    return ", ".join(one.replace(" ", NO_BREAK) for one in words)


def _shown(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.name not in _BESIDE_THE_POINT]


def device_charts(content: Content, zone: ZoneInfo) -> str:
    drawn = _figures(content, content.parts[0], zone, everything=True)
    mark = (
        f" The dashed red line is the fault, the shade {times.duration(AROUND)} on both sides of it."
        if content.ask.fault is not None
        else ""
    )
    note = f'<p class="muted">A pale band is the lowest to the highest value.{mark}</p>'
    return f'<h2>The device over time</h2>{note}<div class="charts">{drawn}</div>' if drawn else ""


def support_charts(content: Content, zone: ZoneInfo) -> str:
    drawn = [
        f'<h4>{escape(part.title)}: {escape(part.id)}</h4><div class="charts">{figures}</div>'
        for part in content.parts[1:]
        if (figures := _figures(content, part, zone, everything=False))
    ]
    return f"<h2>Power, cooling and surroundings</h2>{''.join(drawn)}" if drawn else ""


def _figures(content: Content, part: Part, zone: ZoneInfo, *, everything: bool) -> str:
    lines = [line for line in _shown(content.lines) if line.part == part.id]
    alerted = {alert.metric for alert in content.alerts if alert.part == part.id}
    figures = []
    for name, same in groupby(sorted(lines, key=lambda line: line.name), lambda line: line.name):
        group = list(same)
        moved = any(line.drawn[0].mean != point.mean for line in group for point in line.drawn)
        wanted = group[0].metric.tile or name in alerted or (everything and moved)
        if wanted:
            figures.append((not group[0].metric.tile, name, _figure(content, group, zone)))
    return "".join(figure for _, _, figure in sorted(figures))


def _figure(content: Content, lines: list[Line], zone: ZoneInfo) -> str:
    metric = lines[0].metric
    unit = f" ({metric.unit})" if metric.unit else ""
    keys = "".join(
        f'<i style="--c:{colour(i)}">{escape(line.component)}</i>'
        for i, line in enumerate(lines)
        if len(lines) > 1
    )
    return (
        f"<figure><figcaption><h3>{escape(metric.title + unit)}</h3>{keys}</figcaption>"
        f"{chart(lines, content.ask, zone)}</figure>"
    )
