"""The newest readings of a series, in a bounded number of bins, and the slope through them."""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import NamedTuple

BINS = 30  # of a window; each counts as one point, however many readings it has
BIN_READINGS = 50  # of a bin that are kept: more make its median no better
FEWEST_POINTS = 5  # with fewer, one spike is more than the 29 % that the slope withstands
FULL_TURNS = (1 << 16, 1 << 32)  # where counters of devices begin anew (RFC 2578: Counter32)
NEARLY_FULL = 0.9  # of it: a counter that falls from there was full, any other began anew


class BinPoint(NamedTuple):
    """What a bin was like."""

    at: float  # UTC ms
    value: float


class RateWindow:
    """Bins are of fixed times, so a window that is read anew is the same."""

    def __init__(self, length: int, *, is_counter: bool = False) -> None:
        """`length` in milliseconds."""
        self._length = length
        self._is_counter = is_counter
        self._bins: deque[_Bin] = deque()
        self.newest_at = 0  # UTC ms; 0 without readings

    def start(self, at: int) -> int:
        """Where the window begins whose newest reading is at `at`, UTC ms."""
        return (self._number(at) - BINS + 1) * self._length // BINS

    def add(self, at: int, value: float) -> None:
        """The next reading in time; what lies before the window is dropped.

        Of two at one moment the first counts.
        """
        self.newest_at = at
        number = self._number(at)
        while self._bins and self._bins[0].number <= number - BINS:
            self._bins.popleft()
        if not self._bins or self._bins[-1].number < number:
            self._bins.append(_Bin(number))
        self._bins[-1].add(at, value)

    def slope(self) -> float | None:
        """The change in a millisecond; None if too few readings, over too short a time, tell it."""
        points = [own.point(is_counter=self._is_counter) for own in self._bins]
        if self._is_counter:
            points = unwrapped(points)
        if len(points) < FEWEST_POINTS or points[-1].at - points[0].at < self._length / 2:
            return None
        slope = theil_sen(points)
        return slope if isfinite(slope) else None  # of the largest numbers there are

    def _number(self, at: int) -> int:
        return at * BINS // self._length


class _Bin:
    def __init__(self, number: int) -> None:
        self.number = number
        self._readings: list[tuple[int, float]] = []
        self._last = (0, 0.0)

    def add(self, at: int, value: float) -> None:
        if self._readings and at == self._last[0]:
            return
        self._last = (at, value)
        if len(self._readings) < BIN_READINGS:
            self._readings.append(self._last)

    def point(self, *, is_counter: bool) -> BinPoint:
        """Its medians; of a counter, which may begin anew within it, where it stood last."""
        if is_counter:
            return BinPoint(*self._last)
        times, values = zip(*self._readings, strict=True)
        return BinPoint(median(times), median(values))


def theil_sen(points: Sequence[BinPoint]) -> float:
    """The median of the slopes between each two (Theil 1950, Sen 1968): a spike does not move it."""
    slopes = [
        (later.value - earlier.value) / (later.at - earlier.at)
        for index, later in enumerate(points)
        for earlier in points[:index]
    ]
    return median(slopes)


def unwrapped(points: Sequence[BinPoint]) -> list[BinPoint]:
    """What a counter would be if it never began anew, without its spikes.

    After a fall from nearly full it went on from zero; after any other it began anew, and what it
    shows has been counted since.
    """
    kept = _without_spikes(points)
    total, rows = 0.0, list[BinPoint]()
    for index, point in enumerate(kept):
        before = kept[index - 1].value if index else point.value
        rise = point.value - before
        if rise < 0:
            turns = [turn for turn in FULL_TURNS if NEARLY_FULL * turn <= before < turn]
            rise += turns[0] if turns else before
        total += rise
        rows.append(BinPoint(point.at, total))
    return rows


def _without_spikes(points: Sequence[BinPoint]) -> list[BinPoint]:
    """Without a point that lies above or below both neighbours, who agree that it only rose."""
    kept = list[BinPoint](points[:1])
    for point, after in pairwise(points[1:]):
        before = kept[-1].value
        if not (before <= after.value and not before <= point.value <= after.value):
            kept.append(point)
    return kept + list(points[1:][-1:])
