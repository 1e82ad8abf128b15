"""The rows of a chart from stored curves: gaps stay gaps, times become the site's wall clock."""

import statistics
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms
from dashboard.text import format as fmt
from storage.series import Curve, Point

GAP = 3.5  # times the usual distance of two points: more is a gap, and no line is drawn across

# A limit farther from the curve than this many of its heights would press the curve flat.
NEAR = 3.0


class ChartRow(NamedTuple):
    """What the chart draws: a `point` of a curve, an `edge` of the time, `room`, a `limit`."""

    kind: str
    at: int | None = None  # wall-clock milliseconds: the chart takes them for UTC
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    part: str = ""
    run: str = ""  # points of one run are joined
    alone: bool = False  # a run of one, drawn as a dot
    when: str = ""
    text: str = ""
    span: str = ""
    severity: str = ""
    upwards: bool = False


class TimeRange(NamedTuple):
    """A length of time that can be chosen, and how often its page refreshes."""

    length: int
    step: int  # ends are rounded up to it, so that open pages share what is cached
    every_s: int


RANGES = {
    "1h": TimeRange(HOUR, 10 * SECOND, 10),
    "6h": TimeRange(6 * HOUR, 30 * SECOND, 30),
    "24h": TimeRange(DAY, MINUTE, 30),
    "7d": TimeRange(7 * DAY, 10 * MINUTE, 300),
    "30d": TimeRange(30 * DAY, 30 * MINUTE, 300),
    "90d": TimeRange(90 * DAY, HOUR, 300),
}


def range_until(now: int, chosen: TimeRange) -> tuple[int, int]:
    """Start and end of the range that ends about now."""
    end = -(-now // chosen.step) * chosen.step
    return end - chosen.length, end


def edges(start: int, end: int, site: Site) -> list[ChartRow]:
    """Rows for both ends of the range, so that the time axis shows it where nothing was measured."""
    return [ChartRow("edge", wall(at, site)) for at in (start, end)]


def curve_rows(curves: Mapping[str, Curve], metric: Metric, site: Site) -> list[ChartRow]:
    """The points of each component's curve."""
    return [
        row
        for part, curve in curves.items()
        for number, run in enumerate(runs_of(curve))
        for row in _run_rows(part, f"{part}/{number}", run, metric, site)
    ]


def room_rows(points: Iterable[ChartRow]) -> list[ChartRow]:
    """Room above and below a curve that is flat; else its one value would be the whole axis."""
    means = [row.mean for row in points if row.mean is not None]
    if not means or max(means) > min(means):
        return []
    room = max(abs(means[0]) * 0.05, 1.0)
    return [ChartRow("room", mean=means[0] - room), ChartRow("room", mean=means[0] + room)]


def limit_rows(
    rules: Iterable[LimitRule], metric: Metric, points: Iterable[ChartRow]
) -> list[ChartRow]:
    """The limits that lie near enough to be drawn with the curve."""
    lows = [row.low for row in points if row.low is not None]
    highs = [row.high for row in points if row.high is not None]
    if not lows or metric.kind == "state":
        return []
    low, high = min(lows), max(highs)
    reach = max(high - low, abs(high) * 0.05, 1e-9) * NEAR
    return [
        ChartRow(
            "limit",
            mean=rule.limit,
            severity=rule.severity,
            upwards=rule.above is not None,
            text=fmt.with_unit(rule.limit, metric),
        )
        for rule in rules
        if low - reach <= rule.limit <= high + reach
    ]


def runs_of(curve: Curve) -> list[list[Point]]:
    """The points of the curve, divided wherever some are missing."""
    points = curve.points
    steps = [after.at - before.at for before, after in pairwise(points)]
    usual = max(statistics.median(steps), curve.width) if steps else 0
    runs: list[list[Point]] = []
    for index, point in enumerate(points):
        around = steps[max(index - 3, 0) : index + 2]  # a source may change its pace for good
        if index == 0 or steps[index - 1] > GAP * max(usual, statistics.median(around)):
            runs.append([])
        runs[-1].append(point)
    return runs


def wall(at: int, site: Site) -> int:
    """The site's wall-clock time as milliseconds that a chart in UTC shows unchanged."""
    offset = from_ms(at, site.zone).utcoffset()
    assert offset is not None  # from_ms gives aware times
    return at + round(offset.total_seconds() * SECOND)


def _run_rows(
    part: str, name: str, run: list[Point], metric: Metric, site: Site
) -> Iterable[ChartRow]:
    for point in run:
        mean = _nearest_state(point.mean, metric)
        is_single = point.low == point.high
        yield ChartRow(
            "point",
            wall(point.at, site),
            mean,
            point.low,
            point.high,
            part,
            name,
            alone=len(run) == 1,
            when=fmt.exact(point.at, site),
            text=fmt.with_unit(mean, metric),
            span=fmt.ABSENT
            if is_single
            else f"{fmt.with_unit(point.low, metric)} … {fmt.with_unit(point.high, metric)}",
        )


def _nearest_state(mean: float, metric: Metric) -> float:
    """A mean of states is none of them; the chart says which it mostly was."""
    if metric.kind != "state" or not metric.states:
        return mean
    return float(min(metric.states, key=lambda state: abs(state - mean)))
