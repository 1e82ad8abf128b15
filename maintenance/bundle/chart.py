"""One metric over time as an SVG image: no script, no font of its own, the same bytes every time."""

import math
import statistics
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.schema.metric import Metric
from core.time.clock import DAY, HOUR, MINUTE, from_ms
from maintenance.bundle.content import BundledCurve, BundleRequest
from maintenance.bundle.format import number
from storage.series import Point

WIDTH, HEIGHT = 560, 190
LEFT, RIGHT, TOP, BOTTOM = 64, 10, 8, 34
PALETTE = ("#1f77b4", "#c55a00", "#0b7a5a", "#a3478c", "#8a6d00", "#5b52b5", "#546570", "#8a4523")
LIMITS = {"critical": "#b3142b", "error": "#b4430a", "warning": "#8a5a00", "info": "#2563a8"}
GAP = 3.5  # times the usual distance: no line is drawn across
NEAR = 3.0  # a limit farther than so many heights of the curve would press it flat
_STEPS = (5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY)


class _Frame(NamedTuple):
    start: int
    end: int
    low: float
    high: float

    def x(self, at: float) -> float:
        share = (at - self.start) / (self.end - self.start)
        return LEFT + min(max(share, 0), 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - min(max(share, 0), 1) * (HEIGHT - TOP - BOTTOM)


def colour(index: int) -> str:
    """The colour of the component with this number."""
    return PALETTE[index % len(PALETTE)]


def chart(curves: Sequence[BundledCurve], request: BundleRequest, zone: ZoneInfo) -> str:
    """An `<svg>` of one metric's components, with limits, the fault, and both clocks below."""
    metric = curves[0].metric
    limits = _limits(curves)
    frame = _framed(curves, [value for value, _ in limits], request)
    title = escape(f"{metric.title} over time, {metric.unit}" if metric.unit else metric.title)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
            f' aria-label="{title}">',
            *_fault(frame, request),
            *_time_axis(frame, zone),
            *_value_axis(frame, metric),
            *(_limit(frame, value, severity) for value, severity in limits),
            *(_draw(frame, curve, colour(i)) for i, curve in enumerate(curves)),
            "</svg>",
        ]
    )


def _limits(curves: Sequence[BundledCurve]) -> list[tuple[float, str]]:
    low, high = _extent(curves)
    reach = max(high - low, abs(high) * 0.05, 1e-9) * NEAR
    limits = {(rule.limit, rule.severity) for curve in curves for rule in curve.limits}
    is_state = curves[0].metric.kind == "state"
    return (
        []
        if is_state
        else sorted(pair for pair in limits if low - reach <= pair[0] <= high + reach)
    )


def _extent(curves: Sequence[BundledCurve]) -> tuple[float, float]:
    points = [point for curve in curves for point in curve.drawn]
    return min(point.low for point in points), max(point.high for point in points)


def _framed(
    curves: Sequence[BundledCurve], limits: Sequence[float], request: BundleRequest
) -> _Frame:
    metric = curves[0].metric
    low, high = _extent(curves)
    if metric.kind == "state" and metric.states:
        return _Frame(
            request.start, request.end, min(metric.states) - 0.3, max(metric.states) + 0.3
        )
    low, high = min([low, *limits]), max([high, *limits])
    room = (high - low) * 0.06 or max(abs(high) * 0.05, 1.0)
    return _Frame(request.start, request.end, low - room, high + room)


def _fault(frame: _Frame, request: BundleRequest) -> Iterable[str]:
    if request.fault is None or not request.start <= request.fault <= request.end:
        return
    begin, end = request.near_fault()
    width = frame.x(end) - frame.x(begin)
    height = HEIGHT - TOP - BOTTOM
    yield f'<rect x="{frame.x(begin):.1f}" y="{TOP}" width="{width:.1f}" height="{height}" fill="#b3142b" opacity=".07"/>'
    yield _stroke(
        frame.x(request.fault), TOP, frame.x(request.fault), HEIGHT - BOTTOM, "#b3142b", "3 2"
    )


def _time_axis(frame: _Frame, zone: ZoneInfo) -> Iterable[str]:
    span = frame.end - frame.start
    step = next((step for step in _STEPS if span / step <= 9), _STEPS[-1])
    bottom = HEIGHT - BOTTOM
    yield _stroke(LEFT, bottom, WIDTH - RIGHT, bottom, "#8a949e")
    yield _text(LEFT - 6, bottom + 13, "local", "end") + _text(LEFT - 6, bottom + 26, "UTC", "end")
    label = "%H:%M" if step < DAY else "%d %b"
    moved = from_ms(frame.start, zone).utcoffset()
    shift = round(moved.total_seconds() * 1000) if moved else 0
    at = -(-(frame.start + shift) // step) * step - shift
    while at <= frame.end:
        x = frame.x(at)
        if LEFT + 12 < x < WIDTH - RIGHT - 12:
            yield _stroke(x, bottom, x, bottom + 3, "#8a949e")
            yield _text(x, bottom + 13, from_ms(at, zone).strftime(label), "middle")
            yield _text(x, bottom + 26, from_ms(at).strftime(label), "middle", "#6a747e")
        at += step


def _value_axis(frame: _Frame, metric: Metric) -> Iterable[str]:
    if metric.kind == "state" and metric.states:
        ticks = [(float(state), word) for state, word in sorted(metric.states.items())]
    else:
        ticks = [(value, number(value)) for value in _round_values(frame.low, frame.high)]
    for value, text in ticks:
        y = frame.y(value)
        yield _stroke(LEFT, y, WIDTH - RIGHT, y, "#e3e7eb")
        yield _text(LEFT - 6, y + 3.5, text if len(text) <= 11 else text[:10] + "…", "end")


def _round_values(low: float, high: float) -> list[float]:
    """Three to six round numbers between."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step)
    return [count * step for count in range(first, math.floor(high / step) + 1)]


def _limit(frame: _Frame, value: float, severity: str) -> str:
    y = frame.y(value)
    shade = LIMITS[severity]
    word = _text(WIDTH - RIGHT - 3, y - 3, f"{severity} {number(value)}", "end", shade)
    return _stroke(LEFT, y, WIDTH - RIGHT, y, shade, "6 3") + word


def _draw(frame: _Frame, curve: BundledCurve, shade: str) -> str:
    is_state = curve.metric.kind == "state"
    drawn = []
    # A counter is read when it moves: what is between two of its readings is not missing.
    runs = [curve.drawn] if curve.metric.kind == "counter" else _runs(curve.drawn)
    for run in runs:
        if len(run) == 1:
            x, y = frame.x(run[0].at), frame.y(run[0].mean)
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="{shade}"/>')
            continue
        if any(point.low != point.high for point in run) and not is_state:
            around = [(point.at, point.high) for point in run]
            around += [(point.at, point.low) for point in reversed(run)]
            drawn.append(f'<path d="{_path(frame, around)}Z" fill="{shade}" opacity=".2"/>')
        middle = [(point.at, point.mean) for point in run]
        path = _path(frame, middle, stepped=is_state)
        drawn.append(f'<path d="{path}" fill="none" stroke="{shade}" stroke-width="1.3"/>')
    return "".join(drawn)


def _path(frame: _Frame, points: Sequence[tuple[int, float]], *, stepped: bool = False) -> str:
    commands = []
    for index, (at, value) in enumerate(points):
        x, y = f"{frame.x(at):.1f}", f"{frame.y(value):.1f}"
        commands.append(f"M{x} {y}" if index == 0 else f"H{x}V{y}" if stepped else f"L{x} {y}")
    return "".join(commands)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Cut wherever something is missing."""
    steps = [after.at - before.at for before, after in pairwise(points)]
    usual = statistics.median(steps) if steps else 0
    runs: list[list[Point]] = []
    for index, point in enumerate(points):
        if index == 0 or steps[index - 1] > max(GAP * usual, MINUTE):
            runs.append([])
        runs[-1].append(point)
    return runs


def _stroke(x1: float, y1: float, x2: float, y2: float, shade: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{shade}"{dashed}/>'
    )


def _text(x: float, y: float, text: str, anchor: str, shade: str = "#3b444d") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{shade}">{escape(text)}</text>'
    )
