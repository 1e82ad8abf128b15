"""How a temperature came back after earlier cuts: how fast, and after how long it was usual again."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from alerts.power.situation import Sample
from alerts.power.sources import Sources
from core.time.clock import DAY, HOUR, MINUTE

LOOK_BACK = 90 * DAY
MOST = 5  # of them, the newest
USUAL_H, FEWEST_H = 24, 6  # the usual is the median of so many hours before
LONGEST_H = 30  # what is not back by then was set anew, or drifts
# The fall is an exponential between these shares of the farthest: before, the heat has not come through; after, chance
# and what is usual count for more than it. Of so many readings or more. Engineering.
FROM, BACK, FEWEST = 0.75, 0.1, 6
TURNED = 0.95
STRAIGHT = 0.97  # so much of the fall's logarithm is a line, or it was no recovery
POINTS = 600


class Recovery(NamedTuple):
    """One of them."""

    time_constant_min: float | None  # None: it did not fall off like one heat flow
    back_min: float  # from when it turned until a tenth is left


class _Excursion(NamedTuple):
    begin: int
    end: int
    usual: float


def recoveries(
    name: tuple[str, str, str], sources: Sources, until: int, least: float
) -> list[Recovery]:
    """Of one series (device, metric, component), each at least so far off; oldest first."""
    device, metric, component = name
    start = until - LOOK_BACK
    points = sources.points(device, metric, component, start, until, (until - start) // HOUR)
    by_hour = groupby(points, key=lambda point: point.at // HOUR)
    means = [(hour * HOUR, _mean([p.mean for p in group])) for hour, group in by_hour]
    newest = list(_excursions(means, least))[-MOST:]
    return [
        recovery
        for each in newest
        if (recovery := _recovery(sources, name, each, least)) is not None
    ]


def _excursions(hours: Sequence[tuple[int, float]], least: float) -> Iterator[_Excursion]:
    """Out and back again; of hourly means."""
    number = FEWEST_H
    while number < len(hours):
        before = [value for _, value in hours[max(number - USUAL_H, 0) : number]]
        usual = median(before)
        if abs(hours[number][1] - usual) < least:
            number += 1
            continue
        begin, farthest = number, 0.0
        while number < len(hours) and number - begin <= LONGEST_H:
            off = abs(hours[number][1] - usual)
            farthest = max(farthest, off)
            if off <= BACK * farthest:
                yield _Excursion(hours[begin][0] - HOUR, hours[number][0] + 2 * HOUR, usual)
                break
            number += 1
        number += 1


def _recovery(
    sources: Sources, name: tuple[str, str, str], each: _Excursion, least: float
) -> Recovery | None:
    points = sources.points(*name, each.begin, each.end, POINTS)
    off = [Sample(point.at, point.mean - each.usual) for point in points]
    if len(off) < FEWEST:
        return None
    depth = max((sample.value for sample in off), key=abs)
    if abs(depth) < least:
        return None
    # What has become as warm as its room stands there: it comes back from the last of that.
    turned = max(number for number, each in enumerate(off) if each.value / depth >= TURNED)
    after = off[turned:]
    back = next((s for s in after if s.value / depth <= BACK), None)
    if back is None:
        return None
    falling = [s for s in after if s.at < back.at and s.value / depth <= FROM]
    return Recovery(_time_constant_min(falling, depth), (back.at - after[0].at) / MINUTE)


def _time_constant_min(falling: Sequence[Sample], depth: float) -> float | None:
    """By least squares through the logarithm."""
    rows = [(s.at / MINUTE, math.log(s.value / depth)) for s in falling if s.value / depth > 0]
    if len(rows) < FEWEST:
        return None
    mean_x, mean_y = (_mean(list(column)) for column in zip(*rows, strict=True))
    xx = sum((x - mean_x) ** 2 for x, _ in rows)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in rows)
    yy = sum((y - mean_y) ** 2 for _, y in rows)
    is_line = yy > 0 and xx > 0 and xy**2 >= STRAIGHT * xx * yy
    return -xx / xy if is_line and xy < 0 else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
