"""The sections of the page that show values: a table of numbers around the fault, and the charts."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from zoneinfo import ZoneInfo

from core.text import times
from core.text.numbers import NO_BREAK
from core.time.clock import DAY, MINUTE
from maintenance.bundle.chart import chart, colour
from maintenance.bundle.content import (
    AROUND,
    BundledCurve,
    BundledDevice,
    BundleRequest,
    Content,
)
from maintenance.bundle.format import ABSENT, quantity
from maintenance.bundle.html import row, table
from storage.series import Point

_BESIDE_THE_POINT = ("response_ms",)  # of Scanward's own polls, not of the device
AT_ONCE = 2 * MINUTE  # a value farther from the fault says how far
LEGEND = (
    '<p class="muted">In brackets: how long before or after the fault, if more than two minutes.'
    " Limits: M the maker's, P published, E Scanward's own engineering default.</p>"
)


def values_section(content: Content) -> str:
    """The number just before and just after the fault, and the extremes of the whole time."""
    device = content.devices[0].id
    rows = [
        _value_row(curve, content.request.fault)
        for curve in _shown(content.curves)
        if curve.metric.kind != "counter"
        and (curve.device == device or curve.metric.tile or curve.limits)
        and (curve.readings or curve.before or curve.after)
    ]
    beside = () if content.request.fault is None else ("n:Just before", "n:Just after")
    heads = ("Device", "What", *beside, "n:Lowest", "n:Highest", "n:At the end", "Limits")
    return f"<h2>Values around the fault</h2>{table(heads, rows, 'Nothing was measured.')}{LEGEND}"


def _value_row(curve: BundledCurve, fault: int | None) -> str:
    low, high, last = None, None, None
    if curve.drawn and curve.metric.kind != "state":
        low, high = min(p.low for p in curve.drawn), max(p.high for p in curve.drawn)
    if curve.readings:
        last = curve.readings[-1].mean
    beside = (
        ()
        if fault is None
        else (("n w", _with_distance(point, curve, fault)) for point in (curve.before, curve.after))
    )
    return row(
        [
            ("t", curve.device),
            ("", curve.metric.title + (f" ({curve.component})" if curve.component else "")),
            *beside,
            ("n", quantity(low, curve.metric)),
            ("n", quantity(high, curve.metric)),
            ("n", quantity(last, curve.metric)),
            ("l", "" if curve.metric.kind == "state" else _limits_text(curve)),
        ]
    )


def _with_distance(point: Point | None, curve: BundledCurve, fault: int) -> str:
    """The value, and how far away from the fault, if that is not at once."""
    if point is None:
        return ABSENT
    away = abs(point.at - fault)
    text = quantity(point.mean, curve.metric)
    return text if away <= AT_ONCE else f"{text} ({times.duration(away // MINUTE * MINUTE)})"


def _limits_text(curve: BundledCurve) -> str:
    limits = (
        f"{'>' if rule.above is not None else '<'} {quantity(rule.limit, curve.metric)}"
        f" {rule.severity} {rule.basis[0].upper()}"
        for rule in curve.limits
    )
    return ", ".join(limit.replace(" ", NO_BREAK) for limit in limits)


def _shown(curves: Sequence[BundledCurve]) -> list[BundledCurve]:
    return [curve for curve in curves if curve.name not in _BESIDE_THE_POINT]


def device_charts(content: Content, zone: ZoneInfo) -> str:
    """The device's charts; first those of its fault's beginning, if that was before the window."""
    *before, window = content.request.spans()
    return "".join(
        _device_charts(content, zone, span, title)
        for span, title in (
            *((span, "The device when the fault began") for span in before),
            (window, "The device over time"),
        )
    )


def _device_charts(content: Content, zone: ZoneInfo, span: tuple[int, int], title: str) -> str:
    start, end = span
    drawn = _figures(content, content.devices[0], zone, span, everything=True)
    mark = (
        f" The dashed red line is the fault, the shade {times.duration(AROUND)} on both sides of it."
        if content.request.fault is not None and start <= content.request.fault <= end
        else ""
    )
    note = f'<p class="muted">A pale band is the lowest to the highest value.{mark}</p>'
    return f'<h2>{title}</h2>{note}<div class="charts">{drawn}</div>' if drawn else ""


def overview_charts(content: Content, zone: ZoneInfo) -> str:
    """What is usual for the device: its main curves and those in alarm, over thirty days or more."""
    start, end = content.request.overview()
    rolled = [curve._replace(drawn=list(curve.rollups)) for curve in content.curves]
    drawn = _figures(
        replace(content, curves=rolled, request=replace(content.request, start=start, fault=None)),
        content.devices[0], zone, (start, end), everything=False,
    )  # fmt: skip
    span = times.duration((end - start) // DAY * DAY)
    note = f'<p class="muted">Roll-ups of {span}; the same are in rollups/ as CSV.</p>'
    return (
        f'<h2>The device over {span}</h2>{note}<div class="charts">{drawn}</div>' if drawn else ""
    )


def support_charts(content: Content, zone: ZoneInfo) -> str:
    drawn = [
        f'<h4>{escape(device.title)}: {escape(device.id)}</h4><div class="charts">{figures}</div>'
        for device in content.devices[1:]
        for span in content.request.spans()
        if (figures := _figures(content, device, zone, span, everything=False))
    ]
    return f"<h2>Power, cooling and surroundings</h2>{''.join(drawn)}" if drawn else ""


def _figures(
    content: Content,
    device: BundledDevice,
    zone: ZoneInfo,
    span: tuple[int, int],
    *,
    everything: bool,
) -> str:
    # The first bucket of a span may begin before it.
    before = max((end for _, end in content.request.spans() if end < span[1]), default=0)
    curves = [
        curve._replace(drawn=drawn)
        for curve in _shown(content.curves)
        if curve.device == device.id
        and (drawn := [point for point in curve.drawn if before <= point.at < span[1]])
    ]
    request = replace(content.request, start=span[0], end=span[1])
    alerted = {alert.metric for alert in content.alerts if alert.device == device.id}
    figures = []
    for name, same in groupby(
        sorted(curves, key=lambda curve: curve.name), lambda curve: curve.name
    ):
        group = list(same)
        moved = any(curve.drawn[0].mean != point.mean for curve in group for point in curve.drawn)
        is_shown = group[0].metric.tile or name in alerted or (everything and moved)
        if is_shown:
            figures.append((not group[0].metric.tile, name, figure(request, group, zone)))
    return "".join(figure for _, _, figure in sorted(figures))


def figure(request: BundleRequest, curves: list[BundledCurve], zone: ZoneInfo) -> str:
    """One metric's components in one chart, with their names."""
    metric = curves[0].metric
    unit = f" ({metric.unit})" if metric.unit else ""
    keys = "".join(
        f'<i style="--c:{colour(i)}">{escape(curve.component)}</i>'
        for i, curve in enumerate(curves)
        if len(curves) > 1
    )
    return (
        f"<figure><figcaption><h3>{escape(metric.title + unit)}</h3>{keys}</figcaption>"
        f"{chart(curves, request, zone)}</figure>"
    )
