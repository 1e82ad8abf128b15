"""The shapes of a chart, which the PDF draws in millimetres and HTML as SVG.

Time runs from left to right in every language, as on the dashboard: a curve is read like one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from maintenance.reports.model import Chart

Anchor = Literal["start", "middle", "end"]
LABEL = 7.0  # points
TOP, BOTTOM = 6.0, 6.0  # room for the label of the highest value, and for the months
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points; `weight` in mm."""

    points: Sequence[tuple[float, float]]
    colour: int  # index of the series, -1 for the frame
    weight: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled rectangle: a bar, or the dot of a value."""

    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True, slots=True)
class Text:
    """A word whose baseline is at y."""

    x: float
    y: float
    text: str
    anchor: Anchor
    is_strong: bool = False


Mark = Polyline | Rectangle | Text


def marks(
    chart: Chart, width: float, height: float, number: Callable[[float], str]
) -> Iterator[Mark]:
    """Everything to draw in a frame of that size, in mm, y downwards."""
    slot = width / len(chart.months)
    floor = height - BOTTOM
    yield Polyline([(0, floor), (width, floor)], -1, 0.2)
    for index, name in enumerate(chart.months):
        is_last = index == len(chart.months) - 1
        yield Text((index + 0.5) * slot, height - 1.5, name, "middle", is_strong=is_last)
    draw = _line if chart.kind == "line" else _bars
    yield from draw(chart, slot, floor, number)


def scale(chart: Chart) -> tuple[float, float]:
    """Lowest and highest value of the frame. Bars stand on zero; a line of percent ends at 100."""
    if chart.kind == "bars":
        return 0.0, _round_up(max(_totals(chart), default=0.0))
    values = [v for series in chart.series for v in series.values if v is not None]
    low, high = min(values, default=0.0), max(values, default=100.0)
    if chart.unit == "%":
        high = 100.0
        step = 10.0 if low < 90 else 5.0 if low < 98 else 1.0
        return max(0.0, math.floor((low - step / 4) / step) * step), high
    return min(low, 0.0), _round_up(high)


def _line(
    chart: Chart, slot: float, floor: float, number: Callable[[float], str]
) -> Iterator[Mark]:
    low, high = scale(chart)
    room = floor - TOP
    for index, series in enumerate(chart.series):
        run: list[tuple[float, float]] = []
        for at, value in enumerate(series.values):
            x = (at + 0.5) * slot
            if value is None:
                yield from _run(run, index)
                run = []
                yield Text(x, floor - 1.5, "–", "middle")
                continue
            y = floor - (value - low) / ((high - low) or 1.0) * room
            run.append((x, y))
            above = y - 1.8 if not _is_valley(series.values, at) else y + 4.2
            yield Text(x, above, number(value), "middle", is_strong=at == len(series.values) - 1)
        yield from _run(run, index)


def _is_valley(values: Sequence[float | None], at: int) -> bool:
    """Lower than its neighbours: the line comes from above, so the number belongs below."""
    value = values[at]
    beside = [values[i] for i in (at - 1, at + 1) if 0 <= i < len(values)]
    known = [other for other in beside if other is not None]
    return value is not None and bool(known) and value < min(known)


def _run(points: Sequence[tuple[float, float]], colour: int) -> Iterator[Mark]:
    if len(points) > 1:
        yield Polyline(list(points), colour, 0.5)
    for x, y in points:
        yield Rectangle(x - 0.7, y - 0.7, 1.4, 1.4, colour)


def _bars(
    chart: Chart, slot: float, floor: float, number: Callable[[float], str]
) -> Iterator[Mark]:
    _, high = scale(chart)
    room, wide = floor - TOP, slot * 0.55
    for at in range(len(chart.months)):
        known = [(i, series.values[at]) for i, series in enumerate(chart.series)]
        y, x = floor, (at + 0.5) * slot
        if all(value is None for _, value in known):
            yield Text(x, floor - 1.5, "–", "middle")
            continue
        for index, value in known:
            tall = (value or 0.0) / (high or 1.0) * room
            y -= tall
            if tall > 0:
                yield Rectangle(x - wide / 2, y, wide, tall, index)
        total = sum(value or 0.0 for _, value in known)
        yield Text(x, y - 1.2, number(total), "middle", is_strong=at == len(chart.months) - 1)


def _totals(chart: Chart) -> list[float]:
    columns = zip(*(series.values for series in chart.series), strict=True)
    return [sum(value or 0.0 for value in column) for column in columns]


def _round_up(value: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _STEPS if step * power >= value)
