"""How far a counter went, over what its readings show of it. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from core.time.clock import DAY
from storage.series.curve import Point

# A wrong reading is put right within so long; a counter that is away longer has begun anew.
# Scanward's default, no source.
SOON = 3 * DAY
WRAP = float(1 << 32)  # an SNMP Counter32 begins again at 0 there
NEAR_WRAP = 0.01 * WRAP


class _Level(NamedTuple):
    """Where the counter stood, and how far it had gone by then."""

    at: int  # UTC ms
    level: float
    used: float


def has_wrapped(level: float, following: float) -> bool:
    """Did a Counter32 that stood at `level` begin again at 0?"""
    return WRAP - NEAR_WRAP < level < WRAP and following < NEAR_WRAP


def amount_used(points: Sequence[Point]) -> float:
    """How far a counter went over a curve, in its unit. A counter that fell began anew.

    Unless it soon comes back to where it was: then the readings between were wrong, whether too low
    or too high. Within the bucket in which it fell what was counted after the fall is taken, and of
    what came before it only what had been reached: at most one bucket's use is missing.
    """
    if not points:
        return 0.0
    count = _Count(points[0])
    for point, following in pairwise(points):
        count.rise(point)
        if following.low < point.high:
            count.fall(point, following)
    count.rise(points[-1])
    return count.used


class _Count:
    def __init__(self, first: Point) -> None:
        self.used = 0.0
        self._level = self._bottom = first.low
        self._reached = [_Level(first.at, first.low, 0.0)]  # of late, oldest first
        self._fell_from: _Level | None = None

    def rise(self, point: Point) -> None:
        top = self._fell_from
        if top is not None and point.at - top.at > SOON:
            top = None
        if top is not None and point.high >= top.level:
            leaps = point.high - self._level > (top.level - self._bottom) / 2
            if leaps:
                self.used, self._level = top.used, top.level
            top = None
        self._fell_from = top
        self.used += max(point.high - self._level, 0.0)
        self._level = point.high
        self._reached.append(_Level(point.at, point.high, self.used))
        while point.at - self._reached[0].at > SOON:
            del self._reached[0]

    def fall(self, point: Point, following: Point) -> None:
        top = self._reached[-1]
        below = [reached for reached in self._reached if reached.level <= following.low]
        if below and self._fell_from is None:  # what rose above it was wrong
            self._level, self.used = below[-1].level, below[-1].used
            self._reached = below
        elif has_wrapped(point.high, following.low):
            self._level = point.high - WRAP
            self._reached.clear()
        else:
            self._level = min(point.low, following.low)
            if self._fell_from is None:
                self._fell_from, self._bottom = top, self._level
            self._reached = [_Level(following.at, self._level, self.used)]
